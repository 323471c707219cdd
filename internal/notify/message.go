package notify

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"soukin/remittance"
)

// Kind is what a notice is about. The values are those of contract.NoticeKind.
type Kind string

// The kinds.
const (
	KindLink      Kind = "link"      // name your account here
	KindReminder  Kind = "reminder"  // the deadline comes near
	KindReopened  Kind = "reopened"  // the bank could not credit it, name another account
	KindPaid      Kind = "paid"      // the money has been sent for good
	KindReturned  Kind = "returned"  // it came back and the link is closed
	KindExpired   Kind = "expired"   // the deadline passed
	KindCancelled Kind = "cancelled" // the merchant called it off
	KindNumbers   Kind = "numbers"   // the numbers for an ATM are on the page
	KindLocked    Kind = "locked"    // those numbers are locked, have new ones issued
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{KindLink, KindReminder, KindReopened, KindPaid, KindReturned, KindExpired, KindCancelled, KindNumbers, KindLocked}
}

// asks reports whether the recipient has to act, so that link and deadline must
// be there.
func (k Kind) asks() bool {
	return slices.Contains([]Kind{KindLink, KindReminder, KindReopened, KindNumbers, KindLocked}, k)
}

// Contact is how to reach a recipient; either part may be empty. The vault's
// Contact is one.
type Contact interface {
	Email() string
	Phone() string
}

// Merchant is how the sender of the money appears to the recipient.
type Merchant struct {
	Name string // as the recipient knows it
	// Help says whom to ask, in one or a few lines: a telephone number with its
	// hours, a web page. Empty refers to what the merchant publishes.
	Help string
}

// Link is the address of the recipient's page, with its secret token. It prints,
// encodes and logs masked.
type Link struct{ address *string }

var errLink = errors.New("notice: the link must be an https address without a user or fragment (http only on this machine or a private network)")

// NewLink takes a complete address.
func NewLink(address string) (Link, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || strings.ContainsFunc(address, outsideURL) {
		return Link{}, errLink
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !local(u.Hostname())) {
		return Link{}, errLink
	}
	return Link{&address}, nil
}

func outsideURL(r rune) bool {
	return r <= ' ' || r >= unicode.MaxASCII || strings.ContainsRune(`<>"'\`, r)
}

// local reports whether a host cannot be on the public internet: this machine, a
// private network, or the bare name of a container.
func local(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate()
	}
	return !strings.Contains(host, ".")
}

// Reveal gives the address itself.
func (l Link) Reveal() string {
	if l.address == nil {
		return ""
	}
	return *l.address
}

// site is the part of the address that says whose page it is.
func (l Link) site() string {
	u, err := url.Parse(l.Reveal())
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/"
}

const masked = "(secret link)"

// Format is masked for every verb.
func (l Link) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalText is masked.
func (l Link) MarshalText() ([]byte, error) { return []byte(masked), nil }

// LogValue is masked.
func (l Link) LogValue() slog.Value { return slog.StringValue(masked) }

// Message is one notice to one recipient.
type Message struct {
	remittance.Ref
	Kind Kind
	// Key tells the notices of one remittance apart ("<kind>/<n>"). The same key
	// gives a mail the same Message-ID and a short message the same idempotency key.
	Key      string
	To       Contact
	Lang     remittance.Lang // empty means Japanese
	Merchant Merchant
	Purpose  string // the merchant's words for why it sends the money; may be empty
	Amount   remittance.Yen
	// Rail is the way the money goes, or went; empty while the recipient may still
	// choose. Form is that of a gift card.
	Rail     remittance.Rail
	Form     remittance.GiftForm
	Deadline time.Time         // needed where the recipient has to act
	Reason   remittance.Reason // why it could not be given
	Codes    []string          // labels of the auth codes that the page asks for
	Link     Link              // needed where the recipient has to act; else the status page
}

// check names the field that keeps the notice from being written.
func (m Message) check() error {
	switch {
	case m.Ref.Merchant == "" || m.Remittance == "":
		return errors.New("notice without a remittance")
	case m.Merchant.Name == "":
		return errors.New("notice without the merchant's name")
	case m.Key == "":
		return errors.New("notice without a key")
	case m.Amount < 1:
		return errors.New("notice without an amount")
	case m.Lang != "" && m.Lang != remittance.Ja && m.Lang != remittance.En:
		return fmt.Errorf("notice in unknown language %q", m.Lang)
	case !slices.Contains(Kinds(), m.Kind):
		return fmt.Errorf("notice of unknown kind %q", m.Kind)
	case m.Kind.asks() && m.Link.Reveal() == "":
		return fmt.Errorf("%s notice without a link", m.Kind)
	case m.Kind.asks() && m.Deadline.IsZero():
		return fmt.Errorf("%s notice without a deadline", m.Kind)
	}
	return nil
}
