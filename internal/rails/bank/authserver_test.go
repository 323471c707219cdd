package bank_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
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
	if a.onRefresh != nil {
		a.onRefresh()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
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
