package login_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/amazon/login"
	"soukin/remittance"
)

// stranger is Amazon as a test wants it.
type stranger struct {
	tokenStatus, profileStatus int
	token, profile             string
	form                       url.Values
	bearer                     string
}

func (s *stranger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.URL.Path == "/token" {
		_ = r.ParseForm()
		s.form = r.PostForm
		w.WriteHeader(s.tokenStatus)
		io.WriteString(w, s.token)
		return
	}
	s.bearer = r.Header.Get("Authorization")
	w.WriteHeader(s.profileStatus)
	io.WriteString(w, s.profile)
}

const (
	goodToken   = `{"access_token":"Atza|SECRET","token_type":"bearer","expires_in":3600}`
	goodProfile = `{"user_id":"amzn1.account.K2LI23KL2LK2"}`
)

func newLogin(t *testing.T, s *stranger) *login.Client {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c, err := login.New(settings(server.URL))
	require.NoError(t, err)
	return c
}

func settings(base string) login.Settings {
	return login.Settings{
		AuthURL: base + "/oa", TokenURL: base + "/token", ProfileURL: base + "/profile", ClientID: "client", ClientSecret: "the-secret",
		RedirectURL: "https://pay.test/amazon/callback", Timeout: time.Minute,
	}
}

func TestALoginAsksForTheUserIDWithPKCE(t *testing.T) {
	s := &stranger{tokenStatus: 200, token: goodToken, profileStatus: 200, profile: goodProfile}
	c := newLogin(t, s)
	verifier := login.NewVerifier()
	assert.NotEqual(t, verifier, login.NewVerifier())
	u, err := url.Parse(c.Start("the-state", verifier))
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(verifier))
	assert.Equal(t, url.Values{
		"client_id": {"client"}, "response_type": {"code"}, "scope": {"profile:user_id"}, "state": {"the-state"}, "redirect_uri": {"https://pay.test/amazon/callback"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}, u.Query())

	user, err := c.Finish(t.Context(), "the-code", verifier)
	require.NoError(t, err)
	assert.Equal(t, "amzn1.account.K2LI23KL2LK2", user)
	assert.Equal(t, url.Values{
		"grant_type": {"authorization_code"}, "code": {"the-code"}, "code_verifier": {verifier}, "redirect_uri": {"https://pay.test/amazon/callback"},
		"client_id": {"client"}, "client_secret": {"the-secret"},
	}, s.form)
	assert.Equal(t, "Bearer Atza|SECRET", s.bearer)
}

func TestWhatGoesWrongSaysWhatHelps(t *testing.T) {
	for name, tc := range map[string]struct {
		s       stranger
		outcome remittance.Outcome
		reason  remittance.Reason
	}{
		"code refused":         {stranger{tokenStatus: 400, token: `{"error":"invalid_grant","error_description":"the-code"}`}, remittance.OutcomeRejected, remittance.LoginRefused},
		"client refused":       {stranger{tokenStatus: 401, token: `{"error":"invalid_client"}`}, remittance.OutcomeMisconfigured, remittance.CredentialsRefused},
		"forbidden":            {stranger{tokenStatus: 403, token: `<html>`}, remittance.OutcomeMisconfigured, remittance.CredentialsRefused},
		"token throttled":      {stranger{tokenStatus: 429, token: `{}`}, remittance.OutcomeRateLimited, ""},
		"token broken":         {stranger{tokenStatus: 500, token: `the-code`}, remittance.OutcomeUnknown, ""},
		"no token":             {stranger{tokenStatus: 200, token: `{}`}, remittance.OutcomeUnknown, ""},
		"token not json":       {stranger{tokenStatus: 200, token: `Atza|SECRET`}, remittance.OutcomeUnknown, ""},
		"profile refused":      {stranger{tokenStatus: 200, token: goodToken, profileStatus: 401, profile: `Atza|SECRET`}, remittance.OutcomeMisconfigured, remittance.CredentialsRefused},
		"profile broken":       {stranger{tokenStatus: 200, token: goodToken, profileStatus: 503}, remittance.OutcomeUnknown, ""},
		"profile without user": {stranger{tokenStatus: 200, token: goodToken, profileStatus: 200, profile: `{"email":"hanako@example.com"}`}, remittance.OutcomeUnknown, ""},
		"another kind of user": {stranger{tokenStatus: 200, token: goodToken, profileStatus: 200, profile: `{"user_id":"hanako@example.com"}`}, remittance.OutcomeUnknown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			user, err := newLogin(t, &tc.s).Finish(t.Context(), "the-code", login.NewVerifier())
			assert.Empty(t, user)
			var rail *remittance.RailError
			require.ErrorAs(t, err, &rail)
			assert.Equal(t, tc.outcome, rail.Outcome, rail.Error())
			assert.Equal(t, tc.reason, rail.Reason)
			said := fmt.Sprintf("%v %+v %v", err, rail, rail.Cause)
			for _, secret := range []string{"the-code", "SECRET", "the-secret", "hanako"} {
				assert.NotContains(t, said, secret)
			}
		})
	}
}

func TestSettingsAreCheckedAndShowNoSecret(t *testing.T) {
	good := settings("https://api.amazon.co.jp")
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", good, good, good), "the-secret")
	for field, change := range map[string]func(*login.Settings){
		"AuthURL": func(s *login.Settings) { s.AuthURL = "apac.account.amazon.com" }, "RedirectURL": func(s *login.Settings) { s.RedirectURL = "" },
		"TokenURL": func(s *login.Settings) { s.TokenURL = "http://api.amazon.co.jp/auth/o2/token" },
		"ClientID": func(s *login.Settings) { s.ClientID = "" }, "Timeout": func(s *login.Settings) { s.Timeout = 0 },
	} {
		s := good
		change(&s)
		_, err := login.New(s)
		assert.ErrorContains(t, err, "login with amazon setting "+field)
	}
}
