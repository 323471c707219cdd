package amazon_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"soukin/internal/sandbox/amazon"
)

const back = "http://127.0.0.1:8093/amazon/callback"

func (w *world) oauth() oauth2.Config {
	return oauth2.Config{
		ClientID: amazon.PublishedClientID, ClientSecret: amazon.PublishedClientSecret, RedirectURL: back, Scopes: []string{"profile:user_id"},
		Endpoint: oauth2.Endpoint{AuthURL: w.url + amazon.LoginPath, TokenURL: w.url + amazon.TokenPath, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// visit makes a request as a browser without JavaScript and cookies.
func (w *world) visit(method, at string, form url.Values, language string) (*http.Response, string) {
	w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(context.Background(), method, at, body)
	require.NoError(w.t, err)
	req.Header.Set("Accept-Language", language)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res, string(text)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

func formOf(page string) url.Values {
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(m[2]))
	}
	return form
}

// logIn goes through the page and gives where it leads.
func (w *world) logIn(email, decision, verifier string) url.Values {
	w.t.Helper()
	config := w.oauth()
	res, page := w.visit(http.MethodGet, config.AuthCodeURL("the state+&", oauth2.S256ChallengeOption(verifier)), nil, "ja")
	require.Equal(w.t, http.StatusOK, res.StatusCode, page)
	form := formOf(page)
	form.Set("email", email)
	form.Set("decision", decision)
	res, page = w.visit(http.MethodPost, w.url+amazon.LoginPath, form, "ja")
	require.Equal(w.t, http.StatusFound, res.StatusCode, page)
	at, err := res.Location()
	require.NoError(w.t, err)
	require.Equal(w.t, back, at.Scheme+"://"+at.Host+at.Path)
	assert.Equal(w.t, "the state+&", at.Query().Get("state"))
	return at.Query()
}

func (w *world) profile(access string) (int, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, w.url+amazon.ProfilePath, nil)
	require.NoError(w.t, err)
	if access != "" {
		req.Header.Set("Authorization", "Bearer "+access)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	var out struct {
		UserID string `json:"user_id"`
	}
	require.NoError(w.t, json.NewDecoder(res.Body).Decode(&out))
	return res.StatusCode, out.UserID
}

func TestSomebodyLogsIn(t *testing.T) {
	w := newWorld(t)
	config := w.oauth()
	verifier := oauth2.GenerateVerifier()
	code := w.logIn(" Hanako@Example.com ", "allow", verifier).Get("code")
	token, err := config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	require.NoError(t, err)
	assert.Empty(t, token.RefreshToken)
	status, user := w.profile(token.AccessToken)
	assert.Equal(t, http.StatusOK, status)
	assert.Regexp(t, `^amzn1\.account\.[A-Z2-7]{28}$`, user)
	assert.Equal(t, w.user("hanako@example.com"), user)
	assert.NotEqual(t, w.user("taro@example.com"), user)
	assert.Equal(t, 200, w.call("LoadAmazonBalance", w.load("SouknL1", user, 1000)).Status)

	_, err = config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	assert.ErrorContains(t, err, "invalid_grant", "a code is used once")
	for _, access := range []string{"", "Atza|guessed"} {
		status, user = w.profile(access)
		assert.Equal(t, http.StatusUnauthorized, status)
		assert.Empty(t, user)
	}
}

func TestPKCEAndClientAreInsistedOn(t *testing.T) {
	w := newWorld(t)
	config := w.oauth()
	verifier := oauth2.GenerateVerifier()
	exchange := func(change func(*oauth2.Config), options ...oauth2.AuthCodeOption) error {
		c := config
		change(&c)
		_, err := c.Exchange(t.Context(), w.logIn("hanako@example.com", "allow", verifier).Get("code"), options...)
		return err
	}
	none := func(*oauth2.Config) {}
	require.ErrorContains(t, exchange(none), "invalid_", "no verifier")
	require.ErrorContains(t, exchange(none, oauth2.VerifierOption(oauth2.GenerateVerifier())), "invalid_grant", "another verifier")
	require.ErrorContains(t, exchange(func(c *oauth2.Config) { c.ClientSecret = "x" }, oauth2.VerifierOption(verifier)), "invalid_client")
	require.ErrorContains(t, exchange(func(c *oauth2.Config) { c.RedirectURL = "http://127.0.0.1:1/" }, oauth2.VerifierOption(verifier)), "invalid_grant", "another redirect")
	require.NoError(t, exchange(func(c *oauth2.Config) { c.Endpoint.AuthStyle = oauth2.AuthStyleInHeader }, oauth2.VerifierOption(verifier)))

	for name, tc := range map[string]struct {
		at   string
		want string
	}{
		"no challenge":   {config.AuthCodeURL("s"), "invalid_request"},
		"plain":          {config.AuthCodeURL("s", oauth2.SetAuthURLParam("code_challenge", verifier), oauth2.SetAuthURLParam("code_challenge_method", "plain")), "invalid_request"},
		"no method":      {config.AuthCodeURL("s", oauth2.SetAuthURLParam("code_challenge", verifier)), "invalid_request"},
		"token at once":  {config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("response_type", "token")), "unsupported_response_type"},
		"another scope":  {config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("scope", "profile")), "invalid_scope"},
		"another client": {config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("client_id", "x")), ""},
		"another place":  {config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("redirect_uri", "https://evil.test/")), ""},
	} {
		res, page := w.visit(http.MethodGet, tc.at, nil, "ja")
		if tc.want == "" {
			assert.Equal(t, http.StatusBadRequest, res.StatusCode, name)
			assert.Empty(t, res.Header.Get("Location"), "%s must lead nowhere", name)
			continue
		}
		require.Equal(t, http.StatusFound, res.StatusCode, "%s: %s", name, page)
		to, err := res.Location()
		require.NoError(t, err)
		assert.Equal(t, tc.want, to.Query().Get("error"), name)
		assert.Equal(t, "s", to.Query().Get("state"), name)
	}
}

func TestSomebodyRefuses(t *testing.T) {
	w := newWorld(t)
	came := w.logIn("", "refuse", oauth2.GenerateVerifier())
	assert.Equal(t, "access_denied", came.Get("error"))
	assert.Empty(t, came.Get("code"))
	_, users := w.control(http.MethodGet, "/sandbox/amazon/users", nil)
	assert.NotContains(t, users, "amzn1", "who refuses is not written down")
}

func TestTheLoginPage(t *testing.T) {
	w := newWorld(t)
	config := w.oauth()
	at := config.AuthCodeURL(`"><script>alert(1)</script>`, oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	for language, want := range map[string][]string{
		"ja": {`<html lang="ja">`, "これはサンドボックスです", "許可しないで戻る"}, "en-GB,en": {`<html lang="en">`, "This is a sandbox", "Go back without allowing"}, "fr": {`<html lang="ja">`},
	} {
		res, page := w.visit(http.MethodGet, at, nil, language)
		for _, text := range append(want, `name="viewport"`, `method="post"`, "127.0.0.1:8093") {
			assert.Contains(t, page, text, language)
		}
		assert.NotContains(t, page, "<script")
		assert.Equal(t, "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://127.0.0.1:8093", res.Header.Get("Content-Security-Policy"),
			"the form may lead to the client, or browsers stop the redirect")
	}
	_, page := w.visit(http.MethodGet, at+"&ui_locales=en", nil, "ja")
	assert.Contains(t, page, `<html lang="en">`)

	form := formOf(page)
	form.Set("decision", "allow")
	for _, wrong := range []string{"", "hanako", "Hanako <hanako@example.com>", "a@b@c"} {
		form.Set("email", wrong)
		res, page := w.visit(http.MethodPost, w.url+amazon.LoginPath, form, "en")
		assert.Equal(t, http.StatusUnprocessableEntity, res.StatusCode, wrong)
		assert.Contains(t, page, "Enter a mail address, as hanako@example.com.")
		assert.Contains(t, page, `aria-invalid="true"`)
		assert.Equal(t, form.Get("code_challenge"), formOf(page).Get("code_challenge"), "what was carried is carried on")
	}
	res, css := w.visit(http.MethodGet, w.url+"/lwa/style.css", nil, "")
	assert.Equal(t, "text/css; charset=utf-8", res.Header.Get("Content-Type"))
	assert.NotContains(t, css, "url(")
}
