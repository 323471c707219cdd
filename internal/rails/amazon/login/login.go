package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// scope gives the user id and nothing else: no name, no address.
const scope = "profile:user_id"

// Settings are our registration at Login with Amazon.
type Settings struct {
	AuthURL    string // where browsers log in; for Japan https://apac.account.amazon.com/ap/oa
	TokenURL   string // for Japan https://api.amazon.co.jp/auth/o2/token
	ProfileURL string // for Japan https://api.amazon.co.jp/user/profile

	ClientID     string
	ClientSecret string
	// RedirectURL is ours, registered at Amazon character by character.
	RedirectURL string
	// Timeout ends one call; a login makes two.
	Timeout time.Duration
	// OnCall, if set, is told of every login that came back: its outcome and how
	// long asking took.
	OnCall func(operation string, outcome remittance.Outcome, took time.Duration)
}

// String shows where the client points, and no secret.
func (s Settings) String() string {
	return fmt.Sprintf("login at %s, client %s", s.AuthURL, s.ClientID)
}

// GoString is String under %#v.
func (s Settings) GoString() string { return s.String() }

// LogValue is String for logs.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Validate names every wrong setting, its rule and the fix.
func (s Settings) Validate() error {
	errs := []error{
		unless(s.ClientID != "" && s.ClientSecret != "", "ClientID and ClientSecret", "must be those that Amazon gave us"),
		unless(s.Timeout > 0, "Timeout", "must be above 0, as 6s"),
	}
	for name, value := range map[string]string{"AuthURL": s.AuthURL, "TokenURL": s.TokenURL, "ProfileURL": s.ProfileURL} {
		u, err := url.Parse(value)
		errs = append(errs, unless(err == nil && call.Protected(u), name, "must be an https URL (http only on this machine or a private network): our secret and tokens travel over it"))
	}
	u, err := url.Parse(s.RedirectURL)
	errs = append(errs, unless(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"), "RedirectURL", "must be an http or https URL"))
	return errors.Join(errs...)
}

func unless(ok bool, name, rule string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("login with amazon setting %s: %s", name, rule)
}

// Client asks Amazon who a recipient is. It is safe for concurrent use.
type Client struct {
	set   Settings
	oauth oauth2.Config
	http  *call.Client
}

// New makes a client. The error is that of [Settings.Validate].
func New(s Settings) (*Client, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.OnCall == nil {
		s.OnCall = func(string, remittance.Outcome, time.Duration) {}
	}
	return &Client{s, oauth2.Config{
		ClientID: s.ClientID, ClientSecret: s.ClientSecret, RedirectURL: s.RedirectURL, Scopes: []string{scope},
		// Named, because finding it out costs a second request with the same code.
		Endpoint: oauth2.Endpoint{AuthURL: s.AuthURL, TokenURL: s.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}, call.New(call.Options{Timeout: s.Timeout})}, nil
}

// NewVerifier makes the secret of one login (RFC 7636); whoever has the code
// but not this gets no token.
func NewVerifier() string { return oauth2.GenerateVerifier() }

// Start is where the recipient's browser goes. state comes back with the code;
// it must be unforgeable, and lead to the verifier.
func (c *Client) Start(state, verifier string) string {
	return c.oauth.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// Finish turns the code that the browser brought back into the user id,
// "amzn1.account.…". Errors (*remittance.RailError): Rejected with LoginRefused
// where logging in again is what helps; Misconfigured where our registration is
// refused; RateLimited, NotSent and Unknown where Amazon gave no usable answer.
func (c *Client) Finish(ctx context.Context, code, verifier string) (string, error) {
	started := time.Now()
	user, err := c.finish(ctx, code, verifier)
	outcome := remittance.OutcomeAccepted
	if err != nil {
		outcome = err.Outcome
	}
	c.set.OnCall("login", outcome, time.Since(started))
	if err != nil {
		return "", err
	}
	return user, nil
}

func (c *Client) finish(ctx context.Context, code, verifier string) (string, *remittance.RailError) {
	exchange, cancel := context.WithTimeout(ctx, c.set.Timeout)
	defer cancel()
	token, err := c.oauth.Exchange(context.WithValue(exchange, oauth2.HTTPClient, c.http.Fresh()), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", exchangeError(err)
	}
	answer, err := c.http.Do(ctx, call.Request{Method: http.MethodGet, URL: c.set.ProfileURL, Header: http.Header{
		"Authorization": {"Bearer " + token.AccessToken}, "Accept": {"application/json"},
	}})
	if err != nil {
		return "", railError(err)
	}
	return userID(answer)
}

// userForm is that of every documented example, with room for longer ones.
var userForm = regexp.MustCompile(`^amzn1\.account\.[A-Za-z0-9]{1,100}$`)

func userID(a call.Answer) (string, *remittance.RailError) {
	if a.Status != http.StatusOK {
		return "", statusError("profile", a.Status)
	}
	var body struct {
		UserID string `json:"user_id"`
	}
	if json.Unmarshal(a.Body, &body) != nil || !userForm.MatchString(body.UserID) {
		return "", &remittance.RailError{Code: "profile: answer without a user id"}
	}
	return body.UserID, nil
}

// exchangeError says what a failure at the token endpoint means. The answer's
// own text is dropped: it may repeat what was sent.
func exchangeError(err error) *remittance.RailError {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err
		}
		return &remittance.RailError{Code: "token: no usable answer", Cause: err}
	}
	switch refused.ErrorCode {
	case "invalid_grant":
		return &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.LoginRefused, Code: "token: invalid_grant"}
	case "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request":
		return &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Reason: remittance.CredentialsRefused, Code: "token: " + refused.ErrorCode}
	}
	return statusError("token", refused.Response.StatusCode)
}

func statusError(of string, status int) *remittance.RailError {
	out := &remittance.RailError{Code: of + ": HTTP " + strconv.Itoa(status)}
	switch {
	case status == http.StatusTooManyRequests:
		out.Outcome = remittance.OutcomeRateLimited
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		out.Outcome, out.Reason = remittance.OutcomeMisconfigured, remittance.CredentialsRefused
	}
	return out
}

func railError(err error) *remittance.RailError {
	var rail *remittance.RailError
	if errors.As(err, &rail) {
		return rail
	}
	return &remittance.RailError{Code: "no usable answer", Cause: err}
}
