package ledgertest

import (
	"fmt"
	"maps"

	"soukin/internal/ledger"
	"soukin/remittance"
)

// model is the ledger as one would write it on a page: counters, no entries.
type model struct {
	balances    ledger.Balances
	posted      map[string]string // what was asked under each key
	remittances map[string]modelRemittance
}

type modelRemittance struct {
	held, inFlight, paid remittance.Yen
	began                remittance.Yen  // the amount of its hold
	rail                 remittance.Rail // of the instruction in flight or paid
	generation           int
	over                 ledger.Place // set when it ended
}

func newModel() model {
	return model{posted: map[string]string{}, remittances: map[string]modelRemittance{}}
}

// call gives the answer and the model after it: the same one if any step is refused.
func (m model) call(steps []step) (string, model) {
	next := model{m.balances, maps.Clone(m.posted), maps.Clone(m.remittances)}
	for _, s := range steps {
		if answer := next.post(s); answer != "done" {
			return answer, m
		}
	}
	return "done", next
}

func (m *model) post(s step) string {
	key, asked := s.key()
	if before, posted := m.posted[key]; posted {
		if before == asked {
			return "done"
		}
		return "conflict"
	}
	if answer := m.move(s); answer != "done" {
		return answer
	}
	m.posted[key] = asked
	return "done"
}

func (s step) key() (key, asked string) {
	switch s.Event {
	case ledger.EventFund, ledger.EventHold, ledger.EventRelease:
		return fmt.Sprint(s.Event, " ", s.ID), fmt.Sprint(s.Amount)
	case ledger.EventFee:
		return fmt.Sprint(s.Event, " ", s.ID, s.Generation), fmt.Sprint(s.Amount)
	}
	return fmt.Sprint(s.Event, " ", s.ID, s.Generation), fmt.Sprint(s.Amount, s.Rail)
}

const refused = "not allowed"

func (m *model) move(s step) string {
	r := m.remittances[s.ID]
	same := r.rail == s.Rail && r.generation == s.Generation
	switch s.Event {
	case ledger.EventFund:
		m.balances.Available += s.Amount
		return "done"
	case ledger.EventFee:
		if _, given := m.posted[fmt.Sprint(ledger.EventInstruct, " ", s.ID, s.Generation)]; !given {
			return refused
		}
		m.balances.FeesDue += s.Amount
		return "done"
	case ledger.EventHold:
		if r.began != 0 {
			return refused
		}
		if missing := s.Amount - m.balances.Available; missing > 0 {
			return fmt.Sprintf("%d yen short", missing)
		}
		r.began, r.held = s.Amount, s.Amount
		m.balances.Available -= s.Amount
		m.balances.Held += s.Amount
	case ledger.EventInstruct:
		if r.held == 0 || r.held != s.Amount {
			return refused
		}
		r.held, r.inFlight, r.rail, r.generation = 0, s.Amount, s.Rail, s.Generation
		m.balances.Held -= s.Amount
		m.balances.InFlight += s.Amount
	case ledger.EventSettle:
		if r.inFlight == 0 || r.inFlight != s.Amount || !same {
			return refused
		}
		r.inFlight, r.paid = 0, s.Amount
		m.balances.InFlight -= s.Amount
		m.balances.Paid += s.Amount
	case ledger.EventGiveBack:
		if r.inFlight == 0 || r.inFlight != s.Amount || !same {
			return refused
		}
		r.inFlight, r.held = 0, s.Amount
		m.balances.InFlight -= s.Amount
		m.balances.Held += s.Amount
	case ledger.EventRelease:
		if r.held == 0 || r.held != s.Amount {
			return refused
		}
		r.held, r.over = 0, ledger.PlaceReleased
		m.balances.Held -= s.Amount
		m.balances.Available += s.Amount
	case ledger.EventLateReturn:
		if r.paid == 0 || r.paid != s.Amount || !same {
			return refused
		}
		r.paid, r.over = 0, ledger.PlaceReturnedLate
		m.balances.Paid -= s.Amount
		m.balances.Available += s.Amount
	}
	m.remittances[s.ID] = r
	return "done"
}

func (r modelRemittance) position(merchant remittance.MerchantID, id string) ledger.Position {
	p := ledger.Position{Place: r.over, Amount: r.began}
	switch {
	case r.held > 0:
		p.Place = ledger.PlaceHeld
	case r.inFlight > 0:
		p.Place = ledger.PlaceInFlight
	case r.paid > 0:
		p.Place = ledger.PlacePaid
	}
	if p.Place == ledger.PlaceInFlight || p.Place == ledger.PlacePaid || p.Place == ledger.PlaceReturnedLate {
		p.Rail = r.rail
		p.Instruction = fmt.Sprintf("%s/%s/transfer/%d", merchant, id, r.generation)
	}
	return p
}
