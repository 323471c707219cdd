package payload_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"soukin/internal/keyring"
	"soukin/internal/payload"
)

const (
	uiOrigin = "http://127.0.0.1:8233"
	token    = "correct-horse-battery-staple"
)

func handler(t *testing.T, ring *keyring.Ring, operators map[string]string) (http.Handler, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	h, err := payload.CodecHandler(payload.CodecOptions{
		Ring: ring, UIOrigin: uiOrigin, Operators: operators, Log: slog.New(slog.NewJSONHandler(&log, nil)),
	})
	require.NoError(t, err)
	return h, &log
}

func requestBody(t *testing.T, payloads ...*commonpb.Payload) string {
	t.Helper()
	text, err := protojson.Marshal(&commonpb.Payloads{Payloads: payloads})
	require.NoError(t, err)
	return string(text)
}

func decodeRequest(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8081/decode", strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:50000"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Namespace", "default")
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestDecodeIsAllowedToWhomItMay(t *testing.T) {
	ring := newRing(t)
	body := requestBody(t, encode(t, payload.ForClient(ring), order{100, secret}))
	operators := map[string]string{token: "hanako"}
	tests := []struct {
		name      string
		operators map[string]string
		change    func(*http.Request)
		want      int
	}{
		{"this machine, a tool", nil, func(*http.Request) {}, http.StatusOK},
		{"this machine, the Web UI", nil, func(r *http.Request) { r.Header.Set("Origin", uiOrigin) }, http.StatusOK},
		{"this machine by name", nil, func(r *http.Request) { r.Host = "localhost:8081" }, http.StatusOK},
		{"this machine, IPv6", nil, func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:50000", "[::1]:8081" }, http.StatusOK},
		{"another page in the browser", nil, func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9999") }, http.StatusForbidden},
		{"a sandboxed page", nil, func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		{"another machine", nil, func(r *http.Request) { r.RemoteAddr = "192.0.2.7:50000" }, http.StatusUnauthorized},
		{"another machine through a proxy here", nil, func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.7") }, http.StatusUnauthorized},
		{"a name that points here", nil, func(r *http.Request) { r.Host = "evil.example:8081" }, http.StatusUnauthorized},
		{"this machine without a token", operators, func(*http.Request) {}, http.StatusUnauthorized},
		{"an operator's token from elsewhere", operators, func(r *http.Request) {
			r.RemoteAddr = "192.0.2.7:50000"
			r.Header.Set("Authorization", "Bearer "+token)
		}, http.StatusOK},
		{"a wrong token", operators, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token+"x") }, http.StatusUnauthorized},
		{"an empty token", operators, func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, http.StatusUnauthorized},
		{"a made-up session", operators, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "soukin-codec", Value: "x"}) }, http.StatusUnauthorized},
		{"an operator's token on another page", operators, func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Origin", "https://evil.example")
		}, http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, log := handler(t, ring, tt.operators)
			r := decodeRequest(body)
			tt.change(r)
			w := serve(h, r)
			assert.Equal(t, tt.want, w.Code, w.Body.String())
			if tt.want == http.StatusOK {
				assert.Contains(t, log.String(), "payloads decoded")
				assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
				return
			}
			assert.Contains(t, log.String(), "decoding refused")
			assert.NotContains(t, w.Header().Get("Access-Control-Allow-Origin"), "evil")
		})
	}
}

func TestDecodeReturnsTheContentsAndRecordsOnlyThatItDid(t *testing.T) {
	ring := newRing(t)
	c := payload.ForClient(ring)
	first, lost := encode(t, c, order{100, secret}), encode(t, payload.ForClient(newRing(t)), order{200, secret})
	plain := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"operator"`)}
	h, log := handler(t, ring, map[string]string{token: "hanako"})
	r := decodeRequest(requestBody(t, first, lost, plain))
	r.Header.Set("Authorization", "Bearer "+token)
	w := serve(h, r)
	require.Equal(t, http.StatusOK, w.Code)

	var got commonpb.Payloads
	require.NoError(t, protojson.Unmarshal(w.Body.Bytes(), &got))
	require.Len(t, got.GetPayloads(), 3)
	assert.JSONEq(t, `{"amount":100,"note":"`+secret+`"}`, string(got.GetPayloads()[0].GetData()))
	assert.Equal(t, lost.GetData(), got.GetPayloads()[1].GetData(), "what cannot be read stays as it is")
	assert.Equal(t, `"operator"`, string(got.GetPayloads()[2].GetData()))

	line := log.String()
	for _, want := range []string{`"operator":"hanako"`, `"decoded":1`, `"unreadable":1`, `"plain":1`, `"namespace":"default"`,
		string(first.GetMetadata()[payload.MetadataKeyID])} {
		assert.Contains(t, line, want)
	}
	assert.NotContains(t, line, secret)
	assert.NotContains(t, line, token)
}

func TestHandlerNeverEncodesAndLimitsWhatItReads(t *testing.T) {
	ring := newRing(t)
	h, _ := handler(t, ring, nil)
	r := decodeRequest(`{"payloads":[]}`)
	r.URL.Path = "/encode"
	assert.Equal(t, http.StatusForbidden, serve(h, r).Code)
	r = decodeRequest(`{"payloads":[]}`)
	r.URL.Path = "/decode/encode"
	assert.Equal(t, http.StatusNotFound, serve(h, r).Code)
	r = decodeRequest(`{"payloads":[]}`)
	r.Method = http.MethodGet
	assert.Equal(t, http.StatusMethodNotAllowed, serve(h, r).Code)
	assert.Equal(t, http.StatusRequestEntityTooLarge, serve(h, decodeRequest(strings.Repeat(" ", 17<<20))).Code)
	assert.Equal(t, http.StatusBadRequest, serve(h, decodeRequest("not JSON")).Code)
}

func TestPreflightAnswersTheWebUIOnly(t *testing.T) {
	h, _ := handler(t, newRing(t), map[string]string{token: "hanako"})
	ask := func(origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodOptions, "http://127.0.0.1:8081/decode", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", http.MethodPost)
		r.Header.Set("Access-Control-Request-Headers", "content-type,x-namespace")
		return serve(h, r)
	}
	w := ask(uiOrigin)
	assert.Equal(t, http.StatusNoContent, w.Code)
	assert.Equal(t, uiOrigin, w.Header().Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "true", w.Header().Get("Access-Control-Allow-Credentials"))
	assert.Contains(t, w.Header().Get("Access-Control-Allow-Headers"), "x-namespace")
	w = ask(uiOrigin + ".evil.example")
	assert.Equal(t, http.StatusForbidden, w.Code)
	assert.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
}

func TestLoginGivesTheBrowserASessionUntilLogout(t *testing.T) {
	ring := newRing(t)
	h, log := handler(t, ring, map[string]string{token: "hanako"})
	server := httptest.NewServer(h)
	defer server.Close()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	post := func(path string, form url.Values) (int, string) {
		resp, err := browser.PostForm(server.URL+path, form)
		require.NoError(t, err)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode, string(text)
	}
	decode := func() int {
		body := requestBody(t, encode(t, payload.ForClient(ring), order{100, secret}))
		resp, err := browser.Post(server.URL+"/decode", "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}

	require.Equal(t, http.StatusUnauthorized, decode())
	status, page := post("/login", url.Values{"token": {"not the token at all"}})
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Contains(t, page, "not known")
	status, page = post("/login", url.Values{"token": {token}})
	require.Equal(t, http.StatusOK, status)
	assert.Contains(t, page, "Logged in as hanako")
	assert.NotContains(t, page, token)
	require.Equal(t, http.StatusOK, decode())
	for _, c := range jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(server.URL, "http://"), Path: "/"}) {
		assert.NotContains(t, c.Value, token)
	}
	_, _ = post("/logout", nil)
	require.Equal(t, http.StatusUnauthorized, decode())
	assert.NotContains(t, log.String(), token)
}

func TestSessionEndsAfterTheWorkingDay(t *testing.T) {
	ring := newRing(t)
	body := requestBody(t, encode(t, payload.ForClient(ring), order{100, secret}))
	synctest.Test(t, func(t *testing.T) {
		h, _ := handler(t, ring, map[string]string{token: "hanako"})
		login := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8081/login", strings.NewReader("token="+token))
		login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		cookies := serve(h, login).Result().Cookies()
		require.Len(t, cookies, 1)
		assert.True(t, cookies[0].HttpOnly)
		assert.Equal(t, http.SameSiteStrictMode, cookies[0].SameSite)
		decode := func() int {
			r := decodeRequest(body)
			r.AddCookie(cookies[0])
			return serve(h, r).Code
		}
		<-time.After(10 * time.Hour) // in the bubble's clock
		assert.Equal(t, http.StatusOK, decode())
		<-time.After(time.Second)
		assert.Equal(t, http.StatusUnauthorized, decode())
	})
}

func TestLoginFromAnotherSiteIsRefused(t *testing.T) {
	h, _ := handler(t, newRing(t), map[string]string{token: "hanako"})
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8081/login", strings.NewReader("token="+token))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := serve(h, r)
	assert.Equal(t, http.StatusForbidden, w.Code)
	assert.Empty(t, w.Result().Cookies())
}

func TestCodecOptionsAreCheckedAtTheStart(t *testing.T) {
	ring, log := newRing(t), slog.New(slog.DiscardHandler)
	good := payload.CodecOptions{Ring: ring, UIOrigin: uiOrigin, Log: log}
	_, err := payload.CodecHandler(good)
	require.NoError(t, err)
	for _, origin := range []string{"", "*", "127.0.0.1:8233", uiOrigin + "/", uiOrigin + "/namespaces", "ftp://example.com", "http://"} {
		o := good
		o.UIOrigin = origin
		_, err := payload.CodecHandler(o)
		assert.ErrorContains(t, err, "UIOrigin", origin)
	}
	tests := []struct {
		change func(*payload.CodecOptions)
		want   string
	}{
		{func(o *payload.CodecOptions) { o.Ring = nil }, "key ring"},
		{func(o *payload.CodecOptions) { o.Log = nil }, "log"},
		{func(o *payload.CodecOptions) { o.Operators = map[string]string{"short": "hanako"} }, "hanako"},
		{func(o *payload.CodecOptions) { o.Operators = map[string]string{token: ""} }, "no name"},
	}
	for _, tt := range tests {
		o := good
		tt.change(&o)
		_, err := payload.CodecHandler(o)
		require.ErrorContains(t, err, tt.want)
		assert.NotContains(t, fmt.Sprint(err), "short\"")
	}
}
