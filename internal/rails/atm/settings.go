package atm

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

// Settings are the contract with the network, as far as a call needs to know it.
type Settings struct {
	// BaseURL is the API without the path of an operation.
	BaseURL string
	// Token is our bearer token.
	Token string
	// Timeout ends one call. It must be shorter than the activity around it.
	Timeout time.Duration
	// Now is the clock that calls are timed by; nil means time.Now.
	Now func() time.Time
	// OnCall, if set, is told of every call: its name, its outcome and how long
	// it took.
	OnCall func(operation string, outcome remittance.Outcome, took time.Duration)
}

func (s Settings) withDefaults() Settings {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.OnCall == nil {
		s.OnCall = func(string, remittance.Outcome, time.Duration) {}
	}
	s.BaseURL = strings.TrimSuffix(s.BaseURL, "/")
	return s
}

// Validate names every wrong setting, its rule and the fix.
func (s Settings) Validate() error {
	return errors.Join(
		checkURL(s.BaseURL),
		unless(s.Token != "", "Token", "must be the token that the network gave to us"),
		unless(s.Timeout > 0, "Timeout", "must be above 0, as 20s"),
	)
}

// checkURL wants an API that secrets may travel to, see [call.Protected].
func checkURL(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return unless(false, "BaseURL", "must be a URL with a host and a path only, as https://host/path")
	}
	return unless(call.Protected(u), "BaseURL",
		"must be https: whoever reads the numbers on the way has the cash")
}

func unless(ok bool, name, rule string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("ATM network setting %s: %s", name, rule)
}

// String shows where the client points, and no secret.
func (s Settings) String() string { return "ATM network at " + s.BaseURL }

// GoString is String under %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue is String for logs.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }
