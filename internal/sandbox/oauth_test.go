package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/ganb"
)

// tokens posts a form to the token endpoint as the published client.
func (w *world) tokens(form url.Values) (status int, body map[string]any) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+ganb.AuthPath+"/token", strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !form.Has("client_id") {
		req.SetBasicAuth(ganb.PublishedClientID, ganb.PublishedClientSecret)
	}
	res, err := fresh.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	require.NoError(w.t, json.NewDecoder(res.Body).Decode(&body))
	return res.StatusCode, body
}

func refreshWith(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
}

// authorize follows GET /authorization by hand and gives where it leads.
func (w *world) authorize(change func(url.Values)) (status int, back *url.URL) {
	w.t.Helper()
	q := url.Values{"response_type": {"code"}, "client_id": {ganb.PublishedClientID}, "redirect_uri": {"http://127.0.0.1:8090/bank/callback"},
		"scope": {"private:account offline_access"}, "state": {"s-1"}}
	change(q)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(w.url + ganb.AuthPath + "/authorization?" + q.Encode())
	require.NoError(w.t, err)
	defer res.Body.Close()
	back, _ = res.Location()
	return res.StatusCode, back
}

func TestRefreshTokensRotateWithoutGrace(t *testing.T) {
	w := start(t)
	require.NotEmpty(t, w.refresh)
	status, body := w.tokens(refreshWith(w.refresh))
	require.Equal(t, 200, status, body)
	assert.Equal(t, "Bearer", body["token_type"])
	assert.EqualValues(t, time.Hour/time.Second, body["expires_in"])
	next := body["refresh_token"].(string)
	assert.NotEqual(t, w.refresh, next)

	status, refused := w.tokens(refreshWith(w.refresh))
	assert.Equal(t, 400, status)
	assert.Equal(t, "invalid_grant", refused["error"], "the used refresh token is gone at once")

	w.access = body["access_token"].(string)
	assert.Equal(t, 200, w.get("/accounts").Status)
	status, _ = w.tokens(refreshWith(next))
	assert.Equal(t, 200, status, "and the new one works")
}

func TestARefreshTokenIsUsedOnceAlsoInARace(t *testing.T) {
	w := start(t)
	var mu sync.Mutex
	got := map[int]int{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			status, _ := w.tokens(refreshWith(w.refresh))
			mu.Lock()
			defer mu.Unlock()
			got[status]++
		})
	}
	group.Wait()
	assert.Equal(t, map[int]int{200: 1, 400: 7}, got)
}

func TestARefreshTokenNeedsAnOfflineScope(t *testing.T) {
	w := start(t)
	token, err := w.control.FirstToken(t.Context(), w.oauth("private:account"))
	require.NoError(t, err)
	assert.Empty(t, token.RefreshToken)
}

func TestScopesGuardTheOperations(t *testing.T) {
	w := start(t)
	token, err := w.control.FirstToken(t.Context(), w.oauth("private:account"))
	require.NoError(t, err)
	w.access = token.AccessToken
	assert.Equal(t, 200, w.get("/accounts").Status)
	assert.Equal(t, 403, w.get("/transfer/status", "accountId", ourAccount, "queryKeyClass", "2").Status)
}

func TestClientsAuthenticateAsRegistered(t *testing.T) {
	for name, tt := range map[string]struct {
		registered string
		style      oauth2.AuthStyle
		ok         bool
	}{
		"either, basic": {"", oauth2.AuthStyleInHeader, true}, "either, post": {"", oauth2.AuthStyleInParams, true},
		"basic, basic": {"basic", oauth2.AuthStyleInHeader, true}, "basic, post": {"basic", oauth2.AuthStyleInParams, false},
		"post, basic": {"post", oauth2.AuthStyleInHeader, false}, "post, post": {"post", oauth2.AuthStyleInParams, true},
	} {
		t.Run(name, func(t *testing.T) {
			w, stop := launch(t, t.TempDir()+"/s.db", with(func(s *sandbox.Settings) { s.Door.OAuth.ClientAuth = tt.registered }))
			defer stop()
			config := w.oauth("private:account", "offline_access")
			config.Endpoint.AuthStyle = tt.style
			token, err := w.control.FirstToken(t.Context(), config)
			if !tt.ok {
				assert.ErrorContains(t, err, "invalid_client")
				return
			}
			require.NoError(t, err)
			refreshed, err := config.TokenSource(context.Background(), &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
			require.NoError(t, err)
			assert.NotEqual(t, token.RefreshToken, refreshed.RefreshToken)
		})
	}
}

func TestTheTokenEndpointRefuses(t *testing.T) {
	w := start(t)
	code := func() string {
		_, back := w.authorize(func(url.Values) {})
		return back.Query().Get("code")
	}
	used := code()
	exchange := func(code string) url.Values {
		return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {"http://127.0.0.1:8090/bank/callback"}}
	}
	status, _ := w.tokens(exchange(used))
	require.Equal(t, 200, status)
	other := exchange(code())
	other.Set("redirect_uri", "http://127.0.0.1:8090/other")
	wrong := refreshWith(w.refresh)
	wrong.Set("client_id", ganb.PublishedClientID)
	wrong.Set("client_secret", "wrong")
	wider := refreshWith(w.refresh)
	wider.Set("scope", "private:virtual-account")
	for name, tt := range map[string]struct {
		form   url.Values
		status int
		want   string
	}{
		"used code":        {exchange(used), 400, "invalid_grant"},
		"unknown code":     {exchange("x"), 400, "invalid_grant"},
		"other redirect":   {other, 400, "invalid_grant"},
		"no code":          {url.Values{"grant_type": {"authorization_code"}}, 400, "invalid_request"},
		"no grant":         {url.Values{}, 400, "unsupported_grant_type"},
		"password":         {url.Values{"grant_type": {"password"}, "username": {"u"}, "password": {"p"}}, 400, "access_denied"},
		"client":           {url.Values{"grant_type": {"client_credentials"}}, 400, "unauthorized_client"},
		"wrong secret":     {wrong, 401, "invalid_client"},
		"unknown token":    {refreshWith("x"), 400, "invalid_grant"},
		"no refresh token": {url.Values{"grant_type": {"refresh_token"}}, 400, "invalid_request"},
		"wider scope":      {wider, 400, "invalid_scope"},
	} {
		status, body := w.tokens(tt.form)
		assert.Equal(t, tt.status, status, name)
		assert.Equal(t, tt.want, body["error"], name)
	}
	status, _ = w.tokens(refreshWith(w.refresh))
	assert.Equal(t, 200, status, "no refusal used the refresh token up")
}

func TestTheAuthorizationPageConsentsByItself(t *testing.T) {
	w := start(t)
	status, back := w.authorize(func(url.Values) {})
	assert.Equal(t, http.StatusFound, status)
	assert.Equal(t, "s-1", back.Query().Get("state"))
	assert.NotEmpty(t, back.Query().Get("code"))
	assert.Equal(t, "127.0.0.1:8090", back.Host)

	_, back = w.authorize(func(q url.Values) { q.Set("scope", "private:everything") })
	assert.Equal(t, "invalid_scope", back.Query().Get("error"))

	for name, change := range map[string]func(url.Values){
		"unknown client":   func(q url.Values) { q.Set("client_id", "other") },
		"foreign redirect": func(q url.Values) { q.Set("redirect_uri", "https://evil.example/callback") },
		"no redirect":      func(q url.Values) { q.Del("redirect_uri") },
	} {
		status, back := w.authorize(change)
		assert.Equal(t, 400, status, name)
		assert.Nil(t, back, "%s: nobody is sent anywhere", name)
	}
}

func TestRegisteredRedirectsAreTaken(t *testing.T) {
	const registered = "https://soukin.example/bank/callback"
	w := start(t, with(func(s *sandbox.Settings) { s.Door.OAuth.RedirectURIs = []string{registered} }))
	status, back := w.authorize(func(q url.Values) { q.Set("redirect_uri", registered) })
	assert.Equal(t, http.StatusFound, status)
	assert.Equal(t, "soukin.example", back.Host)
}

func TestPKCEIsCheckedWhereItIsUsed(t *testing.T) {
	w := start(t)
	verifier := oauth2.GenerateVerifier()
	_, back := w.authorize(func(q url.Values) {
		q.Set("code_challenge", oauth2.S256ChallengeFromVerifier(verifier))
		q.Set("code_challenge_method", "S256")
	})
	config := w.oauth()
	_, err := config.Exchange(t.Context(), back.Query().Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	assert.ErrorContains(t, err, "invalid_grant")
}

func TestAccessTokensExpire(t *testing.T) {
	w := start(t, with(func(s *sandbox.Settings) { s.Door.OAuth.AccessTokenTTL = time.Second }))
	assert.Eventually(t, func() bool { return w.get("/accounts").Status == 401 }, 10*time.Second, 50*time.Millisecond)
	status, _ := w.tokens(refreshWith(w.refresh))
	assert.Equal(t, 200, status)
}

func TestRefreshTokensExpire(t *testing.T) {
	w := start(t, with(func(s *sandbox.Settings) { s.Door.OAuth.RefreshTokenTTL = time.Nanosecond }))
	status, body := w.tokens(refreshWith(w.refresh))
	assert.Equal(t, 400, status)
	assert.Equal(t, "invalid_grant", body["error"])
}

func TestTheAuthPathsAreAsDocumented(t *testing.T) {
	w := start(t)
	for path, want := range map[string]int{"/userinfo": 404, "/token": 405, "": 404} {
		res, err := http.Get(w.url + ganb.AuthPath + path)
		require.NoError(t, err)
		res.Body.Close()
		assert.Equal(t, want, res.StatusCode, path)
	}
}
