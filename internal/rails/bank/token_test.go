package bank_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

// memoryStore keeps a token as the contract of TokenStore says, and notes the
// order of things.
type memoryStore struct {
	lock  sync.Mutex // the exclusive access of Update
	mu    sync.Mutex
	token bank.Token
	fail  error // of the next store
	saved int
}

func (m *memoryStore) Load(context.Context) (bank.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token == (bank.Token{}) {
		return bank.Token{}, bank.ErrNoToken
	}
	return m.token, nil
}

func (m *memoryStore) Update(ctx context.Context, change func(bank.Token) (bank.Token, error)) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.mu.Lock()
	old := m.token
	m.mu.Unlock()
	next, err := change(old)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail; err != nil {
		m.fail = nil
		return err
	}
	m.token = next
	m.saved++
	return nil
}

// authServer is a bank whose refresh tokens can be spent once. It is as strict
// as RFC 6749 allows: a spent refresh token is invalid_grant.
type authServer struct {
	*fakeBank
	mu        sync.Mutex
	issued    int
	lifetime  int // expires_in; 0 leaves it out
	access    string
	refresh   string
	onRefresh func() // runs when a refresh arrives
	onCall    func(token string)
	refuse    int // status for every business call; 0 is by token
	tokenFail func() (int, string)
}

func newAuthServer(t *testing.T) *authServer {
	a := &authServer{lifetime: 3600}
	a.issue()
	a.fakeBank = serve(t, a.serve)
	return a
}

func (a *authServer) issue() {
	a.issued++
	a.access, a.refresh = fmt.Sprintf("access-%d", a.issued), fmt.Sprintf("refresh-%d", a.issued)
}

func (a *authServer) serve(_ int, r exchange) (int, string) {
	if r.Path == "/auth/v1/token" {
		return a.serveToken(r)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	token := r.Header.Get("x-access-token")
	if a.onCall != nil {
		a.onCall(token)
	}
	switch {
	case a.refuse != 0:
		return a.refuse, plainError
	case token != a.access:
		return 401, plainError
	}
	return 200, `{"baseDate":"2026-11-20","accounts":[]}`
}

func (a *authServer) serveToken(r exchange) (int, string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.onRefresh != nil {
		a.onRefresh()
	}
	if a.tokenFail != nil {
		return a.tokenFail()
	}
	form, _ := url.ParseQuery(r.Body)
	switch form.Get("grant_type") {
	case "refresh_token":
		if form.Get("refresh_token") != a.refresh {
			return 400, `{"error":"invalid_grant","error_description":"spent"}`
		}
	case "authorization_code":
		if form.Get("code") != "the-code" || form.Get("redirect_uri") != "https://soukin.example/bank/callback" {
			return 400, `{"error":"invalid_grant"}`
		}
	}
	a.issue()
	body := fmt.Sprintf(`{"access_token":%q,"refresh_token":%q,"token_type":"Bearer"`, a.access, a.refresh)
	if a.lifetime > 0 {
		body += fmt.Sprintf(`,"expires_in":%d`, a.lifetime)
	}
	return 200, body + `}`
}

func (a *authServer) refreshes() (n int) {
	for _, c := range a.calls() {
		if strings.HasSuffix(c.Path, "/token") {
			n++
		}
	}
	return n
}

func (a *authServer) settings() bank.Settings {
	s := settings(a.URL)
	s.AuthURL = a.URL + "/auth/v1"
	s.ClientID, s.ClientSecret, s.RedirectURL = "our client", "our:secret", "https://soukin.example/bank/callback"
	return s
}

// stored is the token that the server knows, obtained an hour ago.
func (a *authServer) stored() bank.Token {
	return bank.Token{AccessToken: a.access, RefreshToken: a.refresh, ObtainedAt: now.Add(-time.Hour).UTC()}
}

func newClient(t *testing.T, s bank.Settings, store bank.TokenStore) *bank.Client {
	t.Helper()
	c, err := bank.New(s, store, nil)
	require.NoError(t, err)
	return c
}

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
	_, err := newClient(t, a.settings(), &memoryStore{token: token}).Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.refreshes())
}

func TestConcurrentCallsRenewOnce(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(-time.Second)
	store := &memoryStore{token: token}
	// Two processes over one store, each with many calls.
	first, second := newClient(t, a.settings(), store), newClient(t, a.settings(), store)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			c := first
			if i%2 == 0 {
				c = second
			}
			_, err := c.Accounts(t.Context())
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, 1, a.refreshes())
	assert.Equal(t, "access-2", store.token.AccessToken)
}

func TestATokenRenewedElsewhereIsTaken(t *testing.T) {
	a := newAuthServer(t)
	store := &memoryStore{token: a.stored()}
	c := newClient(t, a.settings(), store)
	_, err := c.Accounts(t.Context())
	require.NoError(t, err)
	a.issue() // by another process
	store.token = a.stored()
	_, err = c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Zero(t, a.refreshes())
}

// The caller that gives up must not take the renewed token with it: the bank
// has already spent the old one.
func TestARenewalOutlivesItsCaller(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(-time.Second)
	store := &memoryStore{token: token}
	ctx, giveUp := context.WithCancel(t.Context())
	gone := make(chan struct{})
	a.onRefresh = func() { giveUp(); <-gone }
	c := newClient(t, a.settings(), store)
	_, err := c.Submit(ctx, ordered())
	close(gone)
	assert.Equal(t, notSent, railError(t, err).Outcome)
	require.NoError(t, c.Close(t.Context()))
	assert.Equal(t, "refresh-2", store.token.RefreshToken)
	_, err = c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.refreshes())
}

// A renewed token that could not be stored is neither used nor lost.
func TestATokenThatCouldNotBeStoredIsStoredLater(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(-time.Second)
	store := &memoryStore{token: token, fail: errors.New("disk full")}
	c := newClient(t, a.settings(), store)
	_, err := c.Submit(t.Context(), ordered())
	rail := railError(t, err)
	assert.Equal(t, []any{notSent, "token store"}, []any{rail.Outcome, rail.Code})
	_, err = c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.refreshes())
	assert.Equal(t, "refresh-2", store.token.RefreshToken)
	for _, call := range a.calls() {
		if strings.HasPrefix(call.Path, "/corporation") {
			assert.Equal(t, "access-2", call.Header.Get("x-access-token"))
		}
	}
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
