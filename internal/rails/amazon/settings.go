package amazon

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Meaning is what an error type of the API means for an instruction.
type Meaning struct {
	Outcome remittance.Outcome // Unknown, Rejected, RateLimited or Misconfigured
	Reason  remittance.Reason
}

// Settings are the contract with Amazon, as far as a call needs to know it.
type Settings struct {
	// Endpoint is the API without the name of an operation; for Japan in
	// production https://agcod-v2-fe.amazon.com.
	Endpoint string
	Region   string // that requests are signed for; us-west-2 for Japan
	// PartnerID is ours at Amazon, 5 characters; every request id starts with it.
	PartnerID string
	KeyID     string // access key
	Secret    string // of the access key
	// AccountType is what LoadAmazonBalance calls the kind of account id that
	// Login with Amazon gives.
	AccountType string
	// Timeout ends one call; the FAQ recommends 6 seconds. It must be shorter than
	// the activity around it.
	Timeout time.Duration
	// ErrorTypes adds error types of the contract's own documents, or overrides
	// known ones, by their name, as "CustomerAccountBlocked".
	ErrorTypes map[string]Meaning

	// Now dates the signatures; nil means time.Now. Amazon refuses a date that is
	// 15 minutes off.
	Now func() time.Time
	// OnCall, if set, is told of every call: its name, its outcome and how long it took.
	OnCall func(operation string, outcome remittance.Outcome, took time.Duration)
}

func (s Settings) withDefaults() Settings {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.OnCall == nil {
		s.OnCall = func(string, remittance.Outcome, time.Duration) {}
	}
	s.Endpoint = strings.TrimSuffix(s.Endpoint, "/")
	return s
}

var partnerForm = regexp.MustCompile(`^[A-Za-z0-9]{5}$`)

// Validate names every wrong setting, its rule and the fix.
func (s Settings) Validate() error {
	errs := []error{
		checkEndpoint(s.Endpoint),
		unless(s.Region != "", "Region", "must be the region of the endpoint, us-west-2 for Japan"),
		unless(partnerForm.MatchString(s.PartnerID), "PartnerID", "must be the 5 letters and digits that Amazon gave us, in their case"),
		unless(s.KeyID != "" && s.Secret != "", "KeyID and Secret", "must be an access key of the partner account and its secret"),
		unless(s.AccountType != "", "AccountType", "must be what the contract calls an account id of Login with Amazon"),
		unless(s.Timeout > 0, "Timeout", "must be above 0, as 6s"),
	}
	for name, m := range s.ErrorTypes {
		switch m.Outcome {
		case remittance.OutcomeUnknown, remittance.OutcomeRejected, remittance.OutcomeRateLimited, remittance.OutcomeMisconfigured:
		default:
			errs = append(errs, fmt.Errorf("amazon setting ErrorTypes[%s]: the outcome must be unknown, rejected, rate_limited or misconfigured, not %s", name, m.Outcome))
		}
	}
	return errors.Join(errs...)
}

// checkEndpoint wants a host that secrets may travel to, see [call.Protected].
func checkEndpoint(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return unless(false, "Endpoint", "must be a URL with a host and nothing else, as https://agcod-v2-fe.amazon.com")
	}
	return unless(call.Protected(u), "Endpoint", "must be https: claim codes come back over it")
}

func unless(ok bool, name, rule string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("amazon setting %s: %s", name, rule)
}

// String shows where the client points, and no secret.
func (s Settings) String() string {
	return fmt.Sprintf("amazon at %s, partner %s", s.Endpoint, s.PartnerID)
}

// GoString is String under %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue is String for logs.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }
