package bank

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// ClientAuth is how the client names itself at the token endpoint; it is fixed
// when the client is registered with the bank.
type ClientAuth string

// The ways to authenticate the client.
const (
	ClientAuthBasic ClientAuth = "basic" // Authorization header
	ClientAuthPost  ClientAuth = "post"  // client_id and client_secret in the form
)

// DefaultScopes ask for what the client calls, and for a refresh token.
func DefaultScopes() []string {
	return []string{"offline_access", "private:account", "private:transfer"}
}

// CodeMeaning is what one of the bank's error codes means for an instruction.
type CodeMeaning struct {
	Outcome remittance.Outcome // Unknown, Rejected, RateLimited or Misconfigured
	Reason  remittance.Reason
}

// Settings are the contract with the bank, as far as a call needs to know it.
type Settings struct {
	// BaseURL is the API without the path of an operation:
	// https://api.gmo-aozora.com/ganb/api/corporation/v1.
	BaseURL string
	// AuthURL is the authorization service: https://api.gmo-aozora.com/ganb/api/auth/v1.
	// Empty means that the access token is pasted by hand and never refreshed.
	AuthURL      string
	ClientID     string
	ClientSecret string
	ClientAuth   ClientAuth // empty means basic
	RedirectURL  string
	Scopes       []string // empty means DefaultScopes
	// RefreshAhead is how long before its expiry an access token is renewed,
	// but never earlier than after half its life; 0 means 5 minutes.
	RefreshAhead time.Duration

	// AccountID is the account that transfers are paid from, 12 to 29 characters.
	AccountID string
	// Timeout ends one operation (a page of it, where it has pages), token
	// renewal included. It must be shorter than the activity around it.
	Timeout time.Duration
	// HonoursIdempotencyKey says that the bank executes a key once, and sends the
	// Idempotency-Key header. Either way a call of Submit sends once, and again
	// only after the bank refused the token at the door.
	HonoursIdempotencyKey bool
	// VisibilityDelay is how long the bank may take to show an instruction in
	// its enquiries; only after it can an instruction be proven not sent.
	VisibilityDelay time.Duration
	// NeedsApproval says that requests wait for a transaction password at the
	// bank: the contract does not exempt transfers from two-factor
	// authorization. The bank does not show them until then, so that not finding
	// one never proves that it was not sent.
	NeedsApproval bool
	// BusinessID says that the contract uses the bank's Business-ID management,
	// which changes how a pending application is cancelled.
	BusinessID bool
	// ErrorCodes adds codes of the bank's PDF specification, or overrides known
	// ones, for instructions that the bank refuses.
	ErrorCodes map[string]CodeMeaning

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// OnCall, if set, is told of every operation: its name, its outcome and how
	// long it took. Pages count one by one.
	OnCall func(operation string, outcome remittance.Outcome, took time.Duration)
}

const defaultRefreshAhead = 5 * time.Minute

func (s Settings) withDefaults() Settings {
	if s.ClientAuth == "" {
		s.ClientAuth = ClientAuthBasic
	}
	if len(s.Scopes) == 0 {
		s.Scopes = DefaultScopes()
	}
	if s.RefreshAhead == 0 {
		s.RefreshAhead = defaultRefreshAhead
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.OnCall == nil {
		s.OnCall = func(string, remittance.Outcome, time.Duration) {}
	}
	s.BaseURL = strings.TrimSuffix(s.BaseURL, "/")
	s.AuthURL = strings.TrimSuffix(s.AuthURL, "/")
	return s
}

// Validate names every wrong setting, its rule and the fix.
func (s Settings) Validate() error {
	errs := []error{
		checkURL("BaseURL", s.BaseURL),
		unless(len(s.AccountID) >= 12 && len(s.AccountID) <= 29 && isAlphanumeric(s.AccountID),
			"AccountID", "must be the bank's account id, 12 to 29 letters and digits; 'accounts' lists them"),
		unless(s.Timeout > 0, "Timeout", "must be above 0, as 25s"),
		unless(s.RefreshAhead >= 0, "RefreshAhead", "must not be negative"),
		unless(s.VisibilityDelay >= 0, "VisibilityDelay", "must not be negative"),
		unless(s.ClientAuth == "" || s.ClientAuth == ClientAuthBasic || s.ClientAuth == ClientAuthPost,
			"ClientAuth", "must be basic or post, as registered with the bank"),
	}
	if s.AuthURL != "" {
		errs = append(errs,
			checkURL("AuthURL", s.AuthURL),
			unless(s.ClientID != "", "ClientID", "must be the id that the bank gave to this client"),
			unless(s.ClientSecret != "", "ClientSecret", "must be the secret that the bank gave to this client"),
			unless(s.RedirectURL != "", "RedirectURL", "must be the address registered with the bank"),
		)
	}
	for code, m := range s.ErrorCodes {
		switch m.Outcome {
		case remittance.OutcomeUnknown, remittance.OutcomeRejected, remittance.OutcomeRateLimited, remittance.OutcomeMisconfigured:
		default:
			errs = append(errs, fmt.Errorf("bank setting ErrorCodes[%s]: the outcome must be unknown, rejected, rate_limited or misconfigured, not %s", code, m.Outcome))
		}
	}
	return errors.Join(errs...)
}

// checkURL wants an API that secrets may travel to, see [call.Protected].
func checkURL(name, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return unless(false, name, "must be a URL with a host and a path only, as https://host/path")
	}
	return unless(call.Protected(u), name,
		"must be https: tokens and payees' names travel over it")
}

func isAlphanumeric(s string) bool {
	for _, r := range s {
		if !('0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
			return false
		}
	}
	return true
}

func unless(ok bool, name, rule string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("bank setting %s: %s", name, rule)
}

// String shows where the client points, and no secret.
func (s Settings) String() string {
	return fmt.Sprintf("bank at %s, login at %s, client %s", s.BaseURL, s.AuthURL, s.ClientID)
}

// GoString is String under %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue is String for logs.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }
