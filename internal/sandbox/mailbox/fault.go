package mailbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// ErrFault is wrapped by errors about the form of a fault.
var ErrFault = errors.New("mailbox fault")

// Does is what a fault does to a message.
type Does string

// What faults do. In brackets what a short message meets.
const (
	Later       Does = "later"        // 450 to the recipient's address, nothing kept (429)
	Refuse      Does = "refuse"       // 550 to the recipient's address, nothing kept (422)
	LaterAfter  Does = "later_after"  // 451 after the content, nothing kept (429)
	RefuseAfter Does = "refuse_after" // 554 after the content, nothing kept (422)
	CutBefore   Does = "cut_before"   // the connection is cut at the recipient's address, nothing kept
	CutAfter    Does = "cut_after"    // the message is kept, then the connection is cut without an answer
)

var allDoes = []Does{Later, Refuse, LaterAfter, RefuseAfter, CutBefore, CutAfter}

// Fault makes messages go wrong on purpose.
type Fault struct {
	Does Does `json:"does"`
	// To hurts messages to this recipient only; empty means everybody.
	To string `json:"to,omitempty"`
	// Times is how often it hurts; 0 means until it is taken away.
	Times int `json:"times,omitempty"`
}

func (f Fault) check() error {
	if !slices.Contains(allDoes, f.Does) {
		return fmt.Errorf("%w: does is %q and must be one of %v", ErrFault, f.Does, allDoes)
	}
	if f.Times < 0 {
		return fmt.Errorf("%w: times is %d and must not be negative", ErrFault, f.Times)
	}
	return nil
}

// magic are recipients that always go wrong, so that a merchant's own tests need
// no switch: the part of a mail address before the @, and whole numbers.
var magic = map[string]Does{
	"later": Later, "refuse": Refuse, "refuse-after": RefuseAfter, "later-after": LaterAfter, "cut-before": CutBefore, "cut-after": CutAfter,
	"+819000000450": Later, "+819000000550": Refuse, "+819000000998": CutBefore, "+819000000999": CutAfter,
}

type faultPlan struct {
	mu     sync.Mutex
	faults []Fault
	fired  map[Does]int
}

// SetFaults replaces the faults. The first one that fits a message hurts it.
// Errors: [ErrFault].
func (s *Server) SetFaults(faults ...Fault) error {
	for _, f := range faults {
		if err := f.check(); err != nil {
			return err
		}
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.faults = slices.Clone(faults)
	return nil
}

// Fired counts what faults have done since the mailbox was opened.
func (s *Server) Fired() map[Does]int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return maps.Clone(s.faults.fired)
}

// take says what happens to the message to a recipient at this point of the
// conversation, where only the given faults can happen.
func (p *faultPlan) take(to string, possible ...Does) (Does, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	does, ok := p.find(to, possible)
	if ok {
		if p.fired == nil {
			p.fired = map[Does]int{}
		}
		p.fired[does]++
	}
	return does, ok
}

func (p *faultPlan) find(to string, possible []Does) (Does, bool) {
	for i, f := range p.faults {
		if !slices.Contains(possible, f.Does) || f.To != "" && !strings.EqualFold(f.To, to) {
			continue
		}
		if f.Times == 1 {
			p.faults = slices.Delete(p.faults, i, i+1)
		} else if f.Times > 1 {
			p.faults[i].Times--
		}
		return f.Does, true
	}
	name, _, _ := strings.Cut(to, "@")
	does, ok := magic[strings.ToLower(name)]
	return does, ok && slices.Contains(possible, does)
}

func (p *faultPlan) current() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Fault{}, p.faults...)
}
