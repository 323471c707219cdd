package audit

import (
	"soukin/internal/ledger"
	"soukin/remittance"
)

// trail follows the money of one remittance by the lines of its entries, and
// its instructions by their keys.
type trail struct {
	held, inFlight, paid remittance.Yen
	whole                remittance.Yen // what was first held
	rail                 remittance.Rail
	instructed           map[string]bool
	open, settled        string // instructions
	ended                ledger.Event
}

func (t *trail) check(b *book, e *ledger.Posted) {
	find := func(r Rule, sentence string, args ...any) {
		b.find(Finding{Rule: r, Remittance: e.Remittance, Entry: e.Key}, sentence, args...)
	}
	t.checkEvent(e, find)
	if e.Event == ledger.EventFee {
		return
	}
	for _, line := range e.Lines {
		t.move(line)
		if line.Amount != t.whole && line.Amount != -t.whole {
			find(RulePartial, "%d yen is not the amount of the remittance, %d", line.Amount, t.whole)
		}
	}
	if t.held < 0 || t.inFlight < 0 || t.paid < 0 {
		find(RuleRemittanceDebt, "the remittance has %d yen held, %d in flight and %d paid: it moved money that was not there", t.held, t.inFlight, t.paid)
	}
}

func (t *trail) checkEvent(e *ledger.Posted, find func(Rule, string, ...any)) {
	if t.ended != "" && e.Event != ledger.EventFee {
		find(RuleAfterEnd, "a %s follows the %s that ended the remittance", e.Event, t.ended)
	}
	switch e.Event {
	case ledger.EventHold:
		t.checkHold(e, find)
	case ledger.EventInstruct:
		t.checkInstruct(e, find)
	case ledger.EventSettle:
		t.checkSettle(e, find)
	case ledger.EventGiveBack:
		t.checkLeavesFlight(e, find)
	case ledger.EventRelease:
		t.ended = e.Event
	case ledger.EventLateReturn:
		if t.settled != e.Instruction {
			find(RuleNotPaid, "%s comes back late but was not paid", e.Instruction)
		}
		t.ended = e.Event
	case ledger.EventFee:
		if !t.instructed[e.Instruction] {
			find(RuleFee, "a fee is due for %s, which was never given to a rail", e.Instruction)
		}
	}
}

func (t *trail) checkHold(e *ledger.Posted, find func(Rule, string, ...any)) {
	if t.whole != 0 {
		find(RuleHeldTwice, "the remittance is held again after %d yen were held", t.whole)
		return
	}
	for _, line := range e.Lines {
		t.whole = max(t.whole, line.Amount)
	}
}

func (t *trail) checkInstruct(e *ledger.Posted, find func(Rule, string, ...any)) {
	if t.open != "" {
		find(RuleTwoInFlight, "%s is instructed while %s is in flight", e.Instruction, t.open)
	}
	if t.settled != "" {
		find(RulePaidTwice, "%s is instructed after %s was paid", e.Instruction, t.settled)
	}
	t.open, t.instructed[e.Instruction] = e.Instruction, true
}

func (t *trail) checkSettle(e *ledger.Posted, find func(Rule, string, ...any)) {
	t.checkLeavesFlight(e, find)
	if t.settled != "" {
		find(RulePaidTwice, "%s is paid after %s was paid", e.Instruction, t.settled)
	}
	t.settled = e.Instruction
}

func (t *trail) checkLeavesFlight(e *ledger.Posted, find func(Rule, string, ...any)) {
	if t.open != e.Instruction {
		find(RuleNotInFlight, "%s of %s, but in flight is %q", e.Event, e.Instruction, t.open)
	}
	t.open = ""
}

func (t *trail) move(line ledger.Line) {
	kind, owner, err := line.Account.Parts()
	if err != nil {
		return
	}
	switch kind {
	case ledger.KindHeld:
		t.held += line.Amount
	case ledger.KindInFlight:
		t.inFlight += line.Amount
		t.rail = remittance.Rail(owner)
	case ledger.KindPaid:
		t.paid += line.Amount
		t.rail = remittance.Rail(owner)
	}
}

// position is what the ledger should have stored for the remittance. A nil
// trail is a remittance without entries.
func (t *trail) position() ledger.Position {
	switch {
	case t == nil || t.whole == 0:
		return ledger.Position{}
	case t.ended == ledger.EventRelease:
		return ledger.Position{Place: ledger.PlaceReleased, Amount: t.whole}
	case t.ended == ledger.EventLateReturn:
		return ledger.Position{Place: ledger.PlaceReturnedLate, Amount: t.whole, Rail: t.rail, Instruction: t.settled}
	case t.settled != "":
		return ledger.Position{Place: ledger.PlacePaid, Amount: t.whole, Rail: t.rail, Instruction: t.settled}
	case t.open != "":
		return ledger.Position{Place: ledger.PlaceInFlight, Amount: t.whole, Rail: t.rail, Instruction: t.open}
	}
	return ledger.Position{Place: ledger.PlaceHeld, Amount: t.whole}
}
