package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"soukin/internal/link"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Remittances is what the pages need of the rest of the product. Every method
// may also return an error that is none of those named here: the pages then say
// that they cannot tell, and never that nothing happened. An error's text must
// carry no token, proof, code, number or account, for it is logged.
//
// The proof is the zero value for a link without codes.
type Remittances interface {
	// View says what the holder of a link may see. It changes nothing.
	// Errors: link.ErrUnknown, link.ErrEnded.
	View(ctx context.Context, token link.Token) (View, error)

	// Prove compares the answers with the link's codes, in the order of
	// View.Link.Labels. State is where the link stands after the try.
	// Errors: link.ErrWrong, link.ErrLocked, link.ErrUnknown, link.ErrEnded.
	Prove(ctx context.Context, token link.Token, answers []link.Answer) (link.Proof, link.State, error)

	// Designate names the way that the money goes, and returns when it is decided
	// that it does. Naming the same again, as a double click does, is no error
	// while it is being paid; naming another is ErrClosed.
	// Errors: zengin.FieldErrors for an account that the rules or the rail refuse;
	// *FieldFault for a member number; ErrLogin for a login that is too old or of
	// another remittance; ErrWay for a way that is not offered; ErrClosed when
	// somebody named a way before, or the remittance was cancelled, declined or
	// expired; link.ErrProof, link.ErrUnknown, link.ErrEnded.
	Designate(ctx context.Context, token link.Token, proof link.Proof, d Designation) (View, error)

	// Decline gives the money back to the sender, for good. Declining again is no
	// error. Errors: ErrClosed; link.ErrProof, link.ErrUnknown, link.ErrEnded.
	Decline(ctx context.Context, token link.Token, proof link.Proof) (View, error)

	// Numbers gives what the ATM asks for, while View.Cash is there. Errors:
	// ErrClosed when the cash was taken or called off; link.ErrProof,
	// link.ErrUnknown, link.ErrEnded.
	Numbers(ctx context.Context, token link.Token, proof link.Proof) (Numbers, error)

	// Reissue has new numbers issued for the same cash; the old ones end. It
	// returns when they are out. Errors: ErrClosed when the cash was taken or called
	// off, or no reissue is left; link.ErrProof, link.ErrUnknown, link.ErrEnded.
	Reissue(ctx context.Context, token link.Token, proof link.Proof) (View, error)

	// GiftCode gives the claim code of a gift card, while View.Code is true. Nobody
	// keeps it: it is asked of Amazon each time. Errors: ErrClosed when there is
	// none; link.ErrProof, link.ErrUnknown, link.ErrEnded.
	GiftCode(ctx context.Context, token link.Token, proof link.Proof) (string, error)

	// BeginLogin gives the address at Amazon at which the recipient logs in, good
	// for as long as the proof is. It keeps nothing and changes nothing, so that a
	// page may hold it as a link. Its state parameter has no "~" and comes back to
	// FinishLogin. Errors: link.ErrProof, link.ErrUnknown, link.ErrEnded.
	BeginLogin(ctx context.Context, token link.Token, proof link.Proof) (address string, err error)

	// FinishLogin takes what Amazon's redirect brought back; code is empty when the
	// recipient cancelled there. The login is sealed: it stands in the page for
	// Designation.Login and means nothing elsewhere. Errors: ErrLogin, with the
	// token and proof where the state tells them and empty ones where it does not.
	FinishLogin(ctx context.Context, state, code string) (token link.Token, proof link.Proof, login string, err error)
}

var (
	// ErrClosed says that a link takes nothing now: somebody else, or a deadline,
	// was first. The pages ask View who it was.
	ErrClosed = errors.New("the remittance takes nothing now")
	// ErrWay says that a way is not offered, or not for this amount.
	ErrWay = errors.New("this way is not offered")
	// ErrLogin says that a login at Amazon was cancelled, refused, or is too old.
	ErrLogin = errors.New("the login at Amazon did not succeed")
)

// Designation is a way and where the money goes on it. Cash and gift codes need
// nothing but the rail.
type Designation struct {
	Rail    remittance.Rail // empty is the link's only way
	Account zengin.Input    // bank
	Member  string          // au PAY: 16 digits
	Login   string          // Amazon balance: what FinishLogin gave
}

// FieldFault is what is wrong with one field of a designation, in the words of
// the page. The error text leaves them out: they may repeat what was typed.
type FieldFault struct {
	Field  string // FieldMember
	Ja, En string
}

// FieldMember is the au PAY member number's field.
const FieldMember = "member"

// Error names the field.
func (f *FieldFault) Error() string { return "refused field: " + f.Field }

// In gives the sentence in a language.
func (f *FieldFault) In(l remittance.Lang) string {
	if l == remittance.Ja {
		return f.Ja
	}
	return f.En
}

// Numbers are what a Seven Bank ATM asks for before it pays out.
type Numbers struct {
	Partner      string // 4 digits
	Customer     string // 9 digits
	Confirmation string // 6 digits
}

// Format is masked for every verb: whoever has the numbers has the money.
func (n Numbers) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(numbers)") }

// LogValue is masked.
func (n Numbers) LogValue() slog.Value { return slog.StringValue("(numbers)") }

// View is a remittance as its recipient may see it. It never holds an account,
// a member number or ATM numbers, not even masked: whoever has the link may not
// be who named it.
type View struct {
	Ref     remittance.Ref
	Sender  string         // the merchant, by the name its customers know
	Purpose string         // what the money is for, in the merchant's words; may be empty
	Amount  remittance.Yen // what arrives
	Status  remittance.Status
	Reason  remittance.Reason // why it stands there, or who ended it

	Created    time.Time // when the order was taken
	Deadline   time.Time // until when a way can be chosen; zero when there is none
	Designated time.Time // when the way that counts was chosen; zero before
	Updated    time.Time // when Status was reached

	// Open says that a way can be chosen now, one of Ways: for the first time, or
	// again after one failed. Ways are in the order of the page, and not empty
	// while it is open.
	Open bool
	Ways []Way
	// Rail and Form are of the way that the money goes or went; empty while that
	// is open.
	Rail remittance.Rail
	Form remittance.GiftForm
	// Failed is the way that failed last, while another can be chosen.
	Failed *Failure
	// Cash is there while ATM numbers are out.
	Cash *Cash
	// Code says that there is a claim code to show.
	Code bool

	// Link tells which codes are asked for, and whether they are locked.
	Link link.State
	// Contact is whom to ask at the merchant.
	Contact Contact
}

// Way is one way to have the money.
type Way struct {
	Rail  remittance.Rail
	Form  remittance.GiftForm // of a gift card
	Limit remittance.Yen      // the most that one remittance may carry on it
	// Available is false when the amount is over the limit: it is shown, and
	// cannot be chosen.
	Available bool
}

// Failure is why a way did not succeed.
type Failure struct {
	Rail   remittance.Rail
	Reason remittance.Reason
}

// Cash is money that waits at the ATMs.
type Cash struct {
	Until        time.Time // when the numbers end
	Locked       bool      // wrong numbers were entered too often
	ReissuesLeft int       // how often new numbers can still be had
}

// Contact is how a recipient reaches the merchant. Empty fields are not shown.
type Contact struct {
	Phone string
	Mail  string
	URL   string // https only; others are not shown
	Hours string // when somebody answers, in the merchant's words
}
