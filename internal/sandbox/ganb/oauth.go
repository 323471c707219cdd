package ganb

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/models"
	"github.com/go-oauth2/oauth2/v4/server"

	"soukin/internal/database"
)

// The client that the sandbox knows from the start. Both are published: the
// sandbox guards nothing.
const (
	PublishedClientID     = "soukin-sandbox"
	PublishedClientSecret = "soukin-sandbox-secret"
)

const (
	scopeAccount  = "private:account"
	scopeTransfer = "private:transfer"
)

// scopes are those of private access. A refresh token is given only for one of
// the offline ones.
var scopes = []string{scopeAccount, scopeTransfer, "private:bulk-transfer", "private:virtual-account", "offline_access", "private:offline_access"}

// OAuth is the sandbox's authorization server. Tokens live on the real clock,
// not on the sandbox's: a client counts their lifetime on its own.
type OAuth struct {
	ClientID     string
	ClientSecret string
	// ClientAuth is how the client must authenticate: "basic", "post", or "" for
	// either.
	ClientAuth string
	// RedirectURIs are registered, character by character. Redirects over http to
	// a loopback address are taken besides (RFC 8252).
	RedirectURIs    []string
	CodeTTL         time.Duration
	AccessTokenTTL  time.Duration
	RefreshTokenTTL time.Duration
}

func defaultOAuth() OAuth {
	return OAuth{ClientID: PublishedClientID, ClientSecret: PublishedClientSecret, CodeTTL: 10 * time.Minute, AccessTokenTTL: time.Hour, RefreshTokenTTL: 90 * 24 * time.Hour}
}

func (o OAuth) validate() error {
	if o.ClientID == "" || o.ClientSecret == "" {
		return fmt.Errorf("%w: ClientID and ClientSecret must not be empty", ErrSettings)
	}
	if !slices.Contains([]string{"", "basic", "post"}, o.ClientAuth) {
		return fmt.Errorf("%w: ClientAuth %q must be basic, post or empty", ErrSettings, o.ClientAuth)
	}
	if o.CodeTTL <= 0 || o.AccessTokenTTL < time.Second || o.RefreshTokenTTL <= 0 {
		return fmt.Errorf("%w: CodeTTL is %v, AccessTokenTTL %v (at least 1s), RefreshTokenTTL %v; all must be above 0", ErrSettings, o.CodeTTL, o.AccessTokenTTL, o.RefreshTokenTTL)
	}
	return nil
}

type authServer struct {
	settings OAuth
	manager  *manage.Manager
	server   *server.Server
	// exchange makes one exchange of a code or refresh token at a time: the
	// library looks a token up and uses it up in two steps.
	exchange sync.Mutex
}

func newAuthServer(ctx context.Context, db *database.DB, o OAuth) (*authServer, error) {
	store, err := newTokenStore(ctx, db)
	if err != nil {
		return nil, err
	}
	a := &authServer{settings: o, manager: manage.NewManager()}
	a.manager.MapClientStorage(oneClient(o))
	a.manager.MapTokenStorage(store)
	a.manager.MapAuthorizeGenerate(randomCode{})
	a.manager.MapAccessGenerate(randomTokens{})
	a.manager.SetValidateURIHandler(func(_, redirect string) error { return a.checkRedirect(redirect) })
	a.manager.SetAuthorizeCodeExp(o.CodeTTL)
	a.manager.SetAuthorizeCodeTokenCfg(&manage.Config{AccessTokenExp: o.AccessTokenTTL, RefreshTokenExp: o.RefreshTokenTTL, IsGenerateRefresh: true})
	// Rotation without grace: a used refresh token is gone at once.
	a.manager.SetRefreshTokenCfg(&manage.RefreshingConfig{AccessTokenExp: o.AccessTokenTTL, RefreshTokenExp: o.RefreshTokenTTL, IsGenerateRefresh: true, IsResetRefreshTime: true, IsRemoveRefreshing: true})
	a.server = server.NewServer(&server.Config{
		TokenType:                   "Bearer",
		AllowedResponseTypes:        []oauth2.ResponseType{oauth2.Code},
		AllowedGrantTypes:           []oauth2.GrantType{oauth2.AuthorizationCode, oauth2.Refreshing},
		AllowedCodeChallengeMethods: []oauth2.CodeChallengeMethod{oauth2.CodeChallengeS256, oauth2.CodeChallengePlain},
	}, a.manager)
	a.server.ClientInfoHandler = a.clientInfo
	a.server.ClientScopeHandler = func(r *oauth2.TokenGenerateRequest) (bool, error) { return knownScopes(r.Scope), nil }
	a.server.RefreshingScopeHandler = func(r *oauth2.TokenGenerateRequest, granted string) (bool, error) {
		return narrower(r.Scope, granted), nil
	}
	// Consent is given by itself: whoever asks is the account's owner.
	a.server.UserAuthorizationHandler = func(http.ResponseWriter, *http.Request) (string, error) { return "sandbox-owner", nil }
	a.server.InternalErrorHandler = oauthError
	a.server.ResponseErrorHandler = func(r *oautherrors.Response) { r.StatusCode = oauthStatus(r.Error) }
	return a, nil
}

// handle answers GET /authorization and POST /token. The library writes to a
// recorder, so that the answer can still be lost.
func (a *authServer) handle(path string, c *call) answer {
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	r := c.Request.Clone(context.WithoutCancel(c.Context()))
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	switch {
	case path == "/authorization" && c.Method == http.MethodGet:
		a.authorize(w, r)
	case path == "/token" && c.Method == http.MethodPost:
		a.exchange.Lock()
		defer a.exchange.Unlock()
		if err := a.server.HandleTokenRequest(w, r); err != nil {
			return fail(codeServer, "")
		}
	case path == "/authorization" || path == "/token":
		return fail(codeMethod, "")
	default:
		return fail(codeUnknownOperation, "")
	}
	return answer{status: w.status, write: w.replay}
}

// recorder keeps what the library writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

func (r *recorder) replay(w http.ResponseWriter) error {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	_, err := w.Write(r.body.Bytes())
	return err
}

// authorize redirects back with a code. Errors about who asks, and where to,
// are told here: a redirect could lead anywhere.
func (a *authServer) authorize(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != a.settings.ClientID {
		http.Error(w, "invalid_client: client_id is not registered", http.StatusBadRequest)
		return
	}
	if err := a.checkRedirect(r.FormValue("redirect_uri")); err != nil {
		http.Error(w, "invalid_request: "+err.Error(), http.StatusBadRequest)
		return
	}
	if err := a.server.HandleAuthorizeRequest(w, r); err != nil {
		data, status, _ := a.server.GetErrorData(err)
		http.Error(w, fmt.Sprintf("%v: %v", data["error"], data["error_description"]), status)
	}
}

func (a *authServer) checkRedirect(uri string) error {
	if slices.Contains(a.settings.RedirectURIs, uri) {
		return nil
	}
	u, err := url.Parse(uri)
	if err == nil && u.Scheme == "http" && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()) {
		return nil
	}
	return oautherrors.ErrInvalidRedirectURI
}

// clientInfo authenticates the client at the token endpoint. The library checks
// the secret for codes only, not for refresh tokens.
func (a *authServer) clientInfo(r *http.Request) (string, string, error) {
	id, secret, basic := r.BasicAuth()
	if basic {
		id, secret = unescape(id), unescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if a.settings.ClientAuth == "basic" && !basic || a.settings.ClientAuth == "post" && basic {
		return "", "", oautherrors.ErrInvalidClient
	}
	right := subtle.ConstantTimeCompare([]byte(id), []byte(a.settings.ClientID)) & subtle.ConstantTimeCompare([]byte(secret), []byte(a.settings.ClientSecret))
	if right != 1 {
		return "", "", oautherrors.ErrInvalidClient
	}
	return id, secret, nil
}

// unescape undoes the form encoding that RFC 6749 §2.3.1 asks for inside basic
// credentials; clients that leave it out are understood too.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func knownScopes(asked string) bool {
	fields := strings.Fields(asked)
	for _, s := range fields {
		if !slices.Contains(scopes, s) {
			return false
		}
	}
	return len(fields) > 0
}

func narrower(asked, granted string) bool {
	for _, s := range strings.Fields(asked) {
		if !slices.Contains(strings.Fields(granted), s) {
			return false
		}
	}
	return true
}

// oauthError names the library's inner errors as RFC 6749 §5.2 does.
func oauthError(err error) *oautherrors.Response {
	switch err {
	case oautherrors.ErrInvalidRedirectURI, oautherrors.ErrMissingCodeVerifier, oautherrors.ErrMissingCodeChallenge, oautherrors.ErrInvalidCodeChallenge,
		oautherrors.ErrInvalidAuthorizeCode, oautherrors.ErrInvalidRefreshToken, oautherrors.ErrExpiredRefreshToken:
		return &oautherrors.Response{Error: oautherrors.ErrInvalidGrant, Description: err.Error()}
	}
	return nil
}

func oauthStatus(err error) int {
	switch err {
	case oautherrors.ErrInvalidClient:
		return http.StatusUnauthorized
	case oautherrors.ErrServerError:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// token gives the client and the scopes of an access token.
func (a *authServer) token(ctx context.Context, access string) (client string, granted map[string]bool, err error) {
	info, err := a.manager.LoadAccessToken(ctx, access)
	if err != nil {
		return "", nil, err
	}
	granted = map[string]bool{}
	for _, s := range strings.Fields(info.GetScope()) {
		granted[s] = true
	}
	return info.GetClientID(), granted, nil
}

type oneClient OAuth

func (c oneClient) GetByID(_ context.Context, id string) (oauth2.ClientInfo, error) {
	if id != c.ClientID {
		return nil, oautherrors.ErrInvalidClient
	}
	return &models.Client{ID: c.ClientID, Secret: c.ClientSecret}, nil
}

type randomCode struct{}

func (randomCode) Token(context.Context, *oauth2.GenerateBasic) (string, error) {
	return rand.Text(), nil
}

type randomTokens struct{}

// Token makes an access token, and a refresh token if an offline scope was granted.
func (randomTokens) Token(_ context.Context, data *oauth2.GenerateBasic, _ bool) (access, refresh string, err error) {
	access = rand.Text() + rand.Text()
	for _, s := range strings.Fields(data.TokenInfo.GetScope()) {
		if strings.HasSuffix(s, "offline_access") {
			refresh = rand.Text() + rand.Text()
		}
	}
	return access, refresh, nil
}
