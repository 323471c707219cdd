package link

import (
	"errors"
	"fmt"
	"time"
)

// Settings are how generous links are.
type Settings struct {
	// MaxTokens is how many tokens open a link at the same time: the newest ones.
	// Every mail carries one of its own.
	MaxTokens int
	// Tries is how many wrong tries lock a link for the first time; every further
	// one locks it for the next of Locks, and after those until somebody unlocks it.
	Tries int
	Locks []time.Duration
	// ProofLife is how long a recipient may take between the codes and the last form.
	ProofLife time.Duration
}

// DefaultSettings are ten tokens, five tries, locks of 1, 5, 15 and 60 minutes,
// and half an hour for a proof.
func DefaultSettings() Settings {
	return Settings{
		MaxTokens: 10,
		Tries:     5,
		Locks:     []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour},
		ProofLife: 30 * time.Minute,
	}
}

// Validate names every setting that is impossible.
func (s Settings) Validate() error {
	var errs []error
	if s.MaxTokens < 1 {
		errs = append(errs, fmt.Errorf("link setting MaxTokens is %d and must be at least 1", s.MaxTokens))
	}
	if s.Tries < 1 {
		errs = append(errs, fmt.Errorf("link setting Tries is %d and must be at least 1", s.Tries))
	}
	for i, d := range s.Locks {
		if d <= 0 || i > 0 && d < s.Locks[i-1] {
			errs = append(errs, fmt.Errorf("link setting Locks has %s in place %d; each must be above 0 and no shorter than the one before", d, i+1))
		}
	}
	if s.ProofLife <= 0 {
		errs = append(errs, fmt.Errorf("link setting ProofLife is %s and must be above 0, as 30m", s.ProofLife))
	}
	return errors.Join(errs...)
}

// standing is what counting wrong tries has come to.
type standing struct {
	wrong     int
	lastWrong time.Time
}

// state tells people where the link stands at an instant.
func (s Settings) state(now time.Time, at standing, codes []storedCode) State {
	st := State{Labels: labels(codes), TriesLeft: max(s.Tries-at.wrong, 1)}
	if at.wrong < s.Tries {
		return st
	}
	if step := at.wrong - s.Tries; step < len(s.Locks) {
		until := at.lastWrong.Add(s.Locks[step])
		if !now.Before(until) {
			return st
		}
		st.LockedUntil = until
	}
	st.Locked, st.TriesLeft = true, 0
	return st
}

// State is where a link stands.
type State struct {
	// Labels are what the codes to ask for are called, in order; none means that
	// the link asks for no code.
	Labels []string
	// TriesLeft is how many wrong tries lead to the next lock; 0 while locked.
	TriesLeft int
	Locked    bool
	// LockedUntil is zero while the link is not locked, and where nothing but
	// unlocking ends the lock.
	LockedUntil time.Time
}
