package ledger

import (
	"errors"
	"fmt"

	"soukin/remittance"
)

// The refusals of [Ledger.Post]. With each of them nothing of the call was
// written and the caller's transaction can go on.
var (
	// ErrInsufficient: the merchant's balance does not cover a hold. The error
	// is an [*InsufficientError].
	ErrInsufficient = errors.New("insufficient balance")
	// ErrConflict: the key is taken by an entry with another content.
	ErrConflict = errors.New("ledger conflict")
	// ErrNotAllowed: the event does not fit where the remittance's money is. The
	// error is a [*NotAllowedError].
	ErrNotAllowed = errors.New("not allowed by the ledger")
)

// InsufficientError says how much is missing. Funding may cure it.
type InsufficientError struct {
	Merchant  remittance.MerchantID
	Available remittance.Yen // before the hold
	Wanted    remittance.Yen
	Shortfall remittance.Yen // Wanted - Available
}

func (e *InsufficientError) Error() string {
	return fmt.Sprintf("%v: %s has %s, the hold needs %s, %s short", ErrInsufficient, e.Merchant, e.Available, e.Wanted, e.Shortfall)
}

// Is makes errors.Is(err, ErrInsufficient) true.
func (e *InsufficientError) Is(target error) bool { return target == ErrInsufficient }

// NotAllowedError says which entry was refused, where the money stood, and why.
// Waiting does not cure it.
type NotAllowedError struct {
	Entry    Content
	Position Position
	Why      string
}

func (e *NotAllowedError) Error() string {
	return fmt.Sprintf("%v: %s: %s, but it is %s", ErrNotAllowed, e.Entry.Key, e.Why, e.Position.describe())
}

// Is makes errors.Is(err, ErrNotAllowed) true.
func (e *NotAllowedError) Is(target error) bool { return target == ErrNotAllowed }

func (p Position) describe() string {
	s := p.Place.phrase()
	if p.Place != PlaceNone {
		s = fmt.Sprintf("%d yen, %s", p.Amount, s)
	}
	if p.Instruction != "" {
		s += " as " + p.Instruction + " on rail " + string(p.Rail)
	}
	return s
}
