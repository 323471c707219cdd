package amazon

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-oauth2/oauth2/v4"
	oautherrors "github.com/go-oauth2/oauth2/v4/errors"
	"github.com/go-oauth2/oauth2/v4/manage"
	"github.com/go-oauth2/oauth2/v4/models"
	"github.com/go-oauth2/oauth2/v4/server"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/tokens"
)

// The paths of Login with Amazon. At Amazon they are on different hosts.
const (
	LoginPath   = "/lwa/ap/oa"
	TokenPath   = "/lwa/auth/o2/token" //nolint:gosec // a path
	ProfilePath = "/lwa/user/profile"
	stylePath   = "/lwa/style.css"
)

// scopeUser is the one that gives the user id only. The others that Amazon has
// (profile, postal_code) are not played: nobody here needs a name.
const scopeUser = "profile:user_id"

// loginServer is Login with Amazon: an authorization code grant with PKCE, which
// Amazon leaves optional and the sandbox insists on. Codes and tokens live on
// the real clock. The fault plan spares it: a person is in front of it.
type loginServer struct {
	set     Login
	env     counterparty.Env
	open    func(ctx context.Context, login string) (user string, err error)
	manager *manage.Manager
	server  *server.Server
	// exchange makes one exchange of a code at a time: the library looks a code up
	// and uses it up in two steps.
	exchange sync.Mutex
}

func newLoginServer(env counterparty.Env, set Login, open func(context.Context, string) (string, error)) *loginServer {
	l := &loginServer{set: set, env: env, open: open, manager: manage.NewManager()}
	l.manager.MapClientStorage(oneClient(set))
	l.manager.MapTokenStorage(tokenStore{tokens.Table{DB: env.DB}})
	l.manager.MapAuthorizeGenerate(randomCode{})
	l.manager.MapAccessGenerate(randomToken{})
	l.manager.SetValidateURIHandler(func(_, redirect string) error { return l.checkRedirect(redirect) })
	l.manager.SetAuthorizeCodeExp(set.CodeTTL)
	l.manager.SetAuthorizeCodeTokenCfg(&manage.Config{AccessTokenExp: set.TokenTTL})
	l.server = server.NewServer(&server.Config{
		TokenType: "bearer", ForcePKCE: true,
		AllowedResponseTypes:        []oauth2.ResponseType{oauth2.Code},
		AllowedGrantTypes:           []oauth2.GrantType{oauth2.AuthorizationCode},
		AllowedCodeChallengeMethods: []oauth2.CodeChallengeMethod{oauth2.CodeChallengeS256},
	}, l.manager)
	l.server.ClientInfoHandler = l.clientInfo
	l.server.InternalErrorHandler = grantError
	l.server.ResponseErrorHandler = func(r *oautherrors.Response) {
		r.StatusCode = http.StatusBadRequest
		if r.Error == oautherrors.ErrInvalidClient {
			r.StatusCode = http.StatusUnauthorized
		}
	}
	return l
}

func (l *loginServer) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+LoginPath, l.page)
	mux.HandleFunc("POST "+LoginPath, l.decide)
	mux.HandleFunc("GET "+stylePath, styleSheet)
	mux.HandleFunc("POST "+TokenPath, l.token)
	mux.HandleFunc("GET "+ProfilePath, l.profile)
}

// asked checks a request for the page. Errors about who asks, and where to, are
// told here: a redirect could lead anywhere. Others go back to the client.
func (l *loginServer) asked(w http.ResponseWriter, r *http.Request) bool {
	redirect := r.FormValue("redirect_uri")
	if r.FormValue("client_id") != l.set.ClientID {
		http.Error(w, "unauthorized_client: client_id is not registered", http.StatusBadRequest)
		return false
	}
	if l.checkRedirect(redirect) != nil {
		http.Error(w, "invalid_request: redirect_uri is not registered", http.StatusBadRequest)
		return false
	}
	_, err := l.server.ValidationAuthorizeRequest(r)
	switch {
	case err == oautherrors.ErrUnsupportedResponseType || err == oautherrors.ErrUnauthorizedClient:
		l.back(w, r, "unsupported_response_type", "response_type must be code")
	case err != nil || r.FormValue("code_challenge_method") != string(oauth2.CodeChallengeS256):
		l.back(w, r, "invalid_request", "PKCE is needed: code_challenge of 43 to 128 characters with code_challenge_method S256")
	case r.FormValue("scope") != scopeUser:
		l.back(w, r, "invalid_scope", "scope must be "+scopeUser)
	default:
		return true
	}
	return false
}

// back sends the browser to the client with an error.
func (l *loginServer) back(w http.ResponseWriter, r *http.Request, code, description string) {
	u, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil {
		http.Error(w, code, http.StatusBadRequest)
		return
	}
	q := u.Query()
	q.Set("error", code)
	q.Set("error_description", description)
	if state := r.FormValue("state"); state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

func (l *loginServer) page(w http.ResponseWriter, r *http.Request) {
	if l.asked(w, r) {
		l.render(w, r, http.StatusOK, false)
	}
}

// decide is what the person does on the page.
func (l *loginServer) decide(w http.ResponseWriter, r *http.Request) {
	if !l.asked(w, r) {
		return
	}
	if r.PostFormValue("decision") != "allow" {
		l.back(w, r, "access_denied", "The customer did not consent")
		return
	}
	user, err := l.open(r.Context(), r.PostFormValue("email"))
	if err == errLogin {
		l.render(w, r, http.StatusUnprocessableEntity, true)
		return
	}
	if err != nil {
		l.env.Log.ErrorContext(r.Context(), "sandbox login failed", "counterparty", name, "error", err)
		l.back(w, r, "server_error", "The login failed")
		return
	}
	request, err := l.server.ValidationAuthorizeRequest(r)
	if err == nil {
		request.UserID = user
		var info oauth2.TokenInfo
		if info, err = l.server.GetAuthorizeToken(r.Context(), request); err == nil {
			l.forward(w, r, info.GetCode())
			return
		}
	}
	l.env.Log.ErrorContext(r.Context(), "sandbox login failed", "counterparty", name, "error", err)
	l.back(w, r, "server_error", "The login failed")
}

// forward sends the browser to the client with a code.
func (l *loginServer) forward(w http.ResponseWriter, r *http.Request, code string) {
	u, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil {
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	q := u.Query()
	q.Set("code", code)
	q.Set("scope", scopeUser)
	if state := r.FormValue("state"); state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

func (l *loginServer) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	l.exchange.Lock()
	defer l.exchange.Unlock()
	if err := l.server.HandleTokenRequest(w, r); err != nil {
		l.env.Log.ErrorContext(r.Context(), "sandbox token failed", "counterparty", name, "error", err)
	}
}

func (l *loginServer) profile(w http.ResponseWriter, r *http.Request) {
	access, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if access == "" {
		access = r.Header.Get("X-Amz-Access-Token")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	info, err := l.manager.LoadAccessToken(r.Context(), access)
	if access == "" || err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		writeJSON(w, map[string]string{"error": "invalid_token", "error_description": "The request has an invalid parameter : access_token"})
		return
	}
	writeJSON(w, map[string]string{"user_id": info.GetUserID()})
}

func (l *loginServer) checkRedirect(uri string) error {
	if slices.Contains(l.set.RedirectURIs, uri) {
		return nil
	}
	u, err := url.Parse(uri)
	if err == nil && u.Scheme == "http" && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()) {
		return nil
	}
	return oautherrors.ErrInvalidRedirectURI
}

// clientInfo authenticates the client at the token endpoint, in the form or by
// Basic authentication.
func (l *loginServer) clientInfo(r *http.Request) (id, secret string, err error) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	right := subtle.ConstantTimeCompare([]byte(id), []byte(l.set.ClientID)) & subtle.ConstantTimeCompare([]byte(secret), []byte(l.set.ClientSecret))
	if right != 1 {
		return "", "", oautherrors.ErrInvalidClient
	}
	return id, secret, nil
}

// grantError names the library's inner errors as RFC 6749 §5.2 does.
func grantError(err error) *oautherrors.Response {
	switch err {
	case oautherrors.ErrInvalidRedirectURI, oautherrors.ErrMissingCodeVerifier, oautherrors.ErrMissingCodeChallenge, oautherrors.ErrInvalidCodeChallenge,
		oautherrors.ErrInvalidAuthorizeCode:
		return &oautherrors.Response{Error: oautherrors.ErrInvalidGrant, Description: err.Error()}
	}
	return nil
}

type oneClient Login

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

type randomToken struct{}

// Token makes an access token and no refresh token.
func (randomToken) Token(context.Context, *oauth2.GenerateBasic, bool) (access, refresh string, err error) {
	return "Atza|" + rand.Text() + rand.Text(), "", nil
}
