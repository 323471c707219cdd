package ledger

import (
	"errors"
	"fmt"
	"regexp"

	"soukin/remittance"
)

// ErrEntry is wrapped by every constructor's error: an argument is not of a
// form that can be posted. Errors about amounts also wrap
// [remittance.ErrAmount], those about ids [remittance.ErrID].
var ErrEntry = errors.New("ledger entry")

var (
	itemForm = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)
	railForm = regexp.MustCompile(`^[a-z][a-z-]{0,19}$`)
)

// largestFunding bounds one funding, so that sums stay far from overflow: the
// most that [remittance.ParseYen] reads.
const largestFunding = remittance.LegalCap * 1_000_000_000

// Fund credits a merchant with money that arrived at our bank. item is the
// bank's own key of the statement item, 1 to 64 of A-Z, a-z, 0-9 and "._:-":
// an item counts once.
func Fund(merchant remittance.MerchantID, item string, amount remittance.Yen) (Entry, error) {
	if _, err := remittance.ParseMerchantID(string(merchant)); err != nil {
		return refuse(EventFund, err)
	}
	if !itemForm.MatchString(item) {
		return refuse(EventFund, fmt.Errorf("%w: item %q must be 1-64 of A-Z, a-z, 0-9 and ._:-", remittance.ErrID, item))
	}
	ref := remittance.Ref{Merchant: merchant}
	return movement{EventFund, ref, item, "", "", amount, largestFunding, BankFunding, Available(merchant)}.entry()
}

// Hold sets the amount of a remittance aside. A remittance is held once; a
// balance that does not cover it is [ErrInsufficient] when posted.
func Hold(ref remittance.Ref, amount remittance.Yen) (Entry, error) {
	return ofRemittance(EventHold, ref, amount, Available(ref.Merchant), Held(ref.Merchant))
}

// Release ends a hold for good: nothing of this remittance can be sent any more.
func Release(ref remittance.Ref, amount remittance.Yen) (Entry, error) {
	return ofRemittance(EventRelease, ref, amount, Held(ref.Merchant), Available(ref.Merchant))
}

// Instruct gives the held amount to a rail. Commit it before the rail is called.
func Instruct(key remittance.Key, rail remittance.Rail, amount remittance.Yen) (Entry, error) {
	return ofInstruction(EventInstruct, key, rail, amount, Held(key.Merchant), InFlight(rail))
}

// Settle records that the recipient has the money of an instruction, finally.
func Settle(key remittance.Key, rail remittance.Rail, amount remittance.Yen) (Entry, error) {
	return ofInstruction(EventSettle, key, rail, amount, InFlight(rail), Paid(rail))
}

// GiveBack records that the rail refused or returned an instruction: the
// amount is held again, for another instruction under a new generation or for
// [Release].
func GiveBack(key remittance.Key, rail remittance.Rail, amount remittance.Yen) (Entry, error) {
	return ofInstruction(EventGiveBack, key, rail, amount, InFlight(rail), Held(key.Merchant))
}

// LateReturn records that money came back after it was final. It goes to the
// merchant's balance and ends the remittance; to send it again, order again.
func LateReturn(key remittance.Key, rail remittance.Rail, amount remittance.Yen) (Entry, error) {
	return ofInstruction(EventLateReturn, key, rail, amount, Paid(rail), Available(key.Merchant))
}

// Fee makes the fee of an executed attempt due. It stays due when the money
// comes back. There is no entry for a fee of zero: do not post one.
func Fee(key remittance.Key, fee remittance.Yen) (Entry, error) {
	if _, err := remittance.ParseKey(key.String()); err != nil {
		return refuse(EventFee, err)
	}
	return movement{EventFee, key.Ref, key.String(), key.String(), "", fee, remittance.LegalCap, FeesDue(key.Merchant), IncomeFees}.entry()
}

func ofRemittance(event Event, ref remittance.Ref, amount remittance.Yen, debit, credit Account) (Entry, error) {
	if _, err := remittance.ParseRef(string(ref.Merchant), string(ref.Remittance)); err != nil {
		return refuse(event, err)
	}
	return movement{event, ref, ref.String(), "", "", amount, remittance.LegalCap, debit, credit}.entry()
}

func ofInstruction(event Event, key remittance.Key, rail remittance.Rail, amount remittance.Yen, debit, credit Account) (Entry, error) {
	if _, err := remittance.ParseKey(key.String()); err != nil {
		return refuse(event, err)
	}
	if !railForm.MatchString(string(rail)) {
		return refuse(event, fmt.Errorf("%w: rail %q must be 1-20 of a-z and -", remittance.ErrID, rail))
	}
	return movement{event, key.Ref, key.String(), key.String(), rail, amount, remittance.LegalCap, debit, credit}.entry()
}

type movement struct {
	event         Event
	ref           remittance.Ref
	subject       string // what the key is made of, after the event
	instruction   string
	rail          remittance.Rail
	amount, most  remittance.Yen
	debit, credit Account
}

// entry puts the event before the subject in the key, so that keys of different
// events never meet whatever ids merchants choose.
func (m movement) entry() (Entry, error) {
	if m.amount < 1 || m.amount > m.most {
		return refuse(m.event, fmt.Errorf("%w %d: must be 1 to %d yen", remittance.ErrAmount, m.amount, m.most))
	}
	return Entry{
		content: Content{
			Book:        m.ref.Merchant,
			Key:         keyOf(m.event, m.subject),
			Event:       m.event,
			Remittance:  m.ref.Remittance,
			Instruction: m.instruction,
			Lines:       []Line{{m.debit, -m.amount}, {m.credit, m.amount}},
		},
		amount: m.amount,
		rail:   m.rail,
	}, nil
}

func keyOf(event Event, subject string) string { return string(event) + ":" + subject }

func refuse(event Event, err error) (Entry, error) {
	return Entry{}, fmt.Errorf("%w %s: %w", ErrEntry, event, err)
}
