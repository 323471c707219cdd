package ganb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"soukin/internal/database"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/faults"
)

// BasePath is where the corporate API lives, AuthPath where OAuth 2.0 does.
const (
	BasePath = "/ganb/api/corporation/v1"
	AuthPath = "/ganb/api/auth/v1"
)

// maxBody is far above 99 lines of the longest fields.
const maxBody = 1 << 20

// ErrSettings is wrapped by every error about a setting's value.
var ErrSettings = errors.New("sandbox bank settings")

// Settings is how the bank's front door behaves.
type Settings struct {
	OAuth OAuth
	// HiddenDelay is how long a transfer with the magic value "hidden" stays
	// invisible to status enquiries, on the sandbox's clock.
	HiddenDelay time.Duration
	// SlowAnswer is how long the answer to a slow request takes, in real time.
	SlowAnswer time.Duration
	// KeyConflictStatus is the HTTP status for an Idempotency-Key that comes back
	// with another content. The bank does not publish its own.
	KeyConflictStatus int
}

// DefaultSettings fits the client's own defaults.
func DefaultSettings() Settings {
	return Settings{OAuth: defaultOAuth(), HiddenDelay: 30 * time.Second, SlowAnswer: 5 * time.Second, KeyConflictStatus: http.StatusPreconditionFailed}
}

func (s Settings) validate() error {
	if s.HiddenDelay <= 0 || s.SlowAnswer <= 0 {
		return fmt.Errorf("%w: HiddenDelay is %v and SlowAnswer %v, must be above 0", ErrSettings, s.HiddenDelay, s.SlowAnswer)
	}
	if s.KeyConflictStatus < 400 || s.KeyConflictStatus > 499 {
		return fmt.Errorf("%w: KeyConflictStatus is %d, must be a 4xx status", ErrSettings, s.KeyConflictStatus)
	}
	return s.OAuth.validate()
}

// API answers for the bank. Make one with [New].
type API struct {
	books    *books.Books
	faults   *faults.Injector
	auth     *authServer
	settings Settings
	log      *slog.Logger
	routes   map[string]map[string]operation
}

// New makes the bank's front door; db keeps its tokens. Errors about a setting
// wrap [ErrSettings].
func New(ctx context.Context, db *database.DB, b *books.Books, in *faults.Injector, s Settings, log *slog.Logger) (*API, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	auth, err := newAuthServer(ctx, db, s.OAuth)
	if err != nil {
		return nil, err
	}
	a := &API{books: b, faults: in, auth: auth, settings: s, log: log}
	a.routes = a.operations()
	return a, nil
}

// operation is one method of one path.
type operation struct {
	scope string
	do    func(context.Context, *call) answer
}

func (a *API) operations() map[string]map[string]operation {
	get := func(scope string, do func(context.Context, *call) answer) map[string]operation {
		return map[string]operation{http.MethodGet: {scope, do}}
	}
	post := func(scope string, do func(context.Context, *call) answer) map[string]operation {
		return map[string]operation{http.MethodPost: {scope, do}}
	}
	return map[string]map[string]operation{
		"/accounts":                      get(scopeAccount, a.accounts),
		"/accounts/balances":             get(scopeAccount, a.balances),
		"/accounts/transactions":         get(scopeAccount, a.transactions),
		"/accounts/deposit-transactions": get(scopeAccount, a.depositTransactions),
		"/transfer/transferfee":          post(scopeTransfer, a.transferFee),
		"/transfer/request":              post(scopeTransfer, a.transferRequest),
		"/transfer/request-result":       get(scopeTransfer, a.requestResult),
		"/transfer/status":               get(scopeTransfer, a.transferStatus),
		"/transfer/cancel":               post(scopeTransfer, a.transferCancel),
	}
}

// call is one request with its body read.
type call struct {
	*http.Request
	body   []byte
	client string // the OAuth client, once the token was checked
}

// key is the request's Idempotency-Key, "" for none.
func (c *call) key() string { return c.Header.Get("Idempotency-Key") }

// identity names the call apart from its attempts: by its key if it has one,
// else by its content.
func (c *call) identity() string {
	if k := c.key(); k != "" {
		return c.Method + " " + c.URL.Path + " " + k
	}
	sum := sha256.Sum256(bytes.Join([][]byte{[]byte(c.Method), []byte(c.URL.Path), []byte(c.URL.Query().Encode()), c.body}, []byte{0}))
	return hex.EncodeToString(sum[:])
}

// answer is what a call gets. Only the outermost layer writes it, so that an
// answer can be lost after everything was done.
type answer struct {
	status int
	body   any
	lost   bool                            // cut the connection instead
	wait   time.Duration                   // real time before it is sent
	write  func(http.ResponseWriter) error // instead of body
}

// ServeHTTP answers everything under [BasePath] and [AuthPath].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		a.send(w, r, fail(codeInvalid, "body: 1MiB以内としてください"))
		return
	}
	c := &call{Request: r, body: body}
	answer, err := a.underFaults(context.WithoutCancel(r.Context()), c, a.handler(c))
	if err != nil {
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
		a.log.ErrorContext(r.Context(), "sandbox bank failed", "method", r.Method, "path", r.URL.Path, "error", err)
		answer = fail(codeServer, "")
	}
	if answer.wait > 0 {
		if err := pause(r.Context(), answer.wait); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if answer.lost {
		a.log.InfoContext(r.Context(), "sandbox bank cut the connection", "method", r.Method, "path", r.URL.Path)
		panic(http.ErrAbortHandler)
	}
	a.send(w, r, answer)
}

func (a *API) handler(c *call) func(context.Context) answer {
	if rest, ok := strings.CutPrefix(c.URL.Path, AuthPath); ok {
		return func(context.Context) answer { return a.auth.handle(rest, c) }
	}
	return func(ctx context.Context) answer { return a.operate(ctx, c) }
}

// operate checks a call as the bank's gateway does, outside in, and does it.
func (a *API) operate(ctx context.Context, c *call) answer {
	path, ours := strings.CutPrefix(c.URL.Path, BasePath)
	methods, known := a.routes[path]
	if !ours || !known {
		return fail(codeUnknownOperation, notPlayed(path))
	}
	op, allowed := methods[c.Method]
	if !allowed {
		return fail(codeMethod, "")
	}
	if refused, ok := checkHeaders(c); !ok {
		return refused
	}
	client, scopes, err := a.auth.token(ctx, c.Header.Get("x-access-token"))
	if err != nil {
		return fail(codeToken, "x-access-tokenヘッダに有効なアクセストークンを指定してください")
	}
	if !scopes[op.scope] {
		return fail(codeScope, "scope "+op.scope)
	}
	c.client = client
	return op.do(ctx, c)
}

func notPlayed(path string) string {
	if strings.HasPrefix(path, "/bulktransfer/") || strings.HasPrefix(path, "/va/") {
		return "総合振込・振込入金口座のAPIはこのサンドボックスでは提供していません"
	}
	return ""
}

func checkHeaders(c *call) (answer, bool) {
	if !acceptsJSON(c.Header.Values("Accept")) {
		return fail(codeAccept, ""), false
	}
	if c.Method != http.MethodPost {
		return answer{}, true
	}
	if c.ContentLength < 0 {
		return fail(codeLength, ""), false
	}
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return fail(codeMedia, ""), false
	}
	return answer{}, true
}

func acceptsJSON(accept []string) bool {
	if len(accept) == 0 {
		return true
	}
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		media, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err == nil && (media == "application/json" || media == "application/*" || media == "*/*") {
			return true
		}
	}
	return false
}

func (a *API) send(w http.ResponseWriter, r *http.Request, ans answer) {
	code := ""
	switch b := ans.body.(type) {
	case errorResponse:
		code = b.ErrorCode
	case transferError:
		code = b.ErrorCode
	}
	a.log.InfoContext(r.Context(), "sandbox bank answered", "method", r.Method, "path", r.URL.Path, "status", ans.status, "error_code", code)
	write := ans.write
	if write == nil {
		write = ans.writeJSON
	}
	if err := write(w); err != nil {
		a.log.WarnContext(r.Context(), "sandbox bank could not send its answer", "error", err)
	}
}

func (ans answer) writeJSON(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(ans.status)
	return json.NewEncoder(w).Encode(ans.body)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
