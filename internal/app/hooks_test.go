package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/rails/atm"
	"soukin/internal/record"
	"soukin/remittance"
)

const (
	secretNow  = "whsec_" + "bmV3LXNlY3JldC1vZi10aGUtYXRtLW5ldHdvcms="
	secretThen = "whsec_" + "b2xkLXNlY3JldC1vZi10aGUtYXRtLW5ldHdvcms="
)

var cashRef = remittance.Ref{Merchant: "demo", Remittance: "R-7"}

const noticeBody = `{"type":"withdrawn","issue_id":"demo.R-7.cash.1","receipt_no":"700000000001","at":"2026-11-24T01:00:00Z"}`

// doorstep is a notice door over a real database, with a workflow that only
// writes down that it was told.
type doorstep struct {
	*app.NoticeDoor
	store *app.Store
	log   bytes.Buffer
	told  []remittance.Ref
	down  error // what Temporal says
	now   time.Time
}

func newDoorstep(t *testing.T) *doorstep {
	t.Helper()
	home := t.TempDir()
	d := &doorstep{now: aTuesday}
	clock := func() time.Time { return d.now }
	var err error
	d.store, err = app.OpenStore(t.Context(), config.Config{Database: "sqlite:" + filepath.Join(home, "soukin.db"), Keys: filepath.Join(home, "keys")}, clock)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, d.store.Close()) })
	verifier, err := atm.NewVerifier(secretNow + "\n" + secretThen + "\n")
	require.NoError(t, err)
	d.NoticeDoor = &app.NoticeDoor{Verifier: verifier, Keep: d.store.Record.KeepNotice, Seal: d.store.Vault.Seal, Now: clock, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Tell: func(_ context.Context, ref remittance.Ref) error {
			d.told = append(d.told, ref)
			return d.down
		}}
	return d
}

// post brings a notice, signed at a time; an empty secret signs nothing.
func (d *doorstep) post(t *testing.T, id, body, secret string, at time.Time) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, app.ATMNoticePath, strings.NewReader(body))
	if secret != "" {
		hook, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		signature, err := hook.Sign(id, at, []byte(body))
		require.NoError(t, err)
		r.Header.Set(standardwebhooks.HeaderWebhookID, id)
		r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
		r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	assert.NotContains(t, d.log.String(), "700000000001", "the log repeats no body")
	return w.Code
}

func TestAGoodNoticeIsKeptSealedAndWakesTheWorkflow(t *testing.T) {
	for name, secret := range map[string]string{"signed with the new secret": secretNow, "signed with the old one": secretThen} {
		t.Run(name, func(t *testing.T) {
			d := newDoorstep(t)
			require.Equal(t, http.StatusNoContent, d.post(t, "msg_1", noticeBody, secret, time.Now()))
			assert.Equal(t, []remittance.Ref{cashRef}, d.told)
			kept, err := d.store.Record.Notice(t.Context(), "atm", "msg_1")
			require.NoError(t, err)
			assert.Equal(t, record.VerdictGood, kept.Verdict)
			assert.Equal(t, d.now.UTC(), kept.ReceivedAt)
			assert.NotContains(t, string(kept.Sealed), "R-7")
			raw, err := d.store.Vault.Unseal(kept.Sealed, app.NoticeSeal("atm", "msg_1"))
			require.NoError(t, err)
			assert.Equal(t, noticeBody, string(raw), "as it came, byte for byte")
		})
	}
}

func TestANoticeThatComesAgainIsKeptOnceAndStillHeard(t *testing.T) {
	d := newDoorstep(t)
	for range 3 {
		require.Equal(t, http.StatusNoContent, d.post(t, "msg_1", noticeBody, secretNow, time.Now()))
		d.now = d.now.Add(time.Minute)
	}
	assert.Equal(t, []remittance.Ref{cashRef, cashRef, cashRef}, d.told)
	kept, err := d.store.Record.Notice(t.Context(), "atm", "msg_1")
	require.NoError(t, err)
	assert.Equal(t, aTuesday.UTC(), kept.ReceivedAt)
}

func TestAForgedNoticeIsRefusedAndTakesNobodysPlace(t *testing.T) {
	stranger := "whsec_" + "c3RyYW5nZXItc2VjcmV0LW9mLW5vYm9keS1oZXJl"
	for name, forge := range map[string]func(*doorstep) int{
		"another secret": func(d *doorstep) int { return d.post(t, "msg_1", noticeBody, stranger, time.Now()) },
		"no signature":   func(d *doorstep) int { return d.post(t, "msg_1", noticeBody, "", time.Now()) },
		"overheard": func(d *doorstep) int {
			return d.post(t, "msg_1", noticeBody, secretNow, time.Now().Add(-6*time.Minute))
		},
		"ahead of time": func(d *doorstep) int { return d.post(t, "msg_1", noticeBody, secretNow, time.Now().Add(6*time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoorstep(t)
			assert.Equal(t, http.StatusUnauthorized, forge(d))
			assert.Empty(t, d.told)
			kept, err := d.store.Record.Notice(t.Context(), "atm", "forged 2026-11-24 1")
			require.NoError(t, err)
			assert.Equal(t, record.VerdictBad, kept.Verdict)
			require.Equal(t, http.StatusNoContent, d.post(t, "msg_1", noticeBody, secretNow, time.Now()))
			kept, err = d.store.Record.Notice(t.Context(), "atm", "msg_1")
			require.NoError(t, err)
			assert.Equal(t, record.VerdictGood, kept.Verdict)
		})
	}
}

func TestAFloodOfForgedNoticesFillsNothing(t *testing.T) {
	d := newDoorstep(t)
	kept := 0
	keep := d.Keep
	d.Keep = func(ctx context.Context, n record.Notice) (bool, error) {
		kept++
		return keep(ctx, n)
	}
	flood := func() {
		for i := range 100 {
			require.Equal(t, http.StatusUnauthorized, d.post(t, fmt.Sprint("msg_", i), noticeBody, "", time.Now()))
		}
	}
	flood()
	assert.Equal(t, 20, kept)
	assert.Equal(t, 20, strings.Count(d.log.String(), "bad signature"), "the log is not filled either")
	d.now = d.now.Add(24 * time.Hour)
	flood()
	assert.Equal(t, 40, kept)
	require.Equal(t, http.StatusNoContent, d.post(t, "msg_1", noticeBody, secretNow, time.Now()), "true ones pass all the time")
}

func TestNoticesThatLeadNowhereAreTakenAllTheSame(t *testing.T) {
	for name, body := range map[string]string{
		"not ours":     `{"type":"withdrawn","issue_id":"somebody-else"}`,
		"not JSON":     `withdrawn`,
		"with a slash": `{"type":"withdrawn","issue_id":"demo/R-7.cash.1"}`,
		"without id":   `{"type":"withdrawn"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDoorstep(t)
			assert.Equal(t, http.StatusNoContent, d.post(t, "msg_1", body, secretNow, time.Now()), "sending it again would not help")
			assert.Empty(t, d.told)
			_, err := d.store.Record.Notice(t.Context(), "atm", "msg_1")
			assert.NoError(t, err)
		})
	}
	t.Run("Temporal is down", func(t *testing.T) {
		d := newDoorstep(t)
		d.down = errors.New("no connection")
		assert.Equal(t, http.StatusNoContent, d.post(t, "msg_1", noticeBody, secretNow, time.Now()))
		assert.Contains(t, d.log.String(), "workflow not told")
	})
}

func TestANoticeThatCannotBeKeptIsSentAgain(t *testing.T) {
	d := newDoorstep(t)
	d.Keep = func(context.Context, record.Notice) (bool, error) { return false, errors.New("disk full") }
	assert.Equal(t, http.StatusServiceUnavailable, d.post(t, "msg_1", noticeBody, secretNow, time.Now()))
	assert.Empty(t, d.told)
	assert.Equal(t, http.StatusRequestEntityTooLarge, d.post(t, "msg_2", strings.Repeat(" ", 17<<10), secretNow, time.Now()))
}

// The network's own notices reach a gateway as it runs, and a remittance that is
// long gone is no trouble.
func TestTheGatewayHearsTheNetwork(t *testing.T) {
	s := newSystem(t)
	gateway := openPort(t)
	var log lockedBuffer
	stop := start(t, app.RunGateway, s.cfg, app.WithListener(gateway), app.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	post := func(secret string) int {
		t.Helper()
		hook, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		now := time.Now()
		signature, err := hook.Sign("msg_gone", now, []byte(noticeBody))
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+gateway.Addr().String()+app.ATMNoticePath, strings.NewReader(noticeBody))
		require.NoError(t, err)
		req.Header.Set(standardwebhooks.HeaderWebhookID, "msg_gone")
		req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
		req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	assert.Equal(t, http.StatusNoContent, post(config.SandboxATMNoticeSecret.Reveal()), "as the sandbox signs")
	assert.Equal(t, http.StatusUnauthorized, post(secretNow))
	require.NoError(t, stop(), "which waits for what it has in hand")
	assert.Contains(t, log.String(), "bad signature")
	assert.NotContains(t, log.String(), "workflow not told")
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}
