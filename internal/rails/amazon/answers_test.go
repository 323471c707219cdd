package amazon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/amazon"
	"soukin/remittance"
)

const (
	patience = time.Minute
	code     = "AQ1X-2Y34Z5-AAAA"
	user     = "amzn1.account.K2LI23KL2LK2"
)

var key = remittance.Key{Ref: remittance.Ref{Merchant: "shop", Remittance: "R-1"}, Step: "gift", Generation: 1}

func settings(endpoint string) amazon.Settings {
	return amazon.Settings{Endpoint: endpoint, Region: "us-west-2", PartnerID: "Soukn", KeyID: "AKIATEST", Secret: "the-secret", AccountType: "1", Timeout: patience}
}

func newClient(t *testing.T, s amazon.Settings) *amazon.Client {
	t.Helper()
	c, err := amazon.New(s, nil)
	require.NoError(t, err)
	return c
}

// answering is a client in front of a server that always says the same.
func answering(t *testing.T, status int, body string, change ...func(*amazon.Settings)) *amazon.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	s := settings(server.URL)
	for _, c := range change {
		c(&s)
	}
	return newClient(t, s)
}

func failure(code, kind, status string) string {
	return fmt.Sprintf(`{"agcodResponse":{"__type":"CreateGiftCardResponse:http://internal.amazon.com/coral/com.amazonaws.agcod/","cardInfo":null,"status":%q},"errorCode":%q,"errorType":%q,"message":"they told %s"}`,
		status, code, kind, user)
}

func railError(t *testing.T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	return rail
}

// calls are the operations that can be refused.
var calls = map[string]func(*testing.T, *amazon.Client) error{
	"load": func(t *testing.T, c *amazon.Client) error {
		return c.LoadBalance(t.Context(), amazon.Load{Key: key, Amount: 1000, UserID: user})
	},
	"create": func(t *testing.T, c *amazon.Client) error {
		_, err := c.Create(t.Context(), key, 1000)
		return err
	},
	"cancel": func(t *testing.T, c *amazon.Client) error { return c.Cancel(t.Context(), key, "A1") },
	"funds": func(t *testing.T, c *amazon.Client) error {
		_, err := c.Funds(t.Context())
		return err
	},
}

func TestWhatAnAnswerMeans(t *testing.T) {
	const (
		unknown       = remittance.OutcomeUnknown
		rejected      = remittance.OutcomeRejected
		rateLimited   = remittance.OutcomeRateLimited
		misconfigured = remittance.OutcomeMisconfigured
	)
	both := []string{"load", "create"}
	all := []string{"load", "create", "cancel", "funds"}
	for _, tc := range []struct {
		name    string
		calls   []string
		status  int
		body    string
		outcome remittance.Outcome
		reason  remittance.Reason
	}{
		{"amount over the limit", both, 400, failure("F200", "MaxAmountExceeded", "FAILURE"), rejected, remittance.OverRailLimit},
		{"amount of nothing", both, 400, failure("F200", "InvalidAmountValue", "FAILURE"), rejected, remittance.RefusedByRail},
		{"amount with a fraction", both, 400, failure("F200", "FractionalAmountNotAllowed", "FAILURE"), rejected, remittance.RefusedByRail},
		{"account id unknown", both, 400, failure("F200", "InvalidAccountIdInput", "FAILURE"), rejected, remittance.LoginRefused},
		{"account blocked", both, 400, failure("F300", "CustomerAccountBlocked", "FAILURE"), rejected, remittance.LoginRefused},
		{"recipient had enough for a day", both, 400, failure("F300", "CustomerSurpassedDailyVelocityLimit", "FAILURE"), rejected, remittance.RecipientLimit},
		{"lower case", both, 400, failure("f300", "customersurpasseddailyvelocitylimit", "failure"), rejected, remittance.RecipientLimit},
		{"one level only", both, 400, `{"status":"FAILURE","errorCode":"F200","errorType":"MaxAmountExceeded"}`, rejected, remittance.OverRailLimit},
		{"with HTTP 200", both, 200, failure("F200", "MaxAmountExceeded", "FAILURE"), rejected, remittance.OverRailLimit},

		{"our funds are short", both, 400, failure("F300", "InsufficientFunds", "FAILURE"), misconfigured, remittance.RefusedByRail},
		{"no contract", all, 400, failure("F300", "ActiveContractNotFound", "FAILURE"), misconfigured, remittance.RefusedByRail},
		{"our account has problems", all, 400, failure("F300", "AccountHasProblems", "FAILURE"), misconfigured, remittance.RefusedByRail},
		{"the same, as it was seen", all, 400, failure("F300", "GeneralError", "FAILURE"), misconfigured, remittance.RefusedByRail},
		{"partner id", all, 400, failure("F200", "InvalidPartnerIdInput", "FAILURE"), misconfigured, remittance.RefusedByRail},
		{"currency", both, 400, failure("F200", "CurrencyCodeMismatch", "FAILURE"), misconfigured, remittance.RefusedByRail},
		{"signature by its sentence", all, 400, `{"errorCode":"F200","errorType":"","message":"The request signature we calculated does not match"}`, misconfigured, remittance.CredentialsRefused},
		{"signature by name", all, 400, `{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"no"}`, misconfigured, remittance.CredentialsRefused},
		{"forbidden", all, 403, `<html>`, misconfigured, remittance.CredentialsRefused},
		{"unauthorized", all, 401, ``, misconfigured, remittance.CredentialsRefused},

		{"throttled", all, 400, `{"errorCode":"Throttled","message":"Rate exceeded"}`, rateLimited, ""},
		{"throttled by the door", all, 400, `{"__type":"ThrottlingException","message":"Rate exceeded"}`, rateLimited, ""},
		{"too many requests", all, 429, ``, rateLimited, ""},

		{"resend", all, 503, failure("F400", "SystemTemporarilyUnavailable", "RESEND"), unknown, ""},
		{"resend with HTTP 200", all, 200, `{"status":"RESEND"}`, unknown, ""},
		{"F400 with HTTP 400", all, 400, failure("F400", "SystemTemporarilyUnavailable", "RESEND"), unknown, ""},
		{"internal", all, 500, failure("F100", "GeneralError", "FAILURE"), unknown, ""},
		{"internal with HTTP 400", all, 400, failure("F100", "GcLocked", "FAILURE"), unknown, ""},
		{"unknown to them", all, 400, failure("F500", "GeneralError", "FAILURE"), unknown, ""},
		{"a refusal with HTTP 500", both, 500, failure("F200", "MaxAmountExceeded", "FAILURE"), unknown, ""},
		{"a type with the code of another", both, 400, failure("F300", "MaxAmountExceeded", "FAILURE"), unknown, ""},
		{"the id was used with another amount", both, 400, failure("F200", "RequestedDenominationMismatch", "FAILURE"), unknown, ""},
		{"activated under another id", both, 400, failure("F200", "CardAlreadyActivatedWithDifferentRequestId", "FAILURE"), unknown, ""},
		{"a type that no document names", all, 400, failure("F200", "Whatever", "FAILURE"), unknown, ""},
		{"no such gift, for a gift", both, 400, failure("F600", "OrderNotFound", "FAILURE"), unknown, ""},
		{"too late, for a gift", both, 400, failure("F200", "CancelRequestArrivedAfterTimeLimit", "FAILURE"), unknown, ""},
		{"not json", all, 200, `<html>`, unknown, ""},
		{"no json refusal", all, 400, `Bad Request`, unknown, ""},
		{"empty", all, 200, ``, unknown, ""},
		{"empty object", all, 200, `{}`, unknown, ""},
		{"a redirect", all, 307, ``, unknown, ""},
		{"success and failure at once", all, 200, `{"status":"SUCCESS","agcodResponse":{"status":"FAILURE"}}`, unknown, ""},
		{"success with an error code", all, 200, `{"status":"SUCCESS","errorCode":"F500"}`, unknown, ""},
		{"success with HTTP 400", all, 400, `{"status":"SUCCESS"}`, unknown, ""},

		{"too late", []string{"cancel"}, 400, failure("F200", "CancelRequestArrivedAfterTimeLimit", "FAILURE"), rejected, ""},
		{"claimed", []string{"cancel"}, 400, failure("F200", "GcNotReadyForRefund", "FAILURE"), rejected, ""},
		{"not found", []string{"cancel"}, 400, failure("F600", "", "FAILURE"), rejected, ""},
		{"amount, for a cancellation", []string{"cancel", "funds"}, 400, failure("F200", "MaxAmountExceeded", "FAILURE"), unknown, ""},

		{"another request", []string{"load"}, 200, `{"status":"SUCCESS","loadBalanceRequestId":"SouknOTHER"}`, unknown, ""},
		{"another amount", []string{"load"}, 200, `{"status":"SUCCESS","amount":{"currencyCode":"JPY","value":1001}}`, unknown, ""},
		{"another currency", []string{"load"}, 200, `{"status":"SUCCESS","amount":{"currencyCode":"USD","value":1000}}`, unknown, ""},
		{"a fraction", []string{"load"}, 200, `{"status":"SUCCESS","amount":{"currencyCode":"JPY","value":1000.5}}`, unknown, ""},
		{"an absurd number", []string{"load"}, 200, `{"status":"SUCCESS","amount":{"currencyCode":"JPY","value":1e999999999}}`, unknown, ""},
		{"no card", []string{"create"}, 200, `{"status":"SUCCESS","gcId":"A1","cardInfo":{"cardStatus":"Fulfilled"}}`, unknown, ""},
		{"no status of the card", []string{"create"}, 200, `{"status":"SUCCESS","gcId":"A1","gcClaimCode":"` + code + `"}`, unknown, ""},
		{"a code that is no text", []string{"create"}, 200, `{"status":"SUCCESS","gcId":"A1","gcClaimCode":{"x":"` + code + `"},"cardInfo":{"cardStatus":"Fulfilled"}}`, unknown, ""},
		{"another card's amount", []string{"create"}, 200, card("Fulfilled", "1001"), unknown, ""},
		{"another card", []string{"cancel"}, 200, `{"status":"SUCCESS","gcId":"A2"}`, unknown, ""},
		{"no funds", []string{"funds"}, 200, `{"status":"SUCCESS"}`, unknown, ""},
		{"funds of another currency", []string{"funds"}, 200, `{"status":"SUCCESS","availableFunds":{"amount":0.0,"currencyCode":"USD"}}`, unknown, ""},
	} {
		for _, name := range tc.calls {
			t.Run(tc.name+", "+name, func(t *testing.T) {
				err := calls[name](t, answering(t, tc.status, tc.body))
				rail := railError(t, err)
				assert.Equal(t, tc.outcome, rail.Outcome, rail.Error())
				assert.Equal(t, tc.reason, rail.Reason, rail.Error())
				said := fmt.Sprintf("%+v %v", err, rail.Cause)
				for _, secret := range []string{code, user, "the-secret", "they told"} {
					assert.NotContains(t, said, secret)
				}
			})
		}
	}
}

func card(status, amount string) string {
	return fmt.Sprintf(`{"cardInfo":{"cardNumber":null,"cardStatus":%q,"expirationDate":null,"value":{"amount":%s,"currencyCode":"JPY"}},"creationRequestId":%q,"gcClaimCode":%q,"gcExpirationDate":"Thu Jun 10 14:59:59 UTC 2032","gcId":"A1","status":"SUCCESS"}`,
		status, amount, amazon.Reference("Soukn", key), code)
}

func TestCardsAsTheAPIWritesThem(t *testing.T) {
	for status, cancelled := range map[string]bool{"Fulfilled": false, "fulfilled": false, "Expired": false, "RefundedToPurchaser": true} {
		got, err := answering(t, 200, card(status, "1000.0")).Create(t.Context(), key, 1000)
		require.NoError(t, err, status)
		assert.Equal(t, cancelled, got.Cancelled, status)
		assert.Equal(t, "A1", got.ID)
		assert.Equal(t, code, got.Code.Reveal())
	}
	shown, err := answering(t, 200, card("Fulfilled", "1000.0")).Reveal(t.Context(), key, 1000)
	require.NoError(t, err)
	assert.Equal(t, code, shown.Reveal())
	_, err = answering(t, 200, card("RefundedToPurchaser", "1000.0")).Reveal(t.Context(), key, 1000)
	assert.Equal(t, remittance.OutcomeRejected, railError(t, err).Outcome)
}

func TestFunds(t *testing.T) {
	got, err := answering(t, 200, `{"availableFunds":{"amount":12000.0,"currencyCode":"JPY"},"status":"SUCCESS","timestamp":"20220610T085450Z"}`).Funds(t.Context())
	require.NoError(t, err)
	assert.Equal(t, amazon.Funds{Amount: 12000, At: time.Date(2022, 6, 10, 8, 54, 50, 0, time.UTC)}, got)
}

func TestOurOwnErrorTypesComeFirst(t *testing.T) {
	c := answering(t, 400, failure("F200", "AccountInTheWrongCountry", "FAILURE"), func(s *amazon.Settings) {
		s.ErrorTypes = map[string]amazon.Meaning{"AccountInTheWrongCountry": {Outcome: remittance.OutcomeRejected, Reason: remittance.LoginRefused}}
	})
	rail := railError(t, calls["load"](t, c))
	assert.Equal(t, remittance.OutcomeRejected, rail.Outcome)
	assert.Equal(t, remittance.LoginRefused, rail.Reason)
	assert.Equal(t, remittance.OutcomeMisconfigured, railError(t, calls["funds"](t, c)).Outcome, "a question rejects nothing")
}

func TestNobodyListensIsNotSent(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for name, make := range calls {
		assert.Equal(t, remittance.OutcomeNotSent, railError(t, make(t, newClient(t, settings(server.URL)))).Outcome, name)
	}
}

func TestCallsAreObserved(t *testing.T) {
	seen := map[string]remittance.Outcome{}
	c := answering(t, 400, failure("F300", "CustomerSurpassedDailyVelocityLimit", "FAILURE"), func(s *amazon.Settings) {
		s.OnCall = func(operation string, outcome remittance.Outcome, _ time.Duration) { seen[operation] = outcome }
	})
	for _, make := range calls {
		require.Error(t, make(t, c))
	}
	assert.Equal(t, map[string]remittance.Outcome{"load": remittance.OutcomeRejected, "create": remittance.OutcomeRejected,
		"cancel": remittance.OutcomeUnknown, "funds": remittance.OutcomeUnknown}, seen)
}

func TestClaimCodesShowThemselvesToNobody(t *testing.T) {
	got, err := answering(t, 200, card("Fulfilled", "1000")).Create(t.Context(), key, 1000)
	require.NoError(t, err)
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewJSONHandler(&log, nil)), slog.New(slog.NewTextHandler(&log, nil))} {
		logger.Info("card", "code", got.Code, "card", got, "pointer", &got)
	}
	asJSON, err := json.Marshal(map[string]any{"card": got, "code": got.Code})
	require.NoError(t, err)
	for _, text := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x %d", got.Code, got.Code, got.Code, got.Code, got.Code, got.Code, got.Code),
		fmt.Sprintf("%v %+v %#v", got, got, got), fmt.Sprintf("%v %+v %#v", &got, &got, &got), fmt.Sprint(got.Code), string(asJSON), log.String(),
		fmt.Sprintf("%v %+v %#v", settings("http://127.0.0.1"), settings("http://127.0.0.1"), settings("http://127.0.0.1")),
	} {
		for _, secret := range []string{code, fmt.Sprintf("%x", code), strings.ReplaceAll(code, "-", ""), "the-secret"} {
			assert.NotContains(t, text, secret)
		}
	}
	assert.Contains(t, string(asJSON), "(claim code)")
	assert.Empty(t, amazon.ClaimCode{}.Reveal())
}

func TestSettingsNameWhatIsWrong(t *testing.T) {
	for field, change := range map[string]func(*amazon.Settings){
		"Endpoint":  func(s *amazon.Settings) { s.Endpoint = "http://agcod-v2-fe.amazon.com" },
		"Endpoint:": func(s *amazon.Settings) { s.Endpoint = "https://agcod-v2-fe.amazon.com/CreateGiftCard" },
		"Region":    func(s *amazon.Settings) { s.Region = "" },
		"PartnerID": func(s *amazon.Settings) { s.PartnerID = "Souk_" },
		"KeyID":     func(s *amazon.Settings) { s.Secret = "" },
		"Account":   func(s *amazon.Settings) { s.AccountType = "" },
		"Timeout":   func(s *amazon.Settings) { s.Timeout = 0 },
		"ErrorTypes": func(s *amazon.Settings) {
			s.ErrorTypes = map[string]amazon.Meaning{"X": {Outcome: remittance.OutcomeAccepted}}
		},
	} {
		s := settings("https://agcod-v2-fe.amazon.com")
		require.NoError(t, s.Validate())
		change(&s)
		assert.ErrorContains(t, s.Validate(), "amazon setting "+strings.TrimSuffix(field, ":"))
	}
}
