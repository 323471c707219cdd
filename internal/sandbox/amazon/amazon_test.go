package amazon_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/amazon"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

func TestARequestIDIsOneGift(t *testing.T) {
	w := newWorld(t)
	first := w.call("CreateGiftCard", w.create("SouknA1", 1000))
	require.Equal(t, 200, first.Status, first.Raw)
	assert.Equal(t, "SUCCESS", first.Body.Status)
	assert.Equal(t, "Fulfilled", first.Body.CardInfo.Status)
	assert.Regexp(t, `^[A-Z2-7]{4}-[A-Z2-7]{6}-[A-Z2-7]{4}$`, first.Body.Code)
	assert.Equal(t, "Mon Nov 24 14:59:59 UTC 2036", first.Body.Expires)
	w.pass(48 * time.Hour)
	again := w.call("CreateGiftCard", w.create("SouknA1", "1000.0"))
	assert.Equal(t, first.Raw, again.Raw, "the same each time, and the number in any form")
	other := w.call("CreateGiftCard", w.create("SouknA2", 1000))
	assert.NotEqual(t, first.Body.Code, other.Body.Code)
	assert.NotEqual(t, first.Body.Card, other.Body.Card)

	user := w.user("hanako@example.com")
	for _, used := range []struct {
		op   string
		body fields
		want string
	}{
		{"CreateGiftCard", w.create("SouknA1", 1001), "RequestedDenominationMismatch"},
		{"LoadAmazonBalance", w.load("SouknA1", user, 1000), "InvalidRequestIdInput"},
	} {
		r := w.call(used.op, used.body)
		assert.Equal(t, 400, r.Status)
		assert.Equal(t, used.want, r.Body.ErrorType)
	}
	require.Equal(t, 200, w.call("LoadAmazonBalance", w.load("SouknL1", user, 700)).Status)
	require.Equal(t, 200, w.call("LoadAmazonBalance", w.load("SouknL1", user, 700)).Status)
	assert.Equal(t, "InvalidRequestIdInput", w.call("LoadAmazonBalance", w.load("SouknL1", w.user("taro@example.com"), 700)).Body.ErrorType)
	assert.Equal(t, map[string]counterparty.Execution{
		"SouknA1": {Reference: "SouknA1", Amount: 1000, Executed: 1, State: "created"},
		"SouknA2": {Reference: "SouknA2", Amount: 1000, Executed: 1, State: "created"},
		"SouknL1": {Reference: "SouknL1", Amount: 700, Executed: 1, State: "loaded"},
	}, w.books())
	_, users := w.control(http.MethodGet, "/sandbox/amazon/users", nil)
	assert.Contains(t, users, `"user_id":"`+user+`","balance":700`)
	assert.NotContains(t, users, "hanako")
}

func TestMockIDs(t *testing.T) {
	w := newWorld(t)
	for id, want := range map[string]string{
		"F1000": "F100 GeneralError FAILURE 500", "F2003": "F200 InvalidAmountInput FAILURE 400", "F2004": "F200 InvalidAmountValue FAILURE 400",
		"F2005": "F200 InvalidCurrencyCodeInput FAILURE 400", "F2010": "F200 CardAlreadyActivatedWithDifferentRequestId FAILURE 400",
		"F2015": "F200 MaxAmountExceeded FAILURE 400", "F2016": "F200 CurrencyCodeMismatch FAILURE 400", "F2017": "F200 FractionalAmountNotAllowed FAILURE 400",
		"F2047": "F200 CancelRequestArrivedAfterTimeLimit FAILURE 400", "F3003": "F300 InsufficientFunds FAILURE 400", "F3005": "F300 GeneralError FAILURE 400",
		"F3010": "F300 CustomerSurpassedDailyVelocityLimit FAILURE 400", "F4000": "F400 SystemTemporarilyUnavailable RESEND 503", "F5000": "F500 GeneralError FAILURE 500",
	} {
		for _, id := range []string{id, w.set.PartnerID + id} {
			for op, body := range map[string]fields{"CreateGiftCard": w.create(id, 500), "LoadAmazonBalance": w.load(id, "amzn1.account.X", 500), "CancelGiftCard": w.cancel(id, "")} {
				r := w.call(op, body)
				assert.Equal(t, want, fmt.Sprint(r.Body.ErrorCode, " ", r.Body.ErrorType, " ", r.Body.Response.Status, " ", r.Status), "%s %s", op, id)
			}
		}
	}
	for _, id := range []string{"F0000", w.set.PartnerID + "F0000"} {
		created := w.call("CreateGiftCard", fields{"creationRequestId": id, "partnerId": w.set.PartnerID, "value": fields{"currencyCode": "EUR", "amount": 10.5}})
		assert.Equal(t, "SUCCESS", created.Body.Status, created.Raw)
		assert.Contains(t, created.Raw, `"amount":10.5,"currencyCode":"EUR"`)
		assert.Equal(t, "SUCCESS", w.call("CancelGiftCard", w.cancel(id, "AMAZONGCID")).Body.Status)
		assert.Equal(t, "SUCCESS", w.call("LoadAmazonBalance", w.load(id, "amzn1.account.X", 500)).Body.Status)
	}
	assert.Empty(t, w.books(), "mocks move no money")
}

func TestWhatIsWrongWithARequest(t *testing.T) {
	w := newWorld(t)
	user := w.user("hanako@example.com")
	with := func(name string, value any) fields {
		body := w.create("SouknX", 1000)
		body[name] = value
		return body
	}
	for name, tc := range map[string]struct {
		op   string
		body any
		want string
	}{
		"no json":           {"CreateGiftCard", "", "InvalidRequestInput"},
		"xml":               {"CreateGiftCard", "<CreateGiftCardRequest/>", "InvalidRequestInput"},
		"another partner":   {"CreateGiftCard", with("partnerId", "Other"), "InvalidPartnerIdInput"},
		"no id":             {"CreateGiftCard", with("creationRequestId", ""), "InvalidRequestIdInput"},
		"id with a hyphen":  {"CreateGiftCard", with("creationRequestId", "Soukn-1"), "InvalidRequestIdInput"},
		"id of another":     {"CreateGiftCard", with("creationRequestId", "soukn1"), "RequestIdMustStartWithPartnerName"},
		"partner id alone":  {"CreateGiftCard", with("creationRequestId", "Soukn"), "RequestIdMustStartWithPartnerName"},
		"long id":           {"CreateGiftCard", with("creationRequestId", "Soukn"+strings.Repeat("1", 36)), "RequestIdTooLong"},
		"no amount":         {"CreateGiftCard", with("value", fields{"currencyCode": "JPY"}), "InvalidAmountInput"},
		"nothing":           {"CreateGiftCard", w.create("SouknX", 0), "InvalidAmountValue"},
		"less than nothing": {"CreateGiftCard", w.create("SouknX", -1), "InvalidAmountValue"},
		"absurd":            {"CreateGiftCard", `{"creationRequestId":"SouknX","partnerId":"Soukn","value":{"currencyCode":"JPY","amount":1e999999999}}`, "InvalidAmountValue"},
		"a fraction":        {"CreateGiftCard", w.create("SouknX", 0.5), "FractionalAmountNotAllowed"},
		"too much":          {"CreateGiftCard", w.create("SouknX", 500_001), "MaxAmountExceeded"},
		"no currency":       {"CreateGiftCard", with("value", fields{"amount": 1000}), "InvalidCurrencyCodeInput"},
		"dollars":           {"CreateGiftCard", with("value", fields{"amount": 1000, "currencyCode": "USD"}), "CurrencyCodeMismatch"},
		"nobody's account":  {"LoadAmazonBalance", w.load("SouknX", "amzn1.account.NOBODY", 1000), "UnknownCustomer"},
		"unknown@":          {"LoadAmazonBalance", w.load("SouknX", w.user("Unknown@example.com"), 1000), "UnknownCustomer"},
		"limit@":            {"LoadAmazonBalance", w.load("SouknX", w.user("limit@example.com"), 1000), "CustomerSurpassedDailyVelocityLimit"},
		"load too much":     {"LoadAmazonBalance", w.load("SouknX", user, 500_001), "MaxAmountExceeded"},
		"cancel of nothing": {"CancelGiftCard", w.cancel("SouknX", ""), "OrderNotFound"},
		"funds of another":  {"GetAvailableFunds", fields{"partnerId": "Other"}, "InvalidPartnerIdInput"},
	} {
		r := w.call(tc.op, tc.body)
		assert.Equal(t, 400, r.Status, name)
		assert.Equal(t, tc.want, r.Body.ErrorType, "%s: %s", name, r.Raw)
		assert.Equal(t, "FAILURE", r.Body.Response.Status, name)
	}
	assert.Empty(t, w.books())
}

func TestFundsRunOutAndComeBack(t *testing.T) {
	w := newWorld(t, func(s *amazon.Settings) { s.Funds = 1500 })
	funds := func() string {
		return w.call("GetAvailableFunds", fields{"partnerId": w.set.PartnerID}).Body.Funds.Amount.String()
	}
	require.Equal(t, 200, w.call("CreateGiftCard", w.create("SouknA1", 1000)).Status)
	assert.Equal(t, "500", funds())
	assert.Equal(t, "InsufficientFunds", w.call("CreateGiftCard", w.create("SouknA2", 501)).Body.ErrorType)
	require.Equal(t, 200, w.call("CreateGiftCard", w.create("SouknA1", 1000)).Status, "the gift that was given costs nothing more")
	require.Equal(t, 200, w.call("CancelGiftCard", w.cancel("SouknA1", "")).Status)
	assert.Equal(t, "1500", funds())
	require.Equal(t, 200, w.call("CreateGiftCard", w.create("SouknA2", 501)).Status, "a refusal does not use the id up")
}

func TestCancelling(t *testing.T) {
	w := newWorld(t)
	card := w.call("CreateGiftCard", w.create("SouknA1", 1000)).Body.Card
	assert.Equal(t, "InvalidGCIdInput", w.call("CancelGiftCard", w.cancel("SouknA1", "ANOTHER")).Body.ErrorType)
	w.pass(15 * time.Minute)
	for range 2 {
		require.Equal(t, "SUCCESS", w.call("CancelGiftCard", w.cancel("SouknA1", card)).Body.Status)
	}
	assert.Equal(t, "RefundedToPurchaser", w.call("CreateGiftCard", w.create("SouknA1", 1000)).Body.CardInfo.Status)
	status, raw := w.control(http.MethodPost, "/sandbox/amazon/gifts/SouknA1/claim", nil)
	assert.Equal(t, http.StatusConflict, status, raw)

	w.call("CreateGiftCard", w.create("SouknA2", 1000))
	w.pass(15*time.Minute + time.Second)
	assert.Equal(t, "CancelRequestArrivedAfterTimeLimit", w.call("CancelGiftCard", w.cancel("SouknA2", "")).Body.ErrorType)
	w.call("CreateGiftCard", w.create("SouknA3", 1000))
	status, raw = w.control(http.MethodPost, "/sandbox/amazon/gifts/SouknA3/claim", nil)
	require.Equal(t, http.StatusOK, status, raw)
	assert.Equal(t, "GcNotReadyForRefund", w.call("CancelGiftCard", w.cancel("SouknA3", "")).Body.ErrorType)
	w.call("LoadAmazonBalance", w.load("SouknL1", w.user("hanako@example.com"), 1000))
	assert.Equal(t, "OperationNotPermitted", w.call("CancelGiftCard", w.cancel("SouknL1", "")).Body.ErrorType)
	status, _ = w.control(http.MethodPost, "/sandbox/amazon/gifts/SouknL1/claim", nil)
	assert.Equal(t, http.StatusNotFound, status)
	books := w.books()
	assert.True(t, books["SouknA1"].Undone)
	for _, id := range []string{"SouknA2", "SouknA3", "SouknL1"} {
		assert.Equal(t, 1, books[id].Executed, id)
		assert.False(t, books[id].Undone, id)
	}
}

func TestMagicAmounts(t *testing.T) {
	w := newWorld(t)
	user := w.user("hanako@example.com")
	for _, m := range amazon.Magics() {
		for op, body := range map[string]fields{"CreateGiftCard": w.create("SouknC"+m.Name, int(m.Amount)), "LoadAmazonBalance": w.load("SouknL"+m.Name, user, int(m.Amount))} {
			id := map[string]string{"CreateGiftCard": "SouknC", "LoadAmazonBalance": "SouknL"}[op] + m.Name
			_, err := w.send(w.signed(op, body, time.Now()))
			lost := err != nil
			assert.Equal(t, m.Name == "answer_lost", lost, "%s %s: %v", op, m.Name, err)
			executed := strings.Contains(m.Name, "executed") || m.Name == "answer_lost"
			assert.Equal(t, executed, w.books()[id].Executed == 1, "%s %s", op, m.Name)
			forever := m.Name == "max_amount" || m.Name == "daily_limit"
			if m.Name == "funds_short" {
				assert.Equal(t, "InsufficientFunds", w.call(op, body).Body.ErrorType)
			}
			assert.Equal(t, forever, w.call(op, body).Body.Status != "SUCCESS", "%s %s", op, m.Name)
			assert.Equal(t, !forever, w.books()[id].Executed == 1, "%s %s", op, m.Name)
		}
		counts, err := w.faults.Counts(t.Context())
		require.NoError(t, err)
		assert.Positive(t, counts[faults.Magic("amazon_"+m.Name)], m.Name)
	}
}

func TestThrottle(t *testing.T) {
	// The limit is one of real time, so it is so low that no test is that slow.
	w := newWorld(t, func(s *amazon.Settings) { s.Rate, s.FundsRate = 3, 1 })
	var statuses []int
	for range 50 {
		statuses = append(statuses, w.call("CreateGiftCard", w.create("SouknA1", 1000)).Status)
	}
	assert.Contains(t, statuses, http.StatusTooManyRequests)
	assert.Equal(t, []int{200, 200, 200}, statuses[:3])
	var doors []string
	for range 20 {
		doors = append(doors, w.call("GetAvailableFunds", fields{"partnerId": w.set.PartnerID}).Body.Door)
	}
	assert.Contains(t, doors, "ThrottlingException")
	assert.Empty(t, doors[0], "counted apart from the others")
}

func TestTheFaultPlanStrikes(t *testing.T) {
	w := newWorld(t)
	body := w.create("SouknA1", 1000)
	for kind, want := range map[faults.Kind]string{faults.RateLimited: "ThrottlingException", faults.Maintenance: "SystemTemporarilyUnavailable", faults.ServerError: "GeneralError"} {
		require.NoError(t, w.faults.Set(t.Context(), faults.Plan{Seed: 1, Rates: map[faults.Kind]float64{kind: 1}}))
		r := w.call("CreateGiftCard", body)
		assert.Equal(t, want, r.Body.Door+r.Body.ErrorType)
		assert.Empty(t, w.books())
	}
	require.NoError(t, w.faults.Set(t.Context(), faults.Plan{Seed: 1, Rates: map[faults.Kind]float64{faults.AnswerLost: 1}}))
	_, err := w.send(w.signed("CreateGiftCard", body, time.Now()))
	require.Error(t, err)
	assert.Equal(t, 1, w.books()["SouknA1"].Executed)
}

func TestNoTableHoldsACode(t *testing.T) {
	w := newWorld(t)
	code := w.call("CreateGiftCard", w.create("SouknA1", 1000)).Body.Code
	require.Equal(t, amazon.ClaimCode(w.set.Secret, "SouknA1"), code)
	files, err := os.ReadDir(w.dir)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	found := false
	for _, f := range files {
		content, err := os.ReadFile(w.dir + "/" + f.Name())
		require.NoError(t, err)
		found = found || strings.Contains(string(content), "SouknA1")
		assert.NotContains(t, string(content), code, f.Name())
		assert.NotContains(t, string(content), strings.ReplaceAll(code, "-", ""), f.Name())
	}
	assert.True(t, found, "the books are among these files")
}

func TestSettingsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*amazon.Settings){
		"PartnerID": func(s *amazon.Settings) { s.PartnerID = "Long-1" }, "Secret": func(s *amazon.Settings) { s.Secret = "" },
		"MaxAmount": func(s *amazon.Settings) { s.MaxAmount = 0 }, "Rate": func(s *amazon.Settings) { s.Rate = -1 },
		"Login": func(s *amazon.Settings) { s.Login.ClientSecret = "" },
	} {
		s := amazon.DefaultSettings()
		change(&s)
		_, err := amazon.New(t.Context(), counterparty.Env{}, s)
		require.ErrorIs(t, err, amazon.ErrSettings, name)
		assert.ErrorContains(t, err, name)
	}
}

var update = flag.Bool("update", false, "write the table of docs/sandbox.md anew")

func TestDocumentationHasTheMagicValuesAndSettings(t *testing.T) {
	const manual = "../../../docs/sandbox.md"
	text, err := os.ReadFile(manual)
	require.NoError(t, err)
	section := regexp.MustCompile(`(?s)(<!-- amazon: begin[^\n]*-->\n).*?(<!-- amazon: end -->)`)
	require.Regexp(t, section, string(text))
	want := section.ReplaceAllString(string(text), "${1}"+amazon.MagicTable()+"${2}")
	if *update {
		require.NoError(t, os.WriteFile(manual, []byte(want), 0o644))
		text = []byte(want)
	}
	assert.Equal(t, want, string(text), "run go test ./internal/sandbox/amazon -run Documentation -update")
	for prefix, of := range map[string]any{"Amazon.": amazon.Settings{}, "Amazon.Login.": amazon.Login{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(of)) {
			assert.Contains(t, string(text), "`"+prefix+f.Name+"`")
		}
	}
}
