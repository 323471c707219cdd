package web

import (
	"context"
	"errors"
	"time"

	"soukin/internal/link"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Remittances is what the pages need of the rest of the product. Every method
// may also return an error that is none of those named here: the pages then say
// that they cannot tell, and never that nothing happened. An error's text must
// carry no token, proof, code or account, for it is logged.
type Remittances interface {
	// View says what the holder of a link may see. It changes nothing.
	// Errors: link.ErrUnknown, link.ErrEnded.
	View(ctx context.Context, token link.Token) (View, error)

	// Prove compares the answers with the link's codes, in the order of
	// View.Link.Labels. State is where the link stands after the try.
	// Errors: link.ErrWrong, link.ErrLocked, link.ErrUnknown, link.ErrEnded.
	Prove(ctx context.Context, token link.Token, answers []link.Answer) (link.Proof, link.State, error)

	// Designate names the account that the money goes to, and returns when it is
	// decided that it does. Naming the same account again, as a double click does,
	// is no error while that account is being paid; naming another one is ErrClosed.
	// The proof is the zero value for a link without codes.
	// Errors: zengin.FieldErrors for an account that the rules or the rail refuse;
	// ErrClosed when somebody named an account before, or the remittance was
	// cancelled, declined or expired; link.ErrProof, link.ErrUnknown, link.ErrEnded.
	Designate(ctx context.Context, token link.Token, proof link.Proof, account zengin.Input) (View, error)

	// Decline gives the money back to the sender, for good. Declining again is no
	// error. Errors: as Designate's, without zengin.FieldErrors.
	Decline(ctx context.Context, token link.Token, proof link.Proof) (View, error)
}

// ErrClosed says that a link takes no account now: somebody else, or a deadline,
// was first. The pages ask View who it was.
var ErrClosed = errors.New("the remittance takes no account now")

// View is a remittance as its recipient may see it. It never holds an account,
// not even a masked one: whoever has the link may not be who named it.
type View struct {
	Ref     remittance.Ref
	Sender  string         // the merchant, by the name its customers know
	Purpose string         // what the money is for, in the merchant's words; may be empty
	Amount  remittance.Yen // what arrives
	Status  remittance.Status
	Reason  remittance.Reason // why it stands there: a bounce's reason, or who ended it

	Created    time.Time // when the order was taken
	Deadline   time.Time // until when an account can be named; zero when there is none
	Designated time.Time // when the account that counts was named; zero before
	Updated    time.Time // when Status was reached

	// Open says that an account can be named now: for the first time, or again
	// after a bounce.
	Open bool
	// Link tells which codes are asked for, and whether they are locked.
	Link link.State
	// Contact is whom to ask at the merchant.
	Contact Contact
}

// Contact is how a recipient reaches the merchant. Empty fields are not shown.
type Contact struct {
	Phone string
	Mail  string
	URL   string // https only; others are not shown
	Hours string // when somebody answers, in the merchant's words
}
