package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
)

func refusal(t *testing.T, err error) *control.Error {
	t.Helper()
	var e *control.Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestTheClockOnlyGoesForward(t *testing.T) {
	w := start(t)
	h, err := w.control.Health(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "ok", h.Status)
	assert.True(t, tuesday.Equal(h.Now))

	k, err := w.control.Advance(t.Context(), 36*time.Hour)
	require.NoError(t, err)
	assert.True(t, tuesday.Add(36*time.Hour).Equal(k.Now))
	assert.Equal(t, "36h0m0s", k.Moved)
	for _, d := range []time.Duration{0, -time.Hour} {
		_, err := w.control.Advance(t.Context(), d)
		assert.Equal(t, 400, refusal(t, err).Status)
	}
}

func TestDepositsAreChecked(t *testing.T) {
	w := start(t)
	for says, d := range map[string]control.Deposit{
		"amount":    {Amount: 0},
		"applicant": {Amount: 1, Applicant: strings.Repeat("ｱ", 49)},
		"edi_info":  {Amount: 1, EDIInfo: strings.Repeat("A", 21)},
	} {
		_, err := w.control.Deposit(t.Context(), d)
		e := refusal(t, err)
		assert.Equal(t, 400, e.Status)
		assert.Contains(t, e.Message, says)
	}
	_, err := w.control.Deposit(t.Context(), control.Deposit{AccountID: "999999999999", Amount: 1})
	assert.Equal(t, 404, refusal(t, err).Status)
}

func TestTheBooksArePagedAndFoundByKey(t *testing.T) {
	w := start(t)
	for range 205 {
		w.request(order(transfer(1, "1234567")))
	}
	no := w.request(order(transfer(1, "1234567")), key("k"))
	all := w.all("")
	assert.Len(t, all, 206)
	found := w.all("k")
	require.Len(t, found, 1)
	assert.Equal(t, no, found[0].ApplyNo)
	for range w.control.Transfers(t.Context(), "") {
		break // the iterator may be left early
	}
	_, err := w.control.Transfer(t.Context(), "2026112499999999")
	assert.Equal(t, 404, refusal(t, err).Status)
	assert.ErrorContains(t, w.decide("2026112499999999", control.Approve), "404")
	assert.ErrorContains(t, w.decide(no, "maybe"), "approve, withdraw or send-back")
}

func TestUnknownFieldsOfTheControlAPIAreRefused(t *testing.T) {
	w := start(t)
	res, err := http.Post(w.url+"/sandbox/clock", "application/json", strings.NewReader(`{"advnace":"1h"}`))
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, 400, res.StatusCode)
	res, err = http.Post(w.url+"/sandbox/clock", "application/json", strings.NewReader(`{"advance":"soon"}`))
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, 400, res.StatusCode)
}

func TestTheControlAPIIsForThisMachineOnly(t *testing.T) {
	server, err := sandbox.New(t.Context(), sandbox.Options{DBPath: filepath.Join(t.TempDir(), "s.db"), Settings: sandbox.DefaultSettings()})
	require.NoError(t, err)
	defer server.Close()
	for name, tt := range map[string]struct {
		remote, host, origin string
		want                 int
	}{
		"this machine":        {"127.0.0.1:5000", "127.0.0.1:8092", "", 200},
		"IPv6":                {"[::1]:5000", "[::1]:8092", "", 200},
		"by name":             {"127.0.0.1:5000", "localhost:8092", "", 200},
		"the network":         {"192.0.2.7:5000", "127.0.0.1:8092", "", 403},
		"a rebound name":      {"127.0.0.1:5000", "evil.example:8092", "", 403},
		"a page in a browser": {"127.0.0.1:5000", "127.0.0.1:8092", "https://evil.example", 403},
	} {
		r := httptest.NewRequest(http.MethodPost, "/sandbox/clock", strings.NewReader(`{"advance":"1s"}`))
		r.RemoteAddr, r.Host = tt.remote, tt.host
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		assert.Equal(t, tt.want, w.Code, "%s: %s", name, w.Body)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*sandbox.Options)
		is     error
		says   string
	}{
		"no file":            {func(o *sandbox.Options) { o.DBPath = "" }, sandbox.ErrOptions, "DBPath"},
		"no settings":        {func(o *sandbox.Options) { o.Settings = sandbox.Settings{} }, sandbox.ErrOptions, "DefaultSettings"},
		"account id":         {func(o *sandbox.Options) { o.Settings.Accounts[0].ID = "1" }, sandbox.ErrOptions, "Accounts[0]"},
		"account type":       {func(o *sandbox.Options) { o.Settings.Accounts[0].TypeCode = "51" }, sandbox.ErrOptions, "TypeCode"},
		"account number":     {func(o *sandbox.Options) { o.Settings.Accounts[0].Number = "1" }, sandbox.ErrOptions, "Number"},
		"account name":       {func(o *sandbox.Options) { o.Settings.Accounts[0].Name = "" }, sandbox.ErrOptions, "Name"},
		"account limit":      {func(o *sandbox.Options) { o.Settings.Accounts[0].DailyLimit = 0 }, sandbox.ErrOptions, "DailyLimit"},
		"no primary":         {func(o *sandbox.Options) { o.Settings.Accounts[0].Primary = false }, sandbox.ErrOptions, "primary"},
		"own bank":           {func(o *sandbox.Options) { o.Settings.Bank.OwnBankCode = "31" }, books.ErrRules, "OwnBankCode"},
		"approval":           {func(o *sandbox.Options) { o.Settings.Bank.Approval = "maybe" }, books.ErrRules, "Approval"},
		"fee":                {func(o *sandbox.Options) { o.Settings.Bank.FeeOtherBank = -1 }, books.ErrRules, "fees"},
		"booking":            {func(o *sandbox.Options) { o.Settings.Bank.BookingRunsAt = 24 * time.Hour }, books.ErrRules, "BookingRunsAt"},
		"delay":              {func(o *sandbox.Options) { o.Settings.Bank.BounceDelay = -1 }, books.ErrRules, "BounceDelay"},
		"retention":          {func(o *sandbox.Options) { o.Settings.Bank.KeyRetention = 0 }, books.ErrRules, "KeyRetention"},
		"hidden":             {func(o *sandbox.Options) { o.Settings.Door.HiddenDelay = 0 }, ganb.ErrSettings, "HiddenDelay"},
		"conflict status":    {func(o *sandbox.Options) { o.Settings.Door.KeyConflictStatus = 200 }, ganb.ErrSettings, "KeyConflictStatus"},
		"client":             {func(o *sandbox.Options) { o.Settings.Door.OAuth.ClientSecret = "" }, ganb.ErrSettings, "ClientSecret"},
		"client auth":        {func(o *sandbox.Options) { o.Settings.Door.OAuth.ClientAuth = "mtls" }, ganb.ErrSettings, "ClientAuth"},
		"token lifetime":     {func(o *sandbox.Options) { o.Settings.Door.OAuth.AccessTokenTTL = 0 }, ganb.ErrSettings, "AccessTokenTTL"},
		"initial fault plan": {func(o *sandbox.Options) { o.Settings.Faults.Rates = map[faults.Kind]float64{"x": 1} }, faults.ErrPlan, "unknown fault"},
	} {
		options := sandbox.Options{DBPath: filepath.Join(t.TempDir(), "s.db"), Settings: sandbox.DefaultSettings()}
		tt.change(&options)
		_, err := sandbox.New(context.Background(), options)
		require.ErrorIs(t, err, tt.is, name)
		assert.ErrorContains(t, err, tt.says, name)
	}
}

func TestLogsAndControlAnswersNameNobody(t *testing.T) {
	const payee, number = "ﾅｲｼﾖ ﾀﾛｳ", "7654321"
	w, stop := launch(t, filepath.Join(t.TempDir(), "s.db"))
	w.login()
	line := transfer(1000, number).and("beneficiaryName", payee)
	no := w.request(order(line), key("k"))
	w.post("/transfer/request", order(line.and("beneficiaryBankCode", "x")))
	w.post("/transfer/request", order(line.and("beneficiaryName", "内緒 太郎")))
	w.detail(no)
	w.plan(only(faults.AnswerLost))
	_, cut := w.submit(order(line))
	require.True(t, cut)
	res, err := http.Get(w.url + "/sandbox/transfers")
	require.NoError(t, err)
	shown := new(strings.Builder)
	require.NoError(t, res.Write(shown))
	stop()

	logged := w.log.String()
	require.Contains(t, logged, "/transfer/request", "there is a log")
	for _, secret := range []string{payee, number, "内緒", ourAccount, w.access} {
		assert.NotContains(t, logged, secret)
	}
	for _, secret := range []string{payee, number} {
		assert.NotContains(t, shown.String(), secret)
	}
}
