package books

import (
	"errors"
	"fmt"
	"slices"

	"soukin/contract"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/remittance"
)

// instructionOf is the key of the row's instruction.
func instructionOf(row record.Remittance) remittance.Key {
	return remittance.Key{Ref: row.Ref, Step: row.Rail.Step(), Generation: row.Generation}
}

// needsAccount says which rails must be told where the money goes. Cash and gift
// codes go to whoever has the numbers.
func needsAccount(r remittance.Rail) bool {
	return r == remittance.RailBank || r == remittance.RailAuPay || r == remittance.RailPrepaid
}

// standing is a status together with whether it is the end.
type standing struct {
	status remittance.Status
	final  bool
}

// places says where the money may lie at each standing. A standing that is not
// listed does not exist: a paid remittance is final, one that is processed is not.
var places = map[standing][]ledger.Place{
	{remittance.Accepted, false}:          {ledger.PlaceNone},
	{remittance.AwaitingFunds, false}:     {ledger.PlaceNone},
	{remittance.AwaitingRecipient, false}: {ledger.PlaceHeld, ledger.PlaceInFlight}, // the link is open, or ATM numbers are out
	{remittance.Processing, false}:        {ledger.PlaceInFlight},
	{remittance.Checking, false}:          {ledger.PlaceInFlight},
	{remittance.Sent, false}:              {ledger.PlaceInFlight},
	{remittance.Returned, false}:          {ledger.PlaceHeld},
	{remittance.Paid, true}:               {ledger.PlacePaid},
	{remittance.Returned, true}:           {ledger.PlaceReleased},
	{remittance.Failed, true}:             {ledger.PlaceNone, ledger.PlaceReleased},
	{remittance.Cancelled, true}:          {ledger.PlaceNone, ledger.PlaceReleased},
	{remittance.Expired, true}:            {ledger.PlaceNone, ledger.PlaceReleased},
}

// effects is what each posting does to the money. A fee moves none of it.
var effects = map[contract.Posting]struct{ from, to ledger.Place }{
	contract.PostHold:     {ledger.PlaceNone, ledger.PlaceHeld},
	contract.PostInstruct: {ledger.PlaceHeld, ledger.PlaceInFlight},
	contract.PostGiveBack: {ledger.PlaceInFlight, ledger.PlaceHeld},
	contract.PostRelease:  {ledger.PlaceHeld, ledger.PlaceReleased},
	contract.PostSettle:   {ledger.PlaceInFlight, ledger.PlacePaid},
}

// checkMove says why a step may not follow the row, or nil.
func checkMove(row record.Remittance, m contract.Move) error {
	if m.Seq != row.Seq+1 {
		return fmt.Errorf("step %d follows step %d, not step %d", row.Seq+1, row.Seq, m.Seq-1)
	}
	if row.Final {
		return checkLastWord(row, m)
	}
	if m.From != row.Status {
		return fmt.Errorf("it is %s, not %s", row.Status, m.From)
	}
	if m.To != m.From {
		if err := remittance.Transition(m.From, m.To); err != nil {
			return err
		}
	}
	if m.At.IsZero() || m.Actor == "" {
		return errors.New("a step needs its time and its actor")
	}
	start, ok := placeOf(row)
	if !ok {
		return fmt.Errorf("no step leads on from %s", row.Status)
	}
	if err := checkPostings(start, m); err != nil {
		return err
	}
	return checkInstruction(start, row, m)
}

// placeOf says where the money of an open remittance lies: a standing with two
// places has the second while a rail may pay it.
func placeOf(row record.Remittance) (ledger.Place, bool) {
	of, ok := places[standing{row.Status, false}]
	if !ok {
		return "", false
	}
	if len(of) > 1 && row.InFlight {
		return of[1], true
	}
	return of[0], true
}

// checkLastWord allows a note on the timeline of a remittance that has ended
// ("the recipient was told"), and nothing else.
func checkLastWord(row record.Remittance, m contract.Move) error {
	same := m.From == row.Status && m.To == row.Status && m.Final && m.Reason == row.Reason && m.Generation == row.Generation &&
		(m.Account == "" || m.Account == row.Account)
	if !same || m.Note == "" || len(m.Postings) > 0 || m.At.IsZero() || m.Actor == "" {
		return fmt.Errorf("it has ended as %s", row.Status)
	}
	return nil
}

// checkPostings follows the money from where it is to where the step says it
// will be.
func checkPostings(start ledger.Place, m contract.Move) error {
	at, fee := start, false
	for _, p := range m.Postings {
		if p == contract.PostFee {
			if start != ledger.PlaceInFlight || fee {
				return errors.New("a fee is due once, for an attempt that was in flight")
			}
			fee = true
			continue
		}
		effect, known := effects[p]
		if !known || effect.from != at {
			return fmt.Errorf("posting %s does not fit money that is %q", p, at)
		}
		at = effect.to
	}
	if !slices.Contains(places[standing{m.To, m.Final}], at) {
		return fmt.Errorf("money that is %q does not fit a remittance that is %s (final: %t)", at, m.To, m.Final)
	}
	return nil
}

// checkInstruction keeps a generation from being instructed twice, and an
// instruction from changing its name, its rail or its payee.
func checkInstruction(start ledger.Place, row record.Remittance, m contract.Move) error {
	next := row.Instructed + 1
	if slices.Contains(m.Postings, contract.PostInstruct) {
		if m.Generation != next {
			return fmt.Errorf("generation %d cannot be instructed, the next one is %d", m.Generation, next)
		}
		return checkDestination(row, m)
	}
	if m.Rail != "" && m.Rail != row.Rail || m.Fee != 0 {
		return fmt.Errorf("rail %q and its fee change only with an instruction", m.Rail)
	}
	if m.Generation != row.Generation && (m.Generation != next || start == ledger.PlaceInFlight) {
		return fmt.Errorf("generation %d does not follow generation %d here", m.Generation, row.Generation)
	}
	if start == ledger.PlaceInFlight && m.Account != "" && m.Account != row.Account {
		return errors.New("the account cannot change while the money is in flight")
	}
	return nil
}

func checkDestination(row record.Remittance, m contract.Move) error {
	rail := m.Rail
	if rail == "" { // a step of a workflow that knew one rail
		rail = row.Rail
	}
	switch {
	case !slices.Contains(remittance.Rails(), rail):
		return fmt.Errorf("an instruction needs a rail, %q is none", rail)
	case row.Pattern != remittance.Choice && rail != row.Pattern.Rail():
		return fmt.Errorf("a remittance by %s cannot go to rail %s", row.Pattern, rail)
	case m.Fee < 0 || m.Fee > remittance.LegalCap:
		return fmt.Errorf("a fee of %d yen is not between 0 and %d", m.Fee, remittance.LegalCap)
	case needsAccount(rail) && m.Account == "" && (m.Rail != "" || row.Account == ""):
		return errors.New("an instruction needs an account")
	}
	return nil
}

// entriesOf gives the ledger's entries for postings of the row's instruction, in
// order.
func entriesOf(row record.Remittance, postings []contract.Posting) ([]ledger.Entry, error) {
	key, rail := instructionOf(row), row.Rail
	entries := make([]ledger.Entry, 0, len(postings))
	for _, p := range postings {
		var (
			e   ledger.Entry
			err error
		)
		switch p {
		case contract.PostHold:
			e, err = ledger.Hold(row.Ref, row.Amount)
		case contract.PostInstruct:
			e, err = ledger.Instruct(key, rail, row.Amount)
		case contract.PostGiveBack:
			e, err = ledger.GiveBack(key, rail, row.Amount)
		case contract.PostRelease:
			e, err = ledger.Release(row.Ref, row.Amount)
		case contract.PostSettle:
			e, err = ledger.Settle(key, rail, row.Amount)
		case contract.PostFee:
			if row.Fee == 0 {
				continue // nothing is due, and the ledger has no entry for nothing
			}
			e, err = ledger.Fee(key, row.Fee)
		default:
			err = fmt.Errorf("%w: unknown posting %q", ledger.ErrEntry, p)
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func texts(postings []contract.Posting) []string {
	out := make([]string, len(postings))
	for i, p := range postings {
		out[i] = string(p)
	}
	return out
}
