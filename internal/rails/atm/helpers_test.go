package atm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/atm"
	"soukin/remittance"
)

var (
	key   = remittance.Key{Ref: remittance.Ref{Merchant: "demo", Remittance: "R-7"}, Step: "cash", Generation: 1}
	until = time.Date(2026, 12, 9, 1, 0, 0, 0, time.UTC)
	order = atm.Order{Key: key, Amount: 5_000, Until: until.Add(999 * time.Millisecond)}
)

const (
	common  = `"issue_id":"demo.R-7.cash.1","receipt_no":"700000000001","amount":5000,"payable_amount":5000,"reissues":0,"expires_at":"2026-12-09T01:00:00Z"`
	numbers = `"partner_code":"9101","customer_number":"123456789","confirmation_number":"654321"`
)

func inState(state, more string) string {
	body := `{` + common + `,"state":"` + state + `"`
	if more != "" {
		body += "," + more
	}
	return body + "}"
}

// network answers every call with one status and body, and remembers the call.
type network struct {
	status int
	body   string
	header http.Header

	method, path, auth, sent string
	client                   *atm.Client
	outcomes                 []remittance.Outcome
}

func answering(t *testing.T, status int, body string) *network {
	t.Helper()
	n := &network{status: status, body: body, header: http.Header{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		n.method, n.path, n.auth, n.sent = r.Method, r.URL.Path, r.Header.Get("Authorization"), string(raw)
		for name, values := range n.header {
			w.Header()[name] = values
		}
		w.WriteHeader(n.status)
		_, _ = io.WriteString(w, n.body)
	}))
	t.Cleanup(server.Close)
	var err error
	n.client, err = atm.New(atm.Settings{BaseURL: server.URL + "/atm-network/v1/", Token: "the-token", Timeout: time.Minute,
		OnCall: func(_ string, o remittance.Outcome, _ time.Duration) { n.outcomes = append(n.outcomes, o) }}, nil)
	require.NoError(t, err)
	return n
}

func railError(t *testing.T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	assert.NotContains(t, err.Error(), "654321")
	assert.NotContains(t, err.Error(), "123456789")
	return rail
}
