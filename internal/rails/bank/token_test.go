package bank_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

func TestLogin(t *testing.T) {
	for auth, check := range map[bank.ClientAuth]func(t *testing.T, r exchange, form url.Values){
		bank.ClientAuthBasic: func(t *testing.T, r exchange, form url.Values) {
			assert.Equal(t, "Basic b3VyK2NsaWVudDpvdXIlM0FzZWNyZXQ=", r.Header.Get("Authorization"))
			assert.Empty(t, form.Get("client_secret"))
		},
		bank.ClientAuthPost: func(t *testing.T, r exchange, form url.Values) {
			assert.Empty(t, r.Header.Get("Authorization"))
			assert.Equal(t, "our:secret", form.Get("client_secret"))
			assert.Equal(t, "our client", form.Get("client_id"))
		},
	} {
		t.Run(string(auth), func(t *testing.T) {
			a := newAuthServer(t)
			s := a.settings()
			s.ClientAuth = auth
			store := &memoryStore{}
			c := newClient(t, s, store)

			_, err := c.Accounts(t.Context())
			rail := railError(t, err)
			assert.Equal(t, []any{misconfigured, remittance.CredentialsRefused, "nobody has logged in at the bank"}, []any{rail.Outcome, rail.Reason, rail.Code})

			u, err := url.Parse(c.AuthorizeURL("unguessable"))
			require.NoError(t, err)
			assert.Equal(t, "/auth/v1/authorization", u.Path)
			assert.Equal(t, url.Values{
				"response_type": {"code"}, "client_id": {"our client"}, "state": {"unguessable"},
				"redirect_uri": {"https://soukin.example/bank/callback"}, "scope": {"offline_access private:account private:transfer"},
			}, u.Query())

			require.Error(t, c.Exchange(t.Context(), "a wrong code"))
			assert.Zero(t, store.saved)
			require.NoError(t, c.Exchange(t.Context(), "the-code"))
			assert.Equal(t, bank.Token{AccessToken: "access-2", RefreshToken: "refresh-2", ObtainedAt: now.UTC(), ExpiresAt: now.Add(time.Hour).UTC()}, store.token)
			_, err = c.Accounts(t.Context())
			require.NoError(t, err)

			call := a.calls()[1]
			form, err := url.ParseQuery(call.Body)
			require.NoError(t, err)
			check(t, call, form)
		})
	}
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	a := newAuthServer(t)
	store := &memoryStore{token: a.stored()}
	a.access = "revoked by the bank"
	c := newClient(t, a.settings(), store)
	a.onCall = func(token string) {
		if token == "access-2" {
			store.mu.Lock()
			defer store.mu.Unlock()
			assert.Equal(t, "refresh-2", store.token.RefreshToken, "the new access token was used before the new refresh token was stored")
		}
	}
	_, err := c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.refreshes())

	a.mu.Lock()
	a.refuse = 401
	a.mu.Unlock()
	_, err = c.Accounts(t.Context())
	rail := railError(t, err)
	assert.Equal(t, []any{misconfigured, remittance.CredentialsRefused}, []any{rail.Outcome, rail.Reason})
	assert.Equal(t, 2, a.refreshes(), "a token that worked is renewed when it is called unauthorized")
	for range 5 {
		_, err = c.Accounts(t.Context())
		require.Error(t, err)
	}
	assert.Equal(t, 2, a.refreshes(), "a new token that is refused does not get better by being renewed")
}

func TestAMissingPermissionDoesNotSpendRefreshTokens(t *testing.T) {
	a := newAuthServer(t)
	clock := now
	s := a.settings()
	s.Now = func() time.Time { return clock }
	store := &memoryStore{token: a.stored()}
	c := newClient(t, s, store)
	_, err := c.Accounts(t.Context())
	require.NoError(t, err)
	a.refuse = 403
	for range 5 {
		_, err := c.Submit(t.Context(), ordered())
		assert.Equal(t, misconfigured, railError(t, err).Outcome)
	}
	assert.Equal(t, 1, a.refreshes())
	clock = clock.Add(time.Minute)
	_, err = c.Submit(t.Context(), ordered())
	require.Error(t, err)
	assert.Equal(t, 2, a.refreshes(), "after a while it may have been granted")
}

func TestATokenIsRenewedAheadOfItsExpiry(t *testing.T) {
	for name, tc := range map[string]struct {
		life, ahead, age time.Duration
		renewed          bool
	}{
		"young":                       {time.Hour, 10 * time.Minute, 49 * time.Minute, false},
		"ahead":                       {time.Hour, 10 * time.Minute, 50 * time.Minute, true},
		"expired":                     {time.Hour, 10 * time.Minute, 2 * time.Hour, true},
		"seven days of thirty":        {30 * 24 * time.Hour, 7 * 24 * time.Hour, 24 * 24 * time.Hour, true},
		"short life, first half":      {8 * time.Minute, 10 * time.Minute, 3 * time.Minute, false},
		"short life, second half":     {8 * time.Minute, 10 * time.Minute, 4 * time.Minute, true},
		"expiry that nobody told":     {0, 10 * time.Minute, 1000 * time.Hour, false},
		"a minute ahead by far later": {time.Hour, 0, 55 * time.Minute, true}, // 0 means 5 minutes
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthServer(t)
			token := a.stored()
			token.ObtainedAt = now.Add(-tc.age)
			if tc.life > 0 {
				token.ExpiresAt = token.ObtainedAt.Add(tc.life)
			}
			s := a.settings()
			s.RefreshAhead = tc.ahead
			_, err := newClient(t, s, &memoryStore{token: token}).Accounts(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tc.renewed, a.refreshes() == 1)
		})
	}
}

// While the token still works, an authorization service that does not answer
// is no reason to stop.
func TestAFailedRenewalAheadOfTimeDoesNotStopCalls(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(time.Minute)
	a.tokenFail = func() (int, string) { return 503, "" }
	clock := now
	s := a.settings()
	s.Now = func() time.Time { return clock }
	c := newClient(t, s, &memoryStore{token: token})
	for range 3 {
		_, err := c.Accounts(t.Context())
		require.NoError(t, err)
	}
	assert.Equal(t, 1, a.refreshes(), "a failed renewal is not tried again with every call")
	a.tokenFail = nil
	clock = clock.Add(time.Minute)
	_, err := c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, a.refreshes())
}

func TestWhatAFailedRenewalMeansForTheInstruction(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		body    string
		outcome remittance.Outcome
		code    string
	}{
		"spent":              {400, `{"error":"invalid_grant"}`, misconfigured, "token: invalid_grant"},
		"client unknown":     {401, `{"error":"invalid_client"}`, misconfigured, "token: invalid_client"},
		"server error":       {500, `{"error":"server_error"}`, notSent, "token: HTTP 500"},
		"too many":           {429, ``, rateLimited, "token: HTTP 429"},
		"forbidden, no word": {403, htmlError, misconfigured, "token: HTTP 403"},
		"proxy":              {502, htmlError, notSent, "token: HTTP 502"},
		"not json":           {200, `{"access_token":`, notSent, "token: no usable answer"},
		"no token":           {200, `{}`, notSent, "token: no usable answer"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthServer(t)
			token := a.stored()
			token.ExpiresAt = now.Add(-time.Second)
			store := &memoryStore{token: token}
			a.tokenFail = func() (int, string) { return tc.status, tc.body }
			c := newClient(t, a.settings(), store)
			_, err := c.Submit(t.Context(), ordered())
			rail := railError(t, err)
			assert.Equal(t, []any{tc.outcome, tc.code}, []any{rail.Outcome, rail.Code})
			assert.Equal(t, token, store.token, "what is stored must not change")
			for _, call := range a.calls() {
				assert.Equal(t, "/auth/v1/token", call.Path, "an instruction left without a token")
			}
		})
	}
}

func TestAnExpiredTokenWithoutARefreshTokenIsTriedAndRefused(t *testing.T) {
	a := newAuthServer(t)
	store := &memoryStore{token: bank.Token{AccessToken: "old", ExpiresAt: now.Add(-time.Hour)}}
	_, err := newClient(t, a.settings(), store).Accounts(t.Context())
	assert.Equal(t, misconfigured, railError(t, err).Outcome)
	assert.Zero(t, a.refreshes())
}

func TestAPastedToken(t *testing.T) {
	b := serve(t, always(401, plainError))
	c := client(t, settings(b.URL))
	_, err := c.Submit(t.Context(), ordered())
	assert.Equal(t, misconfigured, railError(t, err).Outcome)
	assert.Equal(t, "pasted-token", b.calls()[0].Header.Get("x-access-token"))
	assert.Len(t, b.calls(), 1)
	assert.Equal(t, misconfigured, railError(t, func() error {
		_, err := newClient(t, settings(b.URL), bank.StaticToken("")).Accounts(t.Context())
		return err
	}()).Outcome)
}

func TestNothingSecretOrPersonalIsPrinted(t *testing.T) {
	secret := []string{"s3cret", "0123456", "ﾔﾏﾀﾞ"}
	s := settings("http://127.0.0.1:1")
	s.ClientSecret = "s3cret"
	var log strings.Builder
	for _, v := range []any{
		bank.Token{AccessToken: "s3cret", RefreshToken: "s3cret"}, bank.StaticToken("s3cret"), s, ordered().Payee,
		ordered(), bank.Account{Number: "0123456", NameKana: "ﾔﾏﾀﾞ"}, bank.Deposit{Applicant: "ﾔﾏﾀﾞ"}, bank.Entry{Remarks: "ﾔﾏﾀﾞ"}, bank.State{},
	} {
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		fmt.Fprintf(&log, "%v %+v %s\n", v, v, v)
	}
	fmt.Fprintf(&log, "%#v %#v %#v %#v", bank.Token{AccessToken: "s3cret"}, bank.StaticToken("s3cret"), ordered(), s)
	for _, word := range secret {
		assert.NotContains(t, log.String(), word)
	}
}
