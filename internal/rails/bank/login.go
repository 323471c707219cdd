package bank

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/oauth2"

	"soukin/remittance"
)

// AuthorizeURL is where the operator's browser logs in at the bank and grants
// the scopes; the bank sends it back to Settings.RedirectURL with a code. state
// must be unguessable, and compared when the browser comes back.
func (c *Client) AuthorizeURL(state string) string { return c.tokens.oauth.AuthCodeURL(state) }

// Exchange turns the code that the browser brought back into a token and
// stores it, replacing any other. Errors: Misconfigured when the bank refuses
// the code or the client, NotSent when the login did not take place and can be
// tried again from AuthorizeURL.
func (c *Client) Exchange(ctx context.Context, code string) error {
	k := c.tokens
	if err := k.lock(ctx); err != nil {
		return err
	}
	defer k.unlock()
	ctx, cancel := context.WithTimeout(ctx, k.limit)
	defer cancel()
	err := k.store.Update(ctx, func(Token) (Token, error) {
		answer, err := k.oauth.Exchange(context.WithValue(ctx, oauth2.HTTPClient, k.http), code)
		if err != nil {
			return Token{}, loginError(err)
		}
		return k.tokenOf(answer), nil
	})
	if err != nil {
		return storeError(err)
	}
	k.cached.Store(nil)
	k.unsaved, k.replaces = Token{}, Token{}
	return nil
}

// loginError says what a failure at the token endpoint means for the call that
// needed the token: it was not made. The answer's own text is dropped, it may
// repeat what was sent.
func loginError(err error) error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err
		}
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "token: no usable answer", Cause: err}
	}
	out := &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "token: HTTP " + strconv.Itoa(refused.Response.StatusCode)}
	switch refused.ErrorCode {
	case "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		out.Code = "token: " + refused.ErrorCode
		out.Outcome, out.Reason = remittance.OutcomeMisconfigured, remittance.CredentialsRefused
		return out
	}
	switch status := refused.Response.StatusCode; {
	case status == http.StatusTooManyRequests:
		out.Outcome = remittance.OutcomeRateLimited
	case status >= 400 && status < 500:
		out.Outcome, out.Reason = remittance.OutcomeMisconfigured, remittance.CredentialsRefused
	}
	return out
}
