package notify_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/calendar"
	"soukin/internal/database"
	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/vault"
	"soukin/remittance"
)

var (
	writtenAt = time.Date(2026, 11, 21, 12, 0, 0, 0, calendar.JST)
	deadline  = time.Date(2026, 12, 5, 23, 59, 59, 0, calendar.JST)
)

const page = "https://pay.example.jp/r/Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHJlYWwgdG9rZW4x"

// post is a mailbox with its pages.
type post struct {
	*mailbox.Server
	web *httptest.Server
}

func openPost(t *testing.T, change func(*mailbox.Options)) post {
	t.Helper()
	db, err := database.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "sandbox.db"))
	require.NoError(t, err)
	o := mailbox.Options{DB: db, Logger: slog.New(slog.DiscardHandler)}
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
	return post{box, web}
}

func (p post) raw(t *testing.T, id string) string {
	t.Helper()
	resp, err := p.web.Client().Get(p.web.URL + "/mailbox/" + id + "/raw")
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}

func (p post) messages(t *testing.T, f mailbox.Filter) []mailbox.Message {
	t.Helper()
	out, err := p.Messages(t.Context(), f)
	require.NoError(t, err)
	return out
}

// mailTo is the settings of an unencrypted server on this machine.
func mailTo(t *testing.T, address string) notify.Mail {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	return notify.Mail{Host: host, Port: n, Encryption: notify.PlainTCP, From: "Soukin 送金サービス <no-reply@pay.example.jp>"}
}

func (p post) settings(t *testing.T) notify.Settings {
	t.Helper()
	sms, err := notify.NewHTTPSMS(p.web.URL+"/mailbox/sms", 10*time.Second)
	require.NoError(t, err)
	return notify.Settings{Mail: mailTo(t, p.SMTPAddr()), SMS: sms, Now: func() time.Time { return writtenAt }}
}

func newSender(t *testing.T, s notify.Settings) *notify.Sender {
	t.Helper()
	out, err := notify.New(s)
	require.NoError(t, err)
	return out
}

func link(t require.TestingT, address string) notify.Link {
	l, err := notify.NewLink(address)
	require.NoError(t, err)
	return l
}

// notice is a complete one.
func notice(t require.TestingT, kind notify.Kind, l remittance.Lang) notify.Message {
	m := notify.Message{
		Ref:      remittance.Ref{Merchant: "shop", Remittance: "REFUND-20261121-0001"},
		Kind:     kind,
		Key:      string(kind) + "/1",
		To:       vault.NewContact("hanako@example.jp", "090-1234-5678"),
		Lang:     l,
		Merchant: notify.Merchant{Name: "さくら劇場", Help: "さくら劇場お客様センター 03-1234-5678(平日10時-18時)\nhttps://sakura-gekijo.example.jp/help"},
		Purpose:  "12月公演中止に伴うチケット代金の払い戻し",
		Amount:   12345,
		Rail:     remittance.RailBank,
		Link:     link(t, page),
		Codes:    []string{"会員番号", "電話番号の下4桁"},
	}
	if l == remittance.En {
		m.Merchant = notify.Merchant{Name: "Sakura Theatre", Help: "Sakura Theatre customer desk, 03-1234-5678 (weekdays 10:00-18:00)\nhttps://sakura-gekijo.example.jp/en/help"}
		m.Purpose, m.Codes = "Tickets of the cancelled December show", []string{"membership number"}
	}
	switch kind {
	case notify.KindNumbers, notify.KindLocked:
		m.Deadline, m.Rail = deadline, remittance.RailATM
	case notify.KindLink, notify.KindReminder:
		m.Deadline = deadline
	case notify.KindReopened:
		m.Deadline, m.Reason = deadline, remittance.NameMismatch
	case notify.KindReturned:
		m.Codes, m.Reason = nil, remittance.AccountClosed
	default:
		m.Codes = nil
	}
	return m
}

// certified makes a self-signed certificate for a name and writes it to a file
// that a client can trust.
func certified(t *testing.T, name string) (server *tls.Config, caFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	if ip := net.ParseIP(name); ip != nil {
		form.IPAddresses = []net.IP{ip}
	} else {
		form.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	require.NoError(t, err)
	caFile = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(caFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, caFile
}

// outcome takes a RailError apart.
func outcome(t *testing.T, err error) remittance.Outcome {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	return rail.Outcome
}

// fakeSMS is a service that answers as told.
type fakeSMS func(ctx context.Context, to, text, key string) error

func (f fakeSMS) SendSMS(ctx context.Context, to, text, key string) error {
	return f(ctx, to, text, key)
}
