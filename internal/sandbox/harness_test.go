package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"soukin/internal/calendar"
	"soukin/internal/sandbox"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/ganb"
)

const ourAccount = "101011234567"

// tuesday is a bank day after a holiday: 23 November 2026 is 勤労感謝の日.
var tuesday = time.Date(2026, 11, 24, 10, 0, 0, 0, calendar.JST)

// world is a running sandbox, seen as its users see it. Every answer of the
// bank is checked against the bank's specification.
type world struct {
	t        testing.TB
	url      string
	control  *control.Client
	access   string
	refresh  string
	log      *bytes.Buffer
	contract contract
	settings sandbox.Settings
	handler  http.Handler
}

type setting func(*sandbox.Options)

func with(change func(*sandbox.Settings)) setting {
	return func(o *sandbox.Options) { change(&o.Settings) }
}

func at(now time.Time) setting {
	return func(o *sandbox.Options) { o.Clock = func() time.Time { return now } }
}

func start(t testing.TB, settings ...setting) *world {
	t.Helper()
	return startAt(t, filepath.Join(t.TempDir(), "sandbox.db"), settings...)
}

func startAt(t testing.TB, path string, settings ...setting) *world {
	t.Helper()
	w, stop := launch(t, path, settings...)
	t.Cleanup(stop)
	w.login()
	return w
}

// launch runs a sandbox on a file; stop ends it and may be called twice.
func launch(t testing.TB, path string, settings ...setting) (w *world, stop func()) {
	t.Helper()
	w = &world{t: t, log: &bytes.Buffer{}}
	options := sandbox.Options{DBPath: path, Settings: sandbox.DefaultSettings(), Logger: slog.New(slog.NewJSONHandler(w.log, nil))}
	at(tuesday)(&options)
	for _, s := range settings {
		s(&options)
	}
	server, err := sandbox.New(context.Background(), options)
	require.NoError(t, err)
	front := httptest.NewServer(server.Handler())
	w.url, w.settings, w.handler = front.URL, options.Settings, server.Handler()
	w.control = control.NewClient(front.URL, front.Client())
	w.contract, err = bankContract()
	require.NoError(t, err)
	stopped := false
	return w, func() {
		if stopped {
			return
		}
		stopped = true
		front.Close()
		require.NoError(t, server.Close())
	}
}

func (w *world) oauth(scopes ...string) oauth2.Config {
	return oauth2.Config{
		ClientID: ganb.PublishedClientID, ClientSecret: ganb.PublishedClientSecret, RedirectURL: "http://127.0.0.1:8090/bank/callback", Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: w.url + ganb.AuthPath + "/authorization", TokenURL: w.url + ganb.AuthPath + "/token", AuthStyle: oauth2.AuthStyleInHeader},
	}
}

func (w *world) login() {
	w.t.Helper()
	token, err := w.control.FirstToken(w.t.Context(), w.oauth("private:account", "private:transfer", "offline_access"))
	require.NoError(w.t, err)
	w.access, w.refresh = token.AccessToken, token.RefreshToken
}

type reply struct {
	Status int
	Body   map[string]any
	Raw    string
}

// errCut is what a client sees when the connection ends without an answer.
var errCut = errors.New("connection cut")

type header struct{ name, value string }

// try makes one call to the bank's corporate API and checks the answer against
// the specification.
func (w *world) try(ctx context.Context, method, path string, body any, headers ...header) (reply, error) {
	w.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, w.url+ganb.BasePath+path, reader)
	require.NoError(w.t, err)
	req.Header.Set("x-access-token", w.access)
	req.Header.Set("Accept", "application/json;charset=UTF-8")
	if body != nil {
		req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	for _, h := range headers {
		req.Header.Del(h.name)
		if h.value != "" {
			req.Header.Set(h.name, h.value)
		}
	}
	return w.send(req)
}

// fresh connects anew for each call: Go's own client would repeat a call with
// an Idempotency-Key that was cut on a reused connection.
var fresh = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func (w *world) send(req *http.Request) (reply, error) {
	w.t.Helper()
	res, err := fresh.Do(req)
	if errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "connection reset") {
		return reply{}, errCut
	}
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	require.Equal(w.t, "application/json;charset=UTF-8", res.Header.Get("Content-Type"))
	path := strings.TrimPrefix(req.URL.Path, ganb.BasePath)
	require.NoError(w.t, w.contract.conforms(req.Method, path, res.StatusCode, raw), "%s %s answered %d %s", req.Method, path, res.StatusCode, raw)
	out := reply{Status: res.StatusCode, Raw: string(raw)}
	require.NoError(w.t, json.Unmarshal(raw, &out.Body))
	return out, nil
}

func (w *world) get(path string, query ...string) reply {
	w.t.Helper()
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Add(query[i], query[i+1])
	}
	r, err := w.try(w.t.Context(), http.MethodGet, path+"?"+values.Encode(), nil)
	require.NoError(w.t, err)
	return r
}

func (w *world) post(path string, body any, headers ...header) reply {
	w.t.Helper()
	r, err := w.try(w.t.Context(), http.MethodPost, path, body, headers...)
	require.NoError(w.t, err)
	return r
}

func key(k string) header { return header{"Idempotency-Key", k} }

type fields map[string]any

// transfer is one payee at another bank.
func transfer(amount int, number string) fields {
	return fields{"transferAmount": strconv.Itoa(amount), "beneficiaryBankCode": "0001", "beneficiaryBranchCode": "001",
		"accountTypeCode": "1", "accountNumber": number, "beneficiaryName": "ﾔﾏﾀﾞ ﾊﾅｺ"}
}

func (f fields) and(name string, value any) fields {
	out := fields{}
	for k, v := range f {
		out[k] = v
	}
	if value == nil {
		delete(out, name)
	} else {
		out[name] = value
	}
	return out
}

// order is a request for today with the given payees.
func order(lines ...fields) fields {
	total := 0
	for i, l := range lines {
		n, _ := strconv.Atoi(l["transferAmount"].(string))
		total += n
		if len(lines) > 1 {
			lines[i] = l.and("itemId", strconv.Itoa(i+1))
		}
	}
	o := fields{"accountId": ourAccount, "transferDesignatedDate": "2026-11-24", "transfers": lines}
	if len(lines) > 1 {
		o["totalCount"], o["totalAmount"] = strconv.Itoa(len(lines)), strconv.Itoa(total)
	}
	return o
}

// request asks for a transfer and gives its number.
func (w *world) request(body fields, headers ...header) string {
	w.t.Helper()
	r := w.post("/transfer/request", body, headers...)
	require.Equal(w.t, 201, r.Status, r.Raw)
	return r.Body["applyNo"].(string)
}

// detail is the bank's answer about one transfer; nil while it shows none.
func (w *world) detail(applyNo string) map[string]any {
	w.t.Helper()
	r := w.get("/transfer/status", "accountId", ourAccount, "queryKeyClass", "1", "applyNo", applyNo)
	require.Equal(w.t, 200, r.Status, r.Raw)
	list := r.Body["transferDetails"].([]any)
	if len(list) == 0 {
		return nil
	}
	require.Len(w.t, list, 1)
	return list[0].(map[string]any)
}

// status is "" while the bank shows no such transfer.
func (w *world) status(applyNo string) string {
	w.t.Helper()
	if d := w.detail(applyNo); d != nil {
		return d["transferStatus"].(string)
	}
	return ""
}

func (w *world) result(applyNo string) string {
	w.t.Helper()
	r := w.get("/transfer/request-result", "accountId", ourAccount, "applyNo", applyNo)
	require.Equal(w.t, 200, r.Status, r.Raw)
	_, dated := r.Body["applyEndDatetime"]
	require.Equal(w.t, r.Body["resultCode"] == "1", dated, "applyEndDatetime is set exactly where the result is 完了")
	return r.Body["resultCode"].(string)
}

func (w *world) balance() (balance, withdrawable int) {
	w.t.Helper()
	r := w.get("/accounts/balances", "accountId", ourAccount)
	require.Equal(w.t, 200, r.Status, r.Raw)
	b := r.Body["balances"].([]any)[0].(map[string]any)
	balance, err := strconv.Atoi(b["balance"].(string))
	require.NoError(w.t, err)
	withdrawable, err = strconv.Atoi(b["withdrawableAmount"].(string))
	require.NoError(w.t, err)
	return balance, withdrawable
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	_, err := w.control.Advance(w.t.Context(), d)
	require.NoError(w.t, err)
}

// held is the transfer as the books hold it.
func (w *world) held(applyNo string) control.Transfer {
	w.t.Helper()
	tr, err := w.control.Transfer(w.t.Context(), applyNo)
	require.NoError(w.t, err)
	return tr
}

// all is every transfer in the books under a key, or every transfer for "".
func (w *world) all(key string) (out []control.Transfer) {
	w.t.Helper()
	for tr, err := range w.control.Transfers(w.t.Context(), key) {
		require.NoError(w.t, err)
		out = append(out, tr)
	}
	return out
}
