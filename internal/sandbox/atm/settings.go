package atm

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"soukin/remittance"
)

// The credentials that the network knows from the start. They open nothing else.
const (
	PublishedToken        = "soukin-sandbox-atm-token"                           //nolint:gosec // published on purpose
	PublishedNoticeSecret = "whsec_c291a2luLXNhbmRib3gtYXRtLW5vdGljZXMtc2VjcmV0" //nolint:gosec // published on purpose
)

// ErrSettings is wrapped by errors about settings.
var ErrSettings = errors.New("ATM network settings")

// Settings is how the network behaves.
type Settings struct {
	// PartnerCode is the client's number at the ATM, 4 digits.
	PartnerCode string
	// Token is what clients must show, NoticeSecret what notices are signed with.
	Token        string
	NoticeSecret string
	// NoticeURL is where notices go; empty sends none.
	NoticeURL string
	// NoticeTries is how often a notice is sent until somebody takes it, and
	// NoticePause the first pause in between, in real time; it doubles each time.
	NoticeTries int
	NoticePause time.Duration
	// MaxAmount is the most one issue may carry.
	MaxAmount remittance.Yen
	// Coins says that the shop's register pays the part below 1,000 yen; without
	// it amounts must be thousands of yen.
	Coins bool
	// WrongEntries is how many wrong confirmation numbers lock an issue.
	WrongEntries int
	// Moment is how long an ATM takes to count notes, and how soon after its issue
	// a magic amount is withdrawn by itself.
	Moment time.Duration
}

// DefaultSettings is a network that pays notes only, at most 100,000 yen, and
// tells nobody.
func DefaultSettings() Settings {
	return Settings{
		PartnerCode: "9101", Token: PublishedToken, NoticeSecret: PublishedNoticeSecret,
		NoticeTries: 12, NoticePause: 500 * time.Millisecond,
		MaxAmount: 100_000, WrongEntries: 3, Moment: 2 * time.Second,
	}
}

func (s Settings) validate() error {
	where, err := url.Parse(s.NoticeURL)
	_, secretErr := standardwebhooks.NewWebhook(s.NoticeSecret)
	switch {
	case !digits(s.PartnerCode, 4):
		return fmt.Errorf("%w: PartnerCode must have 4 digits", ErrSettings)
	case s.Token == "":
		return fmt.Errorf("%w: Token must not be empty", ErrSettings)
	case s.NoticeSecret == "" || secretErr != nil:
		return fmt.Errorf("%w: NoticeSecret must be whsec_ and base64", ErrSettings)
	case s.NoticeURL != "" && (err != nil || where.Host == ""):
		return fmt.Errorf("%w: NoticeURL must be a URL, or empty", ErrSettings)
	case s.NoticeTries < 1 || s.NoticePause <= 0:
		return fmt.Errorf("%w: NoticeTries must be at least 1 and NoticePause above 0", ErrSettings)
	case s.MaxAmount < 1_000 || s.WrongEntries < 1 || s.Moment < 0:
		return fmt.Errorf("%w: MaxAmount must be at least 1000, WrongEntries at least 1 and Moment not negative", ErrSettings)
	}
	return nil
}
