package atm_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
)

// told is one notice as the gateway would see it.
type told struct {
	ID      string `json:"-"`
	Type    string
	IssueID string    `json:"issue_id"`
	Receipt string    `json:"receipt_no"`
	At      time.Time `json:"at"`
}

// listener stands where the gateway does. It refuses as many notices as it is
// told to before it takes one.
type listener struct {
	url string

	mu     sync.Mutex
	refuse int
	calls  int
	heard  []told
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{}
	hook, err := standardwebhooks.NewWebhook(atm.PublishedNoticeSecret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.NoError(t, hook.Verify(raw, r.Header), "signed, and at the real time")
		var n told
		assert.NoError(t, json.Unmarshal(raw, &n))
		n.ID = r.Header.Get(standardwebhooks.HeaderWebhookID)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.calls++
		if l.calls <= l.refuse {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		l.heard = append(l.heard, n)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

func (l *listener) notices() []told {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]told{}, l.heard...)
}

// await waits for a number of notices.
func (l *listener) await(t *testing.T, n int) []told {
	t.Helper()
	require.Eventually(t, func() bool { return len(l.notices()) >= n }, 20*time.Second, 10*time.Millisecond)
	return l.notices()
}

func (l *listener) hears(s *atm.Settings) { s.NoticeURL = l.url }

func TestWhatHappensIsTold(t *testing.T) {
	l := newListener(t)
	w := newWorld(t, l.hears)
	w.issue("m.locked.cash.1", 4_000)
	assert.Equal(t, "locked", l.await(t, 1)[0].Type)
	a := w.issue("m.paid.cash.1", 5_000)
	require.Equal(t, control.ATMPaid, w.withdraw(a.entry()))
	paid := l.await(t, 2)[1]
	assert.NotEmpty(t, paid.ID)
	paid.ID = ""
	assert.Equal(t, told{Type: "withdrawn", IssueID: "m.paid.cash.1", Receipt: a.Receipt, At: start}, paid)
	w.issue("m.over.cash.1", 8_000)
	w.cancel("m.locked.cash.1")
	w.pass(8 * 24 * time.Hour)
	over := l.await(t, 3)[2] // nobody asked: the network notices by itself
	assert.Equal(t, "expired", over.Type)
	assert.Equal(t, start.Add(7*24*time.Hour), over.At)
}

func TestANoticeIsSentUntilItIsTaken(t *testing.T) {
	l := newListener(t)
	l.refuse = 4
	w := newWorld(t, l.hears)
	w.withdraw(w.issue("m.r.cash.1", 5_000).entry())
	l.await(t, 1)
	assert.Equal(t, 5, l.calls)
}

func TestAfterSoManyTriesANoticeIsGivenUp(t *testing.T) {
	l := newListener(t)
	l.refuse = 3
	w := newWorld(t, func(s *atm.Settings) {
		l.hears(s)
		s.NoticeTries = 3
	})
	w.withdraw(w.issue("m.a.cash.1", 5_000).entry())
	require.Eventually(t, func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.calls == 3
	}, 20*time.Second, 10*time.Millisecond)
	w.withdraw(w.issue("m.b.cash.1", 5_000).entry())
	assert.Equal(t, "m.b.cash.1", l.await(t, 1)[0].IssueID, "the next one has tries of its own")
}

func TestANoticeSurvivesARestart(t *testing.T) {
	l := newListener(t)
	path := filepath.Join(t.TempDir(), "sandbox.db")
	w, stop := openWorld(t, path, func(s *atm.Settings) {
		s.NoticeURL = "http://127.0.0.1:1/nobody"
		s.NoticePause = time.Hour
	})
	w.withdraw(w.issue("m.r.cash.1", 5_000).entry())
	stop()
	_, stop = openWorld(t, path, l.hears)
	defer stop()
	assert.Equal(t, "withdrawn", l.await(t, 1)[0].Type)
}

func TestThePlanDoublesLosesAndDelaysNotices(t *testing.T) {
	l := newListener(t)
	w := newWorld(t, l.hears)
	withdraw := func(id string) { w.withdraw(w.issue(id, 5_000).entry()) }
	under := func(id string, plan faults.Plan) {
		a := w.issue(id, 5_000)
		require.NoError(t, w.faults.Set(t.Context(), plan))
		w.withdraw(a.entry())
	}
	fired := func(kind faults.Kind) {
		t.Helper()
		require.Eventually(t, func() bool {
			counts, err := w.faults.Counts(t.Context())
			return err == nil && counts[kind] == 1
		}, 20*time.Second, 10*time.Millisecond)
	}
	under("m.twice.cash.1", faults.Plan{Rates: map[faults.Kind]float64{faults.AnswerLost: 1}})
	heard := l.await(t, 2)
	assert.Equal(t, heard[0], heard[1], "under the same id")
	fired(faults.AnswerLost)
	require.NoError(t, w.faults.Set(t.Context(), faults.Plan{}))

	under("m.never.cash.1", faults.Plan{Rates: map[faults.Kind]float64{faults.RefusedBefore: 1}})
	fired(faults.RefusedBefore)
	require.NoError(t, w.faults.Set(t.Context(), faults.Plan{}))
	withdraw("m.then.cash.1")
	assert.Equal(t, "m.then.cash.1", l.await(t, 3)[2].IssueID)

	under("m.late.cash.1", faults.Plan{Rates: map[faults.Kind]float64{faults.Latency: 1}, MaxLatencyMillis: 5})
	fired(faults.Latency)
	assert.Equal(t, "m.late.cash.1", l.await(t, 4)[3].IssueID)
}
