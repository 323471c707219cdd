package bank_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

const (
	unknown       = remittance.OutcomeUnknown
	rejected      = remittance.OutcomeRejected
	notSent       = remittance.OutcomeNotSent
	rateLimited   = remittance.OutcomeRateLimited
	misconfigured = remittance.OutcomeMisconfigured
)

const (
	plainError = `{"errorCode":"ERROR12345","errorMessage":"エラー"}`
	badField   = `{"errorCode":"E1","errorMessage":"x","errorDetails":[],"transferErrorDetails":[{"itemId":"1","errorDetails":[{"errorDetailsCode":"0023456","errorDetailsMessage":"金融機関情報エラー"}]}]}`
	badHead    = `{"errorCode":"E1","errorMessage":"x","errorDetails":[{"errorDetailsCode":"0023456","errorDetailsMessage":"日付"}]}`
	htmlError  = `<html><body>Bad gateway</body></html>`
)

func code(c string) string { return fmt.Sprintf(`{"errorCode":%q,"errorMessage":"x"}`, c) }

func message(m string) string { return fmt.Sprintf(`{"errorCode":"E2","errorMessage":%q}`, m) }

func detailMessage(m string) string {
	return fmt.Sprintf(`{"errorCode":"E2","errorMessage":"x","errorDetails":[{"errorDetailsCode":"1","errorDetailsMessage":%q}]}`, m)
}

func TestSubmitRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		body    string
		outcome remittance.Outcome
		reason  remittance.Reason
		code    string
	}{
		"400 line error":             {400, badField, rejected, remittance.BadDetails, "HTTP 400 E1/0023456"},
		"400 head error":             {400, badHead, rejected, remittance.RefusedByRail, "HTTP 400 E1/0023456"},
		"400 our account is short":   {400, detailMessage("支払可能残高が不足しています"), misconfigured, remittance.RefusedByRail, "HTTP 400 E2/1"},
		"400 our limit, no field":    {400, message("1日の振込限度額を超えています"), misconfigured, remittance.RefusedByRail, "HTTP 400 E2"},
		"400 name not kana":          {400, `{"errorCode":"E1","transferErrorDetails":[{"errorDetails":[{"errorDetailsCode":220001}]}]}`, rejected, remittance.BadDetails, "HTTP 400 E1/220001"},
		"400 without a field":        {400, plainError, unknown, "", "HTTP 400 ERROR12345"},
		"400 empty":                  {400, ``, unknown, "", "HTTP 400"},
		"400 not the bank's":         {400, htmlError, unknown, "", "HTTP 400"},
		"400 duplicate":              {400, message("同一の依頼が重複しています"), unknown, "", "HTTP 400 E2"},
		"400 already received":       {400, detailMessage("この依頼は既に受付済です"), unknown, "", "HTTP 400 E2/1"},
		"400 duplicate, English":     {400, detailMessage("Request ALREADY exists"), unknown, "", "HTTP 400 E2/1"},
		"401":                        {401, plainError, misconfigured, remittance.CredentialsRefused, "HTTP 401 ERROR12345"},
		"401 empty":                  {401, ``, misconfigured, remittance.CredentialsRefused, "HTTP 401"},
		"402":                        {402, plainError, unknown, "", "HTTP 402 ERROR12345"},
		"403":                        {403, plainError, misconfigured, remittance.CredentialsRefused, "HTTP 403 ERROR12345"},
		"404":                        {404, plainError, unknown, "", "HTTP 404 ERROR12345"},
		"405":                        {405, plainError, misconfigured, "", "HTTP 405 ERROR12345"},
		"406":                        {406, plainError, unknown, "", "HTTP 406 ERROR12345"},
		"408":                        {408, plainError, unknown, "", "HTTP 408 ERROR12345"},
		"409":                        {409, badField, unknown, "", "HTTP 409 E1/0023456"},
		"411":                        {411, plainError, misconfigured, "", "HTTP 411 ERROR12345"},
		"412":                        {412, plainError, unknown, "", "HTTP 412 ERROR12345"},
		"415":                        {415, plainError, misconfigured, "", "HTTP 415 ERROR12345"},
		"418":                        {418, badField, unknown, "", "HTTP 418 E1/0023456"},
		"422":                        {422, badField, unknown, "", "HTTP 422 E1/0023456"},
		"429":                        {429, ``, rateLimited, "", "HTTP 429"},
		"429 with the code":          {429, code("WG_ERR_154"), rateLimited, "", "HTTP 429 WG_ERR_154"},
		"the code without 429":       {403, code("WG_ERR_154"), rateLimited, "", "HTTP 403 WG_ERR_154"},
		"the code behind an error":   {500, code("WG_ERR_154"), unknown, "", "HTTP 500 WG_ERR_154"},
		"500":                        {500, plainError, unknown, "", "HTTP 500 ERROR12345"},
		"500 that names a field":     {500, badField, unknown, "", "HTTP 500 E1/0023456"},
		"502 from a proxy":           {502, htmlError, unknown, "", "HTTP 502"},
		"503":                        {503, plainError, unknown, "", "HTTP 503 ERROR12345"},
		"503 maintenance":            {503, code("WG_ERR_300"), unknown, remittance.RailMaintenance, "HTTP 503 WG_ERR_300"},
		"504":                        {504, plainError, unknown, "", "HTTP 504 ERROR12345"},
		"599":                        {599, plainError, unknown, "", "HTTP 599 ERROR12345"},
		"302":                        {302, badField, unknown, "", "HTTP 302 E1/0023456"},
		"codes that are not codes":   {500, `{"errorCode":"ﾔﾏﾀﾞ ﾀﾛｳ","errorDetails":[{"errorDetailsCode":"0123456-7890"}]}`, unknown, "", "HTTP 500"},
		"details of the wrong shape": {400, `{"errorCode":"E1","errorDetails":"0023456"}`, unknown, "", "HTTP 400"},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(tc.status, tc.body))
			_, err := client(t, settings(b.URL)).Submit(t.Context(), ordered())
			rail := railError(t, err)
			assert.Equal(t, []any{tc.outcome, tc.reason, tc.code}, []any{rail.Outcome, rail.Reason, rail.Code})
			assert.Len(t, b.calls(), 1, "a refusal is never sent again")
		})
	}
}

// Every HTTP status there can be, for each kind of call: only submit and fee
// may say that nothing was executed.
func TestNoStatusMakesAnEnquirySpeakOfTheInstruction(t *testing.T) {
	status := 0
	body := ""
	b := &fakeBank{answer: func(int, exchange) (int, string) { return status, body }}
	c, err := bank.New(settings("http://127.0.0.1:1"), bank.StaticToken("t"), inProcess(b))
	require.NoError(t, err)
	for status = 300; status < 600; status++ {
		for _, body = range []string{"", badField, code("220001"), code("WG_ERR_300")} {
			for name, enquire := range enquiries(t, c) {
				rail := railError(t, enquire())
				assert.Contains(t, []remittance.Outcome{unknown, rateLimited, misconfigured}, rail.Outcome, "%s: HTTP %d %s", name, status, body)
			}
			_, err := c.Submit(t.Context(), ordered())
			rail := railError(t, err)
			if status >= 500 || status < 400 {
				assert.Equal(t, unknown, rail.Outcome, "HTTP %d %s", status, body)
			}
			assert.NotEqual(t, notSent, rail.Outcome)
		}
	}
}

// enquiries are the calls that move nothing, as functions of their error.
func enquiries(t *testing.T, c *bank.Client) map[string]func() error {
	ctx := t.Context()
	return map[string]func() error{
		"result":    func() error { _, err := c.Result(ctx, applyNo); return err },
		"status":    func() error { _, err := c.Status(ctx, applyNo, ordered()); return err },
		"find":      func() error { _, err := c.Find(ctx, ordered(), now, now); return err },
		"sweep":     func() error { _, err := c.Sweep(ctx, now, now); return err },
		"accounts":  func() error { _, err := c.Accounts(ctx); return err },
		"balance":   func() error { _, err := c.Balance(ctx); return err },
		"statement": func() error { _, err := c.Statement(ctx, now, now); return err },
		"deposits":  func() error { _, err := c.Deposits(ctx, now, now); return err },
	}
}

// The enquiry that could not be sent says nothing about the transfer it asked
// for; the instruction that could not be sent says all.
func TestNotSentIsSaidOfInstructionsOnly(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	c := client(t, settings(s.URL))
	for name, enquire := range enquiries(t, c) {
		rail := railError(t, enquire())
		assert.Equal(t, unknown, rail.Outcome, name)
		assert.Equal(t, "connection refused", rail.Code, name)
	}
	_, err := c.Cancel(t.Context(), applyNo)
	assert.Equal(t, unknown, railError(t, err).Outcome)
	_, err = c.Submit(t.Context(), ordered())
	assert.Equal(t, notSent, railError(t, err).Outcome)
	_, err = c.Fee(t.Context(), ordered())
	assert.Equal(t, notSent, railError(t, err).Outcome)
}

func TestFeeRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		status  int
		body    string
		outcome remittance.Outcome
		reason  remittance.Reason
	}{
		"field":       {400, badField, rejected, remittance.BadDetails},
		"no field":    {400, plainError, rejected, remittance.RefusedByRail},
		"not json":    {400, htmlError, unknown, ""},
		"wrong path":  {404, plainError, misconfigured, ""},
		"maintenance": {503, code("WG_ERR_300"), unknown, remittance.RailMaintenance},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client(t, settings(serve(t, always(tc.status, tc.body)).URL)).Fee(t.Context(), ordered())
			rail := railError(t, err)
			assert.Equal(t, []any{tc.outcome, tc.reason}, []any{rail.Outcome, rail.Reason})
		})
	}
}

func TestTheOperatorsListOfCodesComesFirst(t *testing.T) {
	b := serve(t, func(n int, _ exchange) (int, string) {
		return 503, []string{code("WG_ERR_300"), code("FUNDS"), code("FUNDS")}[n]
	})
	s := settings(b.URL)
	s.ErrorCodes = map[string]bank.CodeMeaning{
		"WG_ERR_300": {Outcome: rateLimited, Reason: remittance.RailMaintenance},
		"FUNDS":      {Outcome: rejected, Reason: remittance.RefusedByRail},
	}
	c := client(t, s)
	_, err := c.Submit(t.Context(), ordered())
	assert.Equal(t, rateLimited, railError(t, err).Outcome)
	_, err = c.Submit(t.Context(), ordered())
	assert.Equal(t, rejected, railError(t, err).Outcome)
	_, err = c.Balance(t.Context())
	assert.Equal(t, misconfigured, railError(t, err).Outcome, "an enquiry never says rejected")
}

func TestRetryAfterIsPassedOn(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
		io.WriteString(w, code("WG_ERR_154"))
	}))
	t.Cleanup(s.Close)
	_, err := client(t, settings(s.URL)).Submit(t.Context(), ordered())
	assert.Equal(t, 7*time.Second, railError(t, err).RetryAfter)
}

func TestEveryCallIsCounted(t *testing.T) {
	type call struct {
		operation string
		outcome   remittance.Outcome
	}
	var got []call
	b := serve(t, func(n int, _ exchange) (int, string) {
		if n == 0 {
			return 201, taken
		}
		return 500, ""
	})
	s := settings(b.URL)
	s.OnCall = func(operation string, outcome remittance.Outcome, took time.Duration) {
		assert.Zero(t, took, "the injected clock stands still")
		got = append(got, call{operation, outcome})
	}
	c := client(t, s)
	_, err := c.Submit(t.Context(), ordered())
	require.NoError(t, err)
	_, err = c.Balance(t.Context())
	require.Error(t, err)
	assert.Equal(t, []call{{"submit", remittance.OutcomeAccepted}, {"balance", unknown}}, got)
}

func TestCancel(t *testing.T) {
	answer := func(result string) string {
		return `{"accountId":"101011234567","cancelTargetKeyClass":"2","applyNo":"` + applyNo + `","resultCode":"` + result + `"}`
	}
	for name, tc := range map[string]struct {
		status int
		body   string
		want   bank.Cancellation
		failed bool
	}{
		"done":               {201, answer("1"), bank.Cancellation{Progress: bank.RequestComplete, Code: "1"}, false},
		"waits for approval": {201, answer("2"), bank.Cancellation{Progress: bank.RequestWaiting, Code: "2"}, false},
		"a new code":         {201, answer("5"), bank.Cancellation{Code: "5"}, false},
		"too late":           {400, plainError, bank.Cancellation{Refused: true, Code: "HTTP 400 ERROR12345"}, false},
		"asked twice":        {400, message("既に取消依頼済です"), bank.Cancellation{Refused: true, Code: "HTTP 400 E2"}, false},
		"another's number":   {201, taken[:len(taken)-1] + `,"applyNo":"2018072902345679"}`, bank.Cancellation{}, true},
		"lost":               {500, plainError, bank.Cancellation{}, true},
		"conflict":           {409, plainError, bank.Cancellation{}, true},
		"not found":          {404, plainError, bank.Cancellation{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(tc.status, tc.body))
			got, err := client(t, settings(b.URL)).Cancel(t.Context(), applyNo)
			assert.Equal(t, tc.want, got)
			assert.JSONEq(t, `{"accountId":"101011234567","cancelTargetKeyClass":"2","applyNo":"2018072902345678"}`, b.calls()[0].Body)
			if tc.failed {
				assert.Equal(t, unknown, railError(t, err).Outcome)
			} else {
				assert.NoError(t, err)
			}
		})
	}
}

func TestCancelUnderBusinessIDNamesWhatIsPending(t *testing.T) {
	for status, class := range map[string]string{"2": "1", "11": "2"} {
		e := executed()
		e.Status = status
		b := serve(t, func(n int, r exchange) (int, string) {
			if r.Method == http.MethodGet {
				return 200, page("", e)
			}
			return 201, taken
		})
		s := settings(b.URL)
		s.BusinessID = true
		_, err := client(t, s).Cancel(t.Context(), applyNo)
		require.NoError(t, err)
		calls := b.calls()
		require.Len(t, calls, 2)
		assert.Contains(t, calls[1].Body, `"cancelTargetKeyClass":"`+class+`"`)
	}
}
