package prepaid_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/prepaid"
	"soukin/remittance"
)

const patience = time.Minute

var (
	key    = remittance.Key{Ref: remittance.Ref{Merchant: "shop", Remittance: "R-1"}, Step: "refund", Generation: 1}
	refund = prepaid.Refund{Key: key, Issuer: "webmoney", Purchase: "WM-20261101-3000-1", Amount: 3000}
)

const (
	refunded = `{"refund_id":"shop.R-1.refund.1","issuer":"webmoney","purchase_id":"WM-20261101-3000-1","state":"refunded","amount":3000,"refund_no":"WM-R000000001"}`
	refused  = `{"refund_id":"shop.R-1.refund.1","issuer":"webmoney","purchase_id":"WM-20261101-3000-1","state":"refused","amount":3000,"reason":"WINDOW_PASSED"}`
)

// answering is a client of an issuer that gives one answer to everything.
func answering(t *testing.T, status int, body string) *prepaid.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := prepaid.New(bearer.Settings{BaseURL: server.URL + "/prepaid/v1", Token: "secret", Timeout: patience}, nil)
	require.NoError(t, err)
	return client
}

func railError(t *testing.T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	assert.NotContains(t, rail.Error(), refund.Purchase)
	assert.NotContains(t, rail.Error(), "secret")
	return rail
}

func refusedFor(reason string) string { return strings.ReplaceAll(refused, "WINDOW_PASSED", reason) }

func TestSubmitReadsEveryAnswer(t *testing.T) {
	const unknown, rejected, misconfigured = remittance.OutcomeUnknown, remittance.OutcomeRejected, remittance.OutcomeMisconfigured
	for name, tc := range map[string]struct {
		status  int
		body    string
		outcome remittance.Outcome
		reason  remittance.Reason
		code    string
	}{
		"refunded":                {200, refunded, remittance.OutcomeAccepted, "", ""},
		"window passed":           {200, refused, rejected, remittance.RefundWindowPassed, "WINDOW_PASSED"},
		"purchase unknown":        {200, refusedFor("PURCHASE_UNKNOWN"), rejected, remittance.PurchaseUnknown, "PURCHASE_UNKNOWN"},
		"over purchase":           {200, refusedFor("OVER_PURCHASE"), rejected, remittance.OverPurchase, "OVER_PURCHASE"},
		"no partial":              {200, refusedFor("NO_PARTIAL"), rejected, remittance.NoPartialRefund, "NO_PARTIAL"},
		"not captured":            {200, refusedFor("NOT_CAPTURED"), rejected, remittance.RefusedByRail, "NOT_CAPTURED"},
		"a reason of tomorrow":    {200, refusedFor("MOON_PHASE"), rejected, remittance.RefusedByRail, "MOON_PHASE"},
		"a reason with a secret":  {200, refusedFor("purchase WM-20261101-3000-1"), rejected, remittance.RefusedByRail, ""},
		"another refund":          {200, strings.ReplaceAll(refunded, "R-1.", "R-2."), unknown, "", "answer does not fit: another refund_id"},
		"another amount":          {200, strings.ReplaceAll(refunded, `"amount":3000`, `"amount":1`), unknown, "", "answer does not fit: another amount"},
		"a state of tomorrow":     {200, strings.ReplaceAll(refunded, "refunded", "pending"), unknown, "", "answer does not fit: neither refunded nor refused"},
		"refunded without number": {200, strings.ReplaceAll(refunded, "WM-R000000001", ""), unknown, "", "answer does not fit: neither refunded nor refused"},
		"refused without reason":  {200, refusedFor(""), unknown, "", "answer does not fit: neither refunded nor refused"},
		"both":                    {200, strings.ReplaceAll(refused, `"reason"`, `"refund_no":"WM-R000000001","reason"`), unknown, "", "answer does not fit: neither refunded nor refused"},
		"cut short":               {200, refunded[:20], unknown, "", "answer does not fit: not readable"},
		"created":                 {201, refunded, unknown, "", "HTTP 201"},
		"invalid purchase":        {400, `{"code":"INVALID","field":"purchase_id","recorded":false}`, rejected, remittance.PurchaseUnknown, "HTTP 400 INVALID"},
		"invalid issuer":          {400, `{"code":"INVALID","field":"issuer","recorded":false}`, rejected, remittance.PurchaseUnknown, "HTTP 400 INVALID"},
		"invalid":                 {400, `{"code":"INVALID","field":"amount","recorded":false}`, rejected, remittance.RefusedByRail, "HTTP 400 INVALID"},
		"invalid, perhaps kept":   {400, `{"code":"INVALID","field":"amount"}`, unknown, "", "HTTP 400 INVALID"},
		"a proxy's 400":           {400, "<html>", unknown, "", "HTTP 400"},
		"token refused":           {401, "", misconfigured, remittance.CredentialsRefused, "HTTP 401"},
		"forbidden":               {403, "", misconfigured, remittance.CredentialsRefused, "HTTP 403"},
		"not found":               {404, `{"code":"NOT_FOUND","recorded":false}`, unknown, "", "HTTP 404 NOT_FOUND"},
		"conflict":                {409, `{"code":"CONFLICT","recorded":true}`, unknown, "", "HTTP 409 CONFLICT"},
		"too many":                {429, "", remittance.OutcomeRateLimited, "", "HTTP 429"},
		"server error":            {500, `{"code":"SERVER_ERROR"}`, unknown, "", "HTTP 500 SERVER_ERROR"},
		"maintenance":             {503, `{"code":"MAINTENANCE","recorded":false}`, unknown, remittance.RailMaintenance, "HTTP 503 MAINTENANCE"},
		"gateway timeout":         {504, "", unknown, "", "HTTP 504"},
		"cut":                     {0, "", unknown, "", "connection lost after sending"},
	} {
		t.Run(name, func(t *testing.T) {
			no, err := answering(t, tc.status, tc.body).Submit(t.Context(), refund)
			if tc.outcome == remittance.OutcomeAccepted {
				require.NoError(t, err)
				assert.Equal(t, "WM-R000000001", no)
				return
			}
			rail := railError(t, err)
			assert.Empty(t, no)
			assert.Equal(t, tc.outcome, rail.Outcome, rail.Error())
			assert.Equal(t, tc.reason, rail.Reason)
			assert.Equal(t, tc.code, rail.Code)
		})
	}
}

func TestFindReadsEveryAnswer(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		body    string
		want    prepaid.State
		outcome remittance.Outcome // of the error, if want is empty
	}{
		"refunded":       {200, refunded, prepaid.State{Stage: prepaid.Refunded, RefundNo: "WM-R000000001"}, 0},
		"refused":        {200, refused, prepaid.State{Stage: prepaid.Refused, Reason: remittance.RefundWindowPassed, Code: "WINDOW_PASSED"}, 0},
		"never received": {404, `{"code":"NOT_FOUND","recorded":false}`, prepaid.State{Stage: prepaid.NeverReceived}, 0},
		"a proxy's 404":  {404, "not found", prepaid.State{}, remittance.OutcomeUnknown},
		"another refund": {200, strings.ReplaceAll(refunded, "R-1.", "R-2."), prepaid.State{}, remittance.OutcomeUnknown},
		"another amount": {200, strings.ReplaceAll(refused, `"amount":3000`, `"amount":1`), prepaid.State{}, remittance.OutcomeUnknown},
		"token refused":  {401, "", prepaid.State{}, remittance.OutcomeMisconfigured},
		"too many":       {429, "", prepaid.State{}, remittance.OutcomeRateLimited},
		"maintenance":    {503, `{"code":"MAINTENANCE","recorded":false}`, prepaid.State{}, remittance.OutcomeUnknown},
		"server error":   {500, "", prepaid.State{}, remittance.OutcomeUnknown},
		"cut":            {0, "", prepaid.State{}, remittance.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answering(t, tc.status, tc.body).Find(t.Context(), key, refund.Amount)
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
		_, _ = io.WriteString(w, refunded)
	}))
	t.Cleanup(server.Close)
	client, err := prepaid.New(bearer.Settings{BaseURL: server.URL + "/prepaid/v1", Token: "secret", Timeout: patience}, nil)
	require.NoError(t, err)
	_, err = client.Submit(t.Context(), refund)
	require.NoError(t, err)
	_, err = client.Find(t.Context(), key, refund.Amount)
	require.NoError(t, err)
	assert.Equal(t, []string{
		`POST /prepaid/v1/refunds Bearer secret {"refund_id":"shop.R-1.refund.1","issuer":"webmoney","purchase_id":"WM-20261101-3000-1","amount":3000}`,
		`GET /prepaid/v1/refunds/shop.R-1.refund.1 Bearer secret `,
	}, got)
}

func TestReferenceIsTheRefundID(t *testing.T) {
	assert.Equal(t, "shop.R-1.refund.1", prepaid.Reference(key))
}
