package ledger

import (
	"fmt"

	"soukin/remittance"
)

// Place is where the whole amount of a remittance lies.
type Place string

// The places. Released and ReturnedLate are ends.
const (
	PlaceNone         Place = ""              // nothing was ever held
	PlaceHeld         Place = "held"          // with the merchant, set aside
	PlaceInFlight     Place = "in_flight"     // with the rail
	PlacePaid         Place = "paid"          // with the recipient
	PlaceReleased     Place = "released"      // back in the merchant's balance
	PlaceReturnedLate Place = "returned_late" // back in the merchant's balance after it had been paid
)

// Position is where a remittance stands in the ledger.
type Position struct {
	Place  Place          `json:"place"`
	Amount remittance.Yen `json:"amount"`
	// Rail and Instruction name the instruction that is in flight or paid.
	Rail        remittance.Rail `json:"rail,omitempty"`
	Instruction string          `json:"instruction,omitempty"`
}

// moves is the whole rule: an event that is not listed for a place is refused.
var moves = map[Event]struct{ from, to Place }{
	EventHold:       {PlaceNone, PlaceHeld},
	EventInstruct:   {PlaceHeld, PlaceInFlight},
	EventSettle:     {PlaceInFlight, PlacePaid},
	EventGiveBack:   {PlaceInFlight, PlaceHeld},
	EventRelease:    {PlaceHeld, PlaceReleased},
	EventLateReturn: {PlacePaid, PlaceReturnedLate},
}

// after gives the position that e leads to, or why e is not allowed.
func (p Position) after(e Entry) (Position, error) {
	event := e.content.Event
	move := moves[event]
	if p.Place != move.from {
		return p, &NotAllowedError{e.content, p, fmt.Sprintf("%s needs the money %s", event, move.from.phrase())}
	}
	if event != EventHold && e.amount != p.Amount {
		return p, &NotAllowedError{e.content, p, fmt.Sprintf("%s of %d yen does not move the whole amount", event, e.amount)}
	}
	if move.from == PlaceInFlight || move.from == PlacePaid {
		if e.content.Instruction != p.Instruction || e.rail != p.Rail {
			return p, &NotAllowedError{e.content, p, fmt.Sprintf("%s on rail %s is about another instruction", e.content.Instruction, e.rail)}
		}
	}
	next := Position{Place: move.to, Amount: e.amount}
	if move.to == PlaceInFlight || move.to == PlacePaid || move.to == PlaceReturnedLate {
		next.Rail, next.Instruction = e.rail, e.content.Instruction
	}
	return next, nil
}

func (p Place) phrase() string {
	switch p {
	case PlaceNone:
		return "not yet held"
	case PlaceInFlight:
		return "in flight"
	case PlaceReturnedLate:
		return "returned late"
	}
	return string(p)
}
