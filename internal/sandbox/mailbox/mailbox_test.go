package mailbox_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/textproto"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/japanese"

	"soukin/internal/database"
	"soukin/internal/sandbox/mailbox"
)

var arrival = time.Date(2026, 11, 21, 3, 4, 5, 0, time.UTC)

type fixture struct {
	*mailbox.Server
	web *httptest.Server
}

func open(t *testing.T, path string, change func(*mailbox.Options)) fixture {
	t.Helper()
	db, err := database.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	o := mailbox.Options{DB: db, Clock: func() time.Time { return arrival }, Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	box, err := mailbox.New(t.Context(), o)
	require.NoError(t, err)
	web := httptest.NewServer(box.Handler())
	t.Cleanup(func() {
		web.Close()
		require.NoError(t, box.Close())
		require.NoError(t, db.Close())
	})
	return fixture{box, web}
}

func fresh(t *testing.T, change func(*mailbox.Options)) fixture {
	return open(t, filepath.Join(t.TempDir(), "sandbox.db"), change)
}

func mail(headers, body string) []byte {
	return []byte("From: a@shop.test\r\nTo: hanako@example.test\r\n" + headers + "\r\n\r\n" + body)
}

func (f fixture) send(t *testing.T, to string, content []byte) {
	t.Helper()
	require.NoError(t, smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{to}, content))
}

func (f fixture) get(t *testing.T, path string, language string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.web.URL+path, nil)
	require.NoError(t, err)
	req.Header.Set("Accept-Language", language)
	resp, err := f.web.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body), resp.Header
}

func (f fixture) list(t *testing.T, query string) []mailbox.Message {
	t.Helper()
	status, body, _ := f.get(t, "/mailbox/api/messages"+query, "")
	require.Equal(t, http.StatusOK, status, body)
	var out struct{ Messages []mailbox.Message }
	require.NoError(t, json.Unmarshal([]byte(body), &out))
	return out.Messages
}

func (f fixture) sms(t *testing.T, key, body string) (int, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.web.URL+"/mailbox/sms", strings.NewReader(body))
	require.NoError(t, err)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
		req.GetBody = nil // or net/http itself repeats a call that is cut
	}
	resp, err := f.web.Client().Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

func TestMailInEveryUsualEncodingIsRead(t *testing.T) {
	jis := func(s string) string {
		out, err := japanese.ISO2022JP.NewEncoder().String(s)
		require.NoError(t, err)
		return out
	}
	for name, tt := range map[string]struct {
		content             []byte
		subject, text, html string
	}{
		"plain":            {mail("Subject: Hello", "line one\r\nline two\r\n"), "Hello", "line one\nline two\n", ""},
		"base64":           {mail("Subject: =?UTF-8?B?44GU5qGI5YaF?=\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64", "44GU5qGI\r\n5YaF\r\n"), "ご案内", "ご案内", ""},
		"quoted-printable": {mail("Subject: =?UTF-8?Q?=E5=86=86?=\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable", "<p>=E5=86=86</p>"), "円", "", "<p>円</p>\n"},
		"ISO-2022-JP":      {mail("Subject: =?ISO-2022-JP?B?GyRCMV8bKEI=?=\r\nContent-Type: text/plain; charset=iso-2022-jp", jis("振込")), "円", "振込\n", ""},
		"alternatives": {mail("Subject: x\r\nContent-Type: multipart/mixed; boundary=a",
			"--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>html</b>\r\n--b--\r\n--a--\r\n"), "x", "plain", "<b>html</b>"},
		"unknown charset": {mail("Subject: =?x-none?B?QQ==?=\r\nContent-Type: text/plain; charset=x-none", "abc"), "=?x-none?B?QQ==?=", "abc\n", ""},
		"broken base64":   {mail("Content-Transfer-Encoding: base64", "44GU!!"), "", "ご", ""},
		"no header":       {[]byte("just text"), "", "just text\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := fresh(t, nil)
			f.send(t, "hanako@example.test", tt.content)
			got := f.list(t, "")
			require.Len(t, got, 1)
			assert.Equal(t, [3]string{tt.subject, tt.text, tt.html}, [3]string{got[0].Subject, got[0].Text, got[0].HTML})
			status, raw, header := f.get(t, "/mailbox/"+got[0].ID+"/raw", "")
			assert.Equal(t, http.StatusOK, status)
			assert.Contains(t, raw, strings.TrimSpace(string(tt.content)))
			assert.Equal(t, "text/plain; charset=utf-8", header.Get("Content-Type"))
			assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
		})
	}
}

func TestMessagesAreListedNewestFirst(t *testing.T) {
	f := fresh(t, nil)
	for i := range 5 {
		f.send(t, "Hanako@example.test", mail(fmt.Sprintf("Subject: %d\r\nMessage-ID: <%d@shop.test>", i, i), "https://pay.test/r/a-_"+fmt.Sprint(i)+"をご覧ください。"))
	}
	status, answer, err := f.sms(t, "", `{"to":"+819012345678","text":"お知らせ https://pay.test/r/b"}`)
	require.NoError(t, err)
	require.Equal(t, http.StatusAccepted, status, answer)

	all := f.list(t, "")
	require.Len(t, all, 6)
	assert.Equal(t, mailbox.Message{ID: all[0].ID, Kind: mailbox.SMS, To: "+819012345678", ReceivedAt: arrival,
		Text: "お知らせ https://pay.test/r/b", Links: []string{"https://pay.test/r/b"}}, all[0])
	assert.Equal(t, mailbox.Message{ID: all[1].ID, Kind: mailbox.Mail, From: "a@shop.test", To: "hanako@example.test", ReceivedAt: arrival,
		Subject: "4", MessageID: "<4@shop.test>", Text: "https://pay.test/r/a-_4をご覧ください。\n", Links: []string{"https://pay.test/r/a-_4"}}, all[1])

	assert.Len(t, f.list(t, "?to=HANAKO@example.test"), 5)
	assert.Len(t, f.list(t, "?to=%2B819012345678"), 1)
	assert.Empty(t, f.list(t, "?to=nobody@example.test"))
	assert.Len(t, f.list(t, "?kind=sms"), 1)
	assert.Equal(t, all[2:4], f.list(t, "?limit=2&before="+all[1].ID))
	for _, bad := range []string{"?limit=0", "?limit=many", "?limit=501", "?kind=fax"} {
		status, _, _ := f.get(t, "/mailbox/api/messages"+bad, "")
		assert.Equal(t, http.StatusBadRequest, status, bad)
	}
	status, body, _ := f.get(t, "/mailbox/api/messages/"+all[0].ID, "")
	require.Equal(t, http.StatusOK, status)
	var one mailbox.Message
	require.NoError(t, json.Unmarshal([]byte(body), &one))
	assert.Equal(t, all[0], one)
	status, _, _ = f.get(t, "/mailbox/api/messages/none", "")
	assert.Equal(t, http.StatusNotFound, status)
}

func TestMessagesOutliveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	t.Run("before", func(t *testing.T) { open(t, path, nil).send(t, "hanako@example.test", mail("Subject: kept", "x")) })
	got := open(t, path, nil).list(t, "")
	require.Len(t, got, 1)
	assert.Equal(t, "kept", got[0].Subject)
}

func TestManySendersAtOnce(t *testing.T) {
	f := fresh(t, nil)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			assert.NoError(t, smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{fmt.Sprintf("to%d@example.test", i), "all@example.test"}, mail("Subject: x", "x")))
		})
		wg.Go(func() {
			status, _, err := f.sms(t, "the same", `{"to":"+819012345678","text":"x"}`)
			assert.NoError(t, err)
			assert.Equal(t, http.StatusAccepted, status)
		})
	}
	wg.Wait()
	assert.Len(t, f.list(t, "?kind=mail&limit=500"), 40)
	assert.Len(t, f.list(t, "?to=all@example.test"), 20)
	assert.Len(t, f.list(t, "?kind=sms"), 1, "one idempotency key, one message")
}

func TestShortMessagesOfWrongFormAreRefused(t *testing.T) {
	f := fresh(t, nil)
	for _, body := range []string{"", "[]", `{"to":"09012345678","text":"x"}`, `{"to":"+819012345678"}`, `{"to":"+819012345678","text":"` + strings.Repeat("x", 70000) + `"}`} {
		status, answer, err := f.sms(t, "", body)
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, status, answer)
	}
	assert.Empty(t, f.list(t, ""))
}

func TestMailThatIsTooLargeIsRefused(t *testing.T) {
	f := fresh(t, nil)
	err := smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{"b@example.test"}, mail("Subject: x", strings.Repeat(strings.Repeat("x", 998)+"\r\n", 11<<10)))
	var reply *textproto.Error
	require.ErrorAs(t, err, &reply)
	assert.Equal(t, 552, reply.Code)
	assert.Empty(t, f.list(t, ""))
}

func selfSigned(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		&tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

func TestEncryptionAndLogin(t *testing.T) {
	server, client := selfSigned(t)
	for name, implicit := range map[string]bool{"STARTTLS": false, "TLS from the first byte": true} {
		t.Run(name, func(t *testing.T) {
			f := fresh(t, func(o *mailbox.Options) {
				o.TLS, o.ImplicitTLS, o.Username, o.Password = server, implicit, "user", "right"
			})
			dial := func(t *testing.T) *smtp.Client {
				t.Helper()
				conn, err := net.Dial("tcp", f.SMTPAddr())
				require.NoError(t, err)
				if implicit {
					conn = tls.Client(conn, client)
				}
				c, err := smtp.NewClient(conn, "127.0.0.1")
				require.NoError(t, err)
				t.Cleanup(func() { _ = c.Close() })
				if !implicit {
					ok, _ := c.Extension("AUTH")
					assert.False(t, ok, "no password is asked for in plain text")
					require.NoError(t, c.StartTLS(client))
				}
				return c
			}
			assert.ErrorContains(t, dial(t).Mail("a@shop.test"), "530")
			assert.ErrorContains(t, dial(t).Auth(smtp.PlainAuth("", "user", "wrong", "127.0.0.1")), "535")
			assert.ErrorContains(t, dial(t).Auth(smtp.PlainAuth("", "", "", "127.0.0.1")), "535")
			c := dial(t)
			require.NoError(t, c.Auth(smtp.PlainAuth("", "user", "right", "127.0.0.1")))
			require.NoError(t, c.Mail("a@shop.test"))
			require.NoError(t, c.Rcpt("hanako@example.test"))
			w, err := c.Data()
			require.NoError(t, err)
			_, err = w.Write(mail("Subject: sealed", "x"))
			require.NoError(t, err)
			require.NoError(t, w.Close())
			got := f.list(t, "")
			require.Len(t, got, 1)
			assert.True(t, got[0].Encrypted)
		})
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	_, err := mailbox.New(t.Context(), mailbox.Options{})
	assert.ErrorContains(t, err, "DB is missing")
	db, err := database.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	_, err = mailbox.New(t.Context(), mailbox.Options{DB: db, ImplicitTLS: true})
	assert.ErrorContains(t, err, "needs TLS")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	_, err = mailbox.New(t.Context(), mailbox.Options{DB: db, SMTPListen: taken.Addr().String()})
	assert.ErrorContains(t, err, "take mail at")
}

func TestLogsHoldNoAddresses(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	f := fresh(t, func(o *mailbox.Options) {
		o.Logger = slog.New(slog.NewTextHandler(lockedWriter{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	f.send(t, "hanako@example.test", mail("Subject: x", "x"))
	assert.Error(t, smtp.SendMail(f.SMTPAddr(), nil, "a@shop.test", []string{"cut-after@hanako.test"}, mail("Subject: x", "x")))
	mu.Lock()
	defer mu.Unlock()
	assert.NotContains(t, log.String(), "hanako")
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
