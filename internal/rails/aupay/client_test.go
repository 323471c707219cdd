package aupay_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/aupay"
	"soukin/internal/rails/bearer"
	"soukin/remittance"
)

const patience = time.Minute

var (
	key    = remittance.Key{Ref: remittance.Ref{Merchant: "shop", Remittance: "R-1"}, Step: "charge", Generation: 1}
	charge = aupay.Charge{Key: key, Member: "1000000000000001", Amount: 3000}
)

const (
	executed = `{"charge_id":"shop.R-1.charge.1","state":"executed","amount":3000,"transaction_no":"AP000000000001"}`
	refused  = `{"charge_id":"shop.R-1.charge.1","state":"refused","amount":3000,"reason":"WALLET_LIMIT"}`
)

// answering is a client of a wallet that gives one answer to everything.
func answering(t *testing.T, status int, body string) *aupay.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "7")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := aupay.New(bearer.Settings{BaseURL: server.URL + "/aupay/v1", Token: "secret", Timeout: patience}, nil)
	require.NoError(t, err)
	return client
}

func railError(t *testing.T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	assert.NotContains(t, rail.Error(), charge.Member)
	assert.NotContains(t, rail.Error(), "secret")
	return rail
}

func refusedFor(reason string) string { return strings.ReplaceAll(refused, "WALLET_LIMIT", reason) }

func TestSubmitReadsEveryAnswer(t *testing.T) {
	const unknown, rejected, misconfigured = remittance.OutcomeUnknown, remittance.OutcomeRejected, remittance.OutcomeMisconfigured
	for name, tc := range map[string]struct {
		status  int
		body    string
		outcome remittance.Outcome
		reason  remittance.Reason
		code    string
	}{
		"executed":                {200, executed, remittance.OutcomeAccepted, "", ""},
		"wallet limit":            {200, refused, rejected, remittance.WalletFull, "WALLET_LIMIT"},
		"unknown member":          {200, refusedFor("UNKNOWN_MEMBER"), rejected, remittance.UnknownMember, "UNKNOWN_MEMBER"},
		"not verified":            {200, refusedFor("NOT_VERIFIED"), rejected, remittance.MemberNotVerified, "NOT_VERIFIED"},
		"daily limit":             {200, refusedFor("MEMBER_DAILY_LIMIT"), rejected, remittance.RecipientLimit, "MEMBER_DAILY_LIMIT"},
		"amount":                  {200, refusedFor("AMOUNT"), rejected, remittance.OverRailLimit, "AMOUNT"},
		"a reason of tomorrow":    {200, refusedFor("MOON_PHASE"), rejected, remittance.RefusedByRail, "MOON_PHASE"},
		"a reason with a secret":  {200, refusedFor("member 1000000000000001"), rejected, remittance.RefusedByRail, ""},
		"another charge":          {200, strings.ReplaceAll(executed, "R-1", "R-2"), unknown, "", "answer does not fit: another charge_id"},
		"another amount":          {200, strings.ReplaceAll(executed, "3000", "3001"), unknown, "", "answer does not fit: another amount"},
		"another charge refused":  {200, strings.ReplaceAll(refused, "R-1", "R-2"), unknown, "", "answer does not fit: another charge_id"},
		"a state of tomorrow":     {200, strings.ReplaceAll(executed, "executed", "pending"), unknown, "", "answer does not fit: neither executed nor refused"},
		"executed without number": {200, strings.ReplaceAll(executed, "AP000000000001", ""), unknown, "", "answer does not fit: neither executed nor refused"},
		"refused without reason":  {200, refusedFor(""), unknown, "", "answer does not fit: neither executed nor refused"},
		"both":                    {200, strings.ReplaceAll(refused, `"reason"`, `"transaction_no":"AP000000000001","reason"`), unknown, "", "answer does not fit: neither executed nor refused"},
		"cut short":               {200, executed[:20], unknown, "", "answer does not fit: not readable"},
		"empty":                   {200, "", unknown, "", "answer does not fit: not readable"},
		"created":                 {201, executed, unknown, "", "HTTP 201"},
		"redirect":                {302, "", unknown, "", "HTTP 302"},
		"invalid member":          {400, `{"code":"INVALID","field":"member_number","recorded":false}`, rejected, remittance.UnknownMember, "HTTP 400 INVALID"},
		"invalid":                 {400, `{"code":"INVALID","field":"amount","recorded":false}`, rejected, remittance.RefusedByRail, "HTTP 400 INVALID"},
		"invalid, perhaps kept":   {400, `{"code":"INVALID","field":"amount"}`, unknown, "", "HTTP 400 INVALID"},
		"a proxy's 400":           {400, "<html>", unknown, "", "HTTP 400"},
		"token refused":           {401, `{"code":"UNAUTHORIZED","recorded":false}`, misconfigured, remittance.CredentialsRefused, "HTTP 401 UNAUTHORIZED"},
		"forbidden":               {403, "", misconfigured, remittance.CredentialsRefused, "HTTP 403"},
		"not found":               {404, `{"code":"NOT_FOUND","recorded":false}`, unknown, "", "HTTP 404 NOT_FOUND"},
		"conflict":                {409, `{"code":"CONFLICT","recorded":true}`, unknown, "", "HTTP 409 CONFLICT"},
		"too many":                {429, `{"code":"RATE_LIMITED","recorded":false}`, remittance.OutcomeRateLimited, "", "HTTP 429 RATE_LIMITED"},
		"server error":            {500, `{"code":"SERVER_ERROR"}`, unknown, "", "HTTP 500 SERVER_ERROR"},
		"maintenance":             {503, `{"code":"MAINTENANCE","recorded":false}`, rejected, remittance.RailMaintenance, "HTTP 503 MAINTENANCE"},
		"maintenance, vaguely":    {503, `{"code":"MAINTENANCE"}`, unknown, "", "HTTP 503 MAINTENANCE"},
		"maintenance, half done":  {503, `{"code":"MAINTENANCE","recorded":true}`, unknown, "", "HTTP 503 MAINTENANCE"},
		"maintenance elsewhere":   {503, "<h1>MAINTENANCE</h1>", unknown, "", "HTTP 503"},
		"another 503":             {503, `{"code":"BUSY","recorded":false}`, unknown, "", "HTTP 503 BUSY"},
		"maintenance as 500":      {500, `{"code":"MAINTENANCE","recorded":false}`, unknown, "", "HTTP 500 MAINTENANCE"},
		"gateway timeout":         {504, "", unknown, "", "HTTP 504"},
		"cut":                     {0, "", unknown, "", "connection lost after sending"},
	} {
		t.Run(name, func(t *testing.T) {
			no, err := answering(t, tc.status, tc.body).Submit(t.Context(), charge)
			if tc.outcome == remittance.OutcomeAccepted {
				require.NoError(t, err)
				assert.Equal(t, "AP000000000001", no)
				return
			}
			rail := railError(t, err)
			assert.Empty(t, no)
			assert.Equal(t, tc.outcome, rail.Outcome, rail.Error())
			assert.Equal(t, tc.reason, rail.Reason)
			assert.Equal(t, tc.code, rail.Code)
			if tc.status == 429 {
				assert.Equal(t, 7*time.Second, rail.RetryAfter)
			}
		})
	}
}

func TestFindReadsEveryAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		body    string
		want    aupay.State
		outcome remittance.Outcome // of the error, if want is empty
	}{
		"executed":             {200, executed, aupay.State{Stage: aupay.Executed, TransactionNo: "AP000000000001"}, 0},
		"refused":              {200, refused, aupay.State{Stage: aupay.Refused, Reason: remittance.WalletFull, Code: "WALLET_LIMIT"}, 0},
		"never received":       {404, `{"code":"NOT_FOUND","recorded":false}`, aupay.State{Stage: aupay.NeverReceived}, 0},
		"a proxy's 404":        {404, "not found", aupay.State{}, remittance.OutcomeUnknown},
		"another API's 404":    {404, `{"code":"NO_ROUTE"}`, aupay.State{}, remittance.OutcomeUnknown},
		"gone":                 {410, `{"code":"NOT_FOUND"}`, aupay.State{}, remittance.OutcomeUnknown},
		"another charge":       {200, strings.ReplaceAll(executed, "R-1", "R-2"), aupay.State{}, remittance.OutcomeUnknown},
		"another amount":       {200, strings.ReplaceAll(refused, "3000", "1"), aupay.State{}, remittance.OutcomeUnknown},
		"token refused":        {401, "", aupay.State{}, remittance.OutcomeMisconfigured},
		"too many":             {429, "", aupay.State{}, remittance.OutcomeRateLimited},
		"maintenance":          {503, `{"code":"MAINTENANCE","recorded":false}`, aupay.State{}, remittance.OutcomeUnknown},
		"invalid":              {400, `{"code":"INVALID","recorded":false}`, aupay.State{}, remittance.OutcomeUnknown},
		"server error":         {500, "", aupay.State{}, remittance.OutcomeUnknown},
		"cut":                  {0, "", aupay.State{}, remittance.OutcomeUnknown},
		"executed and refused": {200, strings.ReplaceAll(executed, `"amount"`, `"reason":"AMOUNT","amount"`), aupay.State{}, remittance.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answering(t, tc.status, tc.body).Find(t.Context(), key, charge.Amount)
			assert.Equal(t, tc.want, got)
			if tc.want.Stage == "" {
				assert.Equal(t, tc.outcome, railError(t, err).Outcome)
			} else {
				require.NoError(t, err)
			}
		})
	}
}

func TestWhatIsSent(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Authorization")+" "+string(body))
		_, _ = io.WriteString(w, executed)
	}))
	t.Cleanup(server.Close)
	var calls []string
	client, err := aupay.New(bearer.Settings{BaseURL: server.URL + "/aupay/v1/", Token: "secret", Timeout: patience, OnCall: func(op string, o remittance.Outcome, _ time.Duration) {
		calls = append(calls, op+" "+o.String())
	}}, nil)
	require.NoError(t, err)
	_, err = client.Submit(t.Context(), charge)
	require.NoError(t, err)
	_, err = client.Find(t.Context(), key, 1)
	require.Error(t, err)
	assert.Equal(t, []string{
		`POST /aupay/v1/charges Bearer secret {"charge_id":"shop.R-1.charge.1","member_number":"1000000000000001","amount":3000}`,
		`GET /aupay/v1/charges/shop.R-1.charge.1 Bearer secret `,
	}, got)
	assert.Equal(t, []string{"charge accepted", "charge-state unknown"}, calls)
}

func TestReferenceIsTheChargeID(t *testing.T) {
	assert.Equal(t, "shop.R-1.charge.1", aupay.Reference(key))
}
