package amazon

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"soukin/remittance"
)

// What the sandbox knows from the start. All of it is published: the sandbox
// guards nothing.
const (
	PublishedPartnerID    = "Soukn"
	PublishedKeyID        = "AKIASOUKINSANDBOX000"
	PublishedSecret       = "soukin-sandbox-amazon-secret"
	PublishedRegion       = "us-west-2"
	PublishedClientID     = "amzn1.application-oa2-client.soukin-sandbox"
	PublishedClientSecret = "soukin-sandbox-amazon-login-secret"
)

// ErrSettings is wrapped by the error about a wrong setting.
var ErrSettings = errors.New("amazon settings")

// Settings is how Amazon behaves.
type Settings struct {
	PartnerID string
	KeyID     string
	Secret    string
	Region    string
	// Funds is what the partner has paid in.
	Funds remittance.Yen
	// MinAmount and MaxAmount bound one gift.
	MinAmount remittance.Yen
	MaxAmount remittance.Yen
	// CancelWindow is how long an unclaimed code can be cancelled.
	CancelWindow time.Duration
	// Rate is how many calls a second of real time are answered; 0 for no limit.
	// Amazon's own is 10.
	Rate int
	// FundsRate is the same for GetAvailableFunds; Amazon's own is 1.
	FundsRate int
	Login     Login
}

// Login is the registration of the one client at Login with Amazon.
type Login struct {
	ClientID     string
	ClientSecret string
	// RedirectURIs are registered, character by character. Redirects over http to
	// a loopback address are taken besides (RFC 8252).
	RedirectURIs []string
	CodeTTL      time.Duration // 5 minutes at Amazon
	TokenTTL     time.Duration // an hour at Amazon
}

// DefaultSettings are those of the demo: Amazon's own limits, but for the rate.
func DefaultSettings() Settings {
	return Settings{
		PartnerID: PublishedPartnerID, KeyID: PublishedKeyID, Secret: PublishedSecret, Region: PublishedRegion,
		Funds: 1_000_000_000, MinAmount: 1, MaxAmount: 500_000, CancelWindow: 15 * time.Minute, Rate: 1000, FundsRate: 1,
		Login: Login{ClientID: PublishedClientID, ClientSecret: PublishedClientSecret, CodeTTL: 5 * time.Minute, TokenTTL: time.Hour},
	}
}

var partnerForm = regexp.MustCompile(`^[A-Za-z0-9]{5}$`)

func (s Settings) validate() error {
	switch {
	case !partnerForm.MatchString(s.PartnerID):
		return fmt.Errorf("%w: PartnerID %q must be 5 letters and digits", ErrSettings, s.PartnerID)
	case s.KeyID == "" || s.Secret == "" || s.Region == "":
		return fmt.Errorf("%w: KeyID, Secret and Region must not be empty", ErrSettings)
	case s.MinAmount < 1 || s.MaxAmount < s.MinAmount || s.Funds < 0:
		return fmt.Errorf("%w: MinAmount is %d, MaxAmount %d, Funds %d; must be at least 1, MinAmount and 0", ErrSettings, s.MinAmount, s.MaxAmount, s.Funds)
	case s.CancelWindow < 0 || s.Rate < 0 || s.FundsRate < 0:
		return fmt.Errorf("%w: CancelWindow, Rate and FundsRate must not be negative", ErrSettings)
	case s.Login.ClientID == "" || s.Login.ClientSecret == "" || s.Login.CodeTTL <= 0 || s.Login.TokenTTL < time.Second:
		return fmt.Errorf("%w: Login needs ClientID, ClientSecret, CodeTTL above 0 and TokenTTL of at least 1s", ErrSettings)
	}
	return nil
}
