package webtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"sync"
	"time"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/zengin"
)

// Tries and LockTime are how strict the fake is about codes.
const (
	Tries    = 5
	LockTime = 15 * time.Minute
)

// Code is what a link asks for.
type Code struct{ Label, Value string }

// Fake is remittances in memory. It is safe for concurrent use.
type Fake struct {
	now func() time.Time

	mu    sync.Mutex
	all   map[string]*entry
	begun map[string]begun // by state
	fails error

	// LoginAt is the page that plays Amazon's login; it gets ?state=.
	LoginAt string
}

// begun is a login that was begun at Amazon.
type begun struct {
	token link.Token
	proof link.Proof
}

type entry struct {
	view   web.View
	codes  []Code
	wrong  int
	proofs map[string]bool
	named  []zengin.PayeeAccount
	chosen []web.Designation
	issued int // how often ATM numbers were issued
	logins map[string]bool
	ended  bool
}

var _ web.Remittances = (*Fake)(nil)

// New gives a fake without remittances.
func New(now func() time.Time) *Fake {
	return &Fake{now: now, all: map[string]*entry{}, begun: map[string]begun{}, LoginAt: "https://amazon.example/ap/oa"}
}

// Add puts a remittance behind a new link. Labels come from the codes.
func (f *Fake) Add(v web.View, codes ...Code) link.Token {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := random()
	for _, c := range codes {
		v.Link.Labels = append(v.Link.Labels, c.Label)
	}
	if !v.Link.Locked {
		v.Link.TriesLeft = Tries
	}
	f.all[text] = &entry{view: v, codes: codes, proofs: map[string]bool{}, logins: map[string]bool{}}
	token, err := link.ParseToken(text)
	if err != nil {
		panic(err) // the form of tokens is the link package's; without one there is no test
	}
	return token
}

// Change does to a remittance what the rest of the product would.
func (f *Fake) Change(token link.Token, change func(*web.View)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.all[token.Reveal()].view)
}

// End replaces a token by a newer message's.
func (f *Fake) End(token link.Token) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all[token.Reveal()].ended = true
}

// ForgetProofs makes every proof too old.
func (f *Fake) ForgetProofs(token link.Token) {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.all[token.Reveal()].proofs)
}

// Fail makes every call fail until it is called with nil.
func (f *Fake) Fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = err
}

// Named lists the accounts that were accepted, in order.
func (f *Fake) Named(token link.Token) []zengin.PayeeAccount {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all[token.Reveal()].named)
}

// Chosen lists the ways that were accepted, in order.
func (f *Fake) Chosen(token link.Token) []web.Designation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.all[token.Reveal()].chosen)
}

// Now is what the page would show.
func (f *Fake) Now(token link.Token) web.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all[token.Reveal()].view
}

func (f *Fake) find(token link.Token) (*entry, error) {
	if f.fails != nil {
		return nil, f.fails
	}
	e, ok := f.all[token.Reveal()]
	switch {
	case !ok:
		return nil, link.ErrUnknown
	case e.ended:
		return nil, link.ErrEnded
	}
	if s := &e.view.Link; s.Locked && !s.LockedUntil.IsZero() && !f.now().Before(s.LockedUntil) {
		s.Locked, s.LockedUntil, s.TriesLeft = false, time.Time{}, 1
	}
	return e, nil
}

// View implements web.Remittances.
func (f *Fake) View(_ context.Context, token link.Token) (web.View, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.find(token)
	if err != nil {
		return web.View{}, err
	}
	return e.view, nil
}

// Prove implements web.Remittances.
func (f *Fake) Prove(_ context.Context, token link.Token, answers []link.Answer) (link.Proof, link.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.find(token)
	switch {
	case err != nil:
		return link.Proof{}, link.State{}, err
	case e.view.Link.Locked:
		return link.Proof{}, e.view.Link, link.ErrLocked
	case !e.right(answers):
		e.wrong++
		if e.view.Link.TriesLeft--; e.view.Link.TriesLeft == 0 {
			e.view.Link.Locked, e.view.Link.LockedUntil = true, f.now().Add(LockTime)
		}
		return link.Proof{}, e.view.Link, link.ErrWrong
	}
	e.view.Link.TriesLeft = Tries
	text := random()
	e.proofs[text] = true
	proof, err := link.ParseProof(text)
	return proof, e.view.Link, err
}

func (e *entry) right(answers []link.Answer) bool {
	return slices.EqualFunc(e.codes, answers, func(c Code, a link.Answer) bool { return c.Value == a.Reveal() })
}

func (e *entry) mayAct(proof link.Proof) error {
	if len(e.codes) > 0 && !e.proofs[proof.Reveal()] {
		return link.ErrProof
	}
	return nil
}

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // crypto/rand never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
