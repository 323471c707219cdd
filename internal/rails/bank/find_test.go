package bank_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

func TestStatusAsksByNumber(t *testing.T) {
	b := serve(t, always(200, page("", executed())))
	s, err := client(t, settings(b.URL)).Status(t.Context(), applyNo, ordered())
	require.NoError(t, err)
	assert.Equal(t, bank.State{
		ApplyNo: applyNo, AcceptNo: "2026112001234567", Stage: bank.StageExecuted, Code: "20", Amount: 12345, Fee: 130,
		PayeeMatches: true, Reference: bank.Reference(key()), AppliedAt: time.Date(2026, 11, 20, 10, 0, 0, 0, jst),
	}, s)
	call := b.calls()[0]
	assert.Equal(t, "/corporation/v1/transfer/status", call.Path)
	assert.Equal(t, "accountId=101011234567&applyNo=2018072902345678&queryKeyClass=1", call.Query)
}

func TestStatusThatIsNotOurs(t *testing.T) {
	another := bank.Reference(remittance.Key{Ref: key().Ref, Step: "transfer", Generation: 2})
	for name, tc := range map[string]struct {
		body     func(e transfer) string
		operator bool // whether somebody must look at it
	}{
		"another amount":     {func(e transfer) string { e.Amount = "12346"; return page("", e) }, true},
		"amount in words":    {func(e transfer) string { e.Amount = "¥12,345"; return page("", e) }, false},
		"amount missing":     {func(e transfer) string { e.Amount = ""; return page("", e) }, false},
		"another reference":  {func(e transfer) string { e.EDI = another; return page("", e) }, true},
		"another comment":    {func(e transfer) string { e.EDI = ""; e.Comment = another; return page("", e) }, true},
		"another number":     {func(e transfer) string { e.ApplyNo = "2018072902345679"; return page("", e) }, false},
		"no number":          {func(e transfer) string { e.ApplyNo = ""; return page("", e) }, false},
		"two transfers":      {func(e transfer) string { return page("", e, e) }, false},
		"two lines":          {func(e transfer) string { return twoLines(page("", e)) }, true},
		"no line":            {func(e transfer) string { return strings.Replace(page("", e), "transferInfos", "x", 1) }, true},
		"no count":           {func(e transfer) string { return strings.Replace(page("", e), `"count"`, `"x"`, 1) }, false},
		"count without rows": {func(transfer) string { return pageOf("1", "") }, false},
		"empty object":       {func(transfer) string { return `{}` }, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(200, tc.body(executed())))
			s, err := client(t, settings(b.URL)).Status(t.Context(), applyNo, ordered())
			rail := railError(t, err)
			assert.Equal(t, unknown, rail.Outcome)
			assert.Equal(t, tc.operator, rail.Reason == remittance.WaitsForOperator, rail.Code)
			assert.Zero(t, s)
		})
	}
}

// twoLines doubles the only line of the only transfer.
func twoLines(page string) string {
	from := strings.Index(page, `[{"transferAmount"`) + 1
	to := from + strings.Index(page[from:], `}]`) + 1
	return page[:to] + "," + page[from:to] + page[to:]
}

func TestStatusComparesThePayee(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil   func(*transfer, *bank.Transfer)
		matches bool
	}{
		"same":           {func(*transfer, *bank.Transfer) {}, true},
		"zeros lost":     {func(e *transfer, _ *bank.Transfer) { e.Number = "123456" }, true},
		"another number": {func(e *transfer, _ *bank.Transfer) { e.Number = "0123457" }, false},
		"another bank":   {func(e *transfer, _ *bank.Transfer) { e.BankCode = "0005" }, false},
		"nothing known":  {func(_ *transfer, o *bank.Transfer) { o.Payee = bank.Payee{} }, false},
		"another name":   {func(_ *transfer, o *bank.Transfer) { o.Payee.Name = "ﾔﾏﾀﾞﾀﾛｳ" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			e, o := executed(), ordered()
			tc.spoil(&e, &o)
			b := serve(t, always(200, page("", e)))
			s, err := client(t, settings(b.URL)).Status(t.Context(), applyNo, o)
			require.NoError(t, err)
			assert.Equal(t, tc.matches, s.PayeeMatches)
		})
	}
}

func other(n string) transfer {
	return transfer{ApplyNo: "20260101000000" + n, Status: "20", EDI: "INVOICE " + n, Amount: "777", BankCode: "0009", Number: "7654321"}
}

// Three pages, with the transfer on the last: the flags are strings, the count
// is one for the page, and the same question is asked again with the next key.
func TestFindGoesThroughAllPages(t *testing.T) {
	e := executed()
	e.Status = "22"
	pages := []string{page("100", other("01"), other("02")), page("200", other("03")), page("", other("04"), e)}
	b := serve(t, func(n int, _ exchange) (int, string) { return 200, pages[n] })
	s, err := client(t, settings(b.URL)).Find(t.Context(), ordered(), now.Add(-time.Hour), now)
	require.NoError(t, err)
	assert.Equal(t, bank.StageReturned, s.Stage)
	assert.Equal(t, applyNo, s.ApplyNo)
	var queries []url.Values
	for _, call := range b.calls() {
		q, err := url.ParseQuery(call.Query)
		require.NoError(t, err)
		queries = append(queries, q)
	}
	first := url.Values{"accountId": {account}, "queryKeyClass": {"2"}, "requestTransferTerm": {"1"}, "dateFrom": {"2026-11-20"}}
	second, third := url.Values{"nextItemKey": {"100"}}, url.Values{"nextItemKey": {"200"}}
	for k, v := range first {
		second[k], third[k] = v, v
	}
	assert.Equal(t, []url.Values{first, second, third}, queries)
}

// From just after midnight in Japan, for clocks that differ; and until the
// bank's own today, whatever our clock says.
func TestFindSearchesTheDaysInJapan(t *testing.T) {
	midnight := time.Date(2026, 11, 20, 0, 30, 0, 0, jst)
	b := serve(t, always(200, page("")))
	_, err := client(t, settings(b.URL)).Find(t.Context(), ordered(), midnight.UTC(), midnight.UTC())
	require.NoError(t, err)
	q, err := url.ParseQuery(b.calls()[0].Query)
	require.NoError(t, err)
	assert.Equal(t, "2026-11-19", q.Get("dateFrom"))
	assert.False(t, q.Has("dateTo"))
}

func TestNotFoundIsProvenOnlyAfterTheVisibilityDelay(t *testing.T) {
	lastSent := now
	for name, tc := range map[string]struct {
		later    time.Duration
		approval bool
		found    *bank.State
	}{
		"at once":            {0, false, &bank.State{Amount: 12345, Code: "not shown yet"}},
		"just before":        {10*time.Minute - 1, false, &bank.State{Amount: 12345, Code: "not shown yet"}},
		"after the delay":    {10 * time.Minute, false, nil},
		"approval is needed": {1000 * time.Hour, true, &bank.State{Amount: 12345, Code: "not shown, may wait for approval"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(200, page("", other("01"))))
			s := settings(b.URL)
			s.Now = func() time.Time { return lastSent.Add(tc.later) }
			s.NeedsApproval = tc.approval
			got, err := client(t, s).Find(t.Context(), ordered(), lastSent.Add(-time.Hour), lastSent)
			require.NoError(t, err)
			assert.Equal(t, tc.found, got)
			if got != nil {
				assert.Equal(t, unknown, got.Stage.Outcome())
			}
		})
	}
}

// The clock is read before the bank is asked: what becomes visible during a
// long search must not be called absent because the search took long.
func TestVisibilityIsJudgedByWhenTheSearchBegan(t *testing.T) {
	clock := now
	b := serve(t, func(int, exchange) (int, string) { clock = clock.Add(time.Hour); return 200, page("") })
	s := settings(b.URL)
	s.Now = func() time.Time { return clock }
	got, err := client(t, s).Find(t.Context(), ordered(), now, now)
	require.NoError(t, err)
	assert.NotNil(t, got)
}

func TestFindNeverConcludesFromAnIncompleteAnswer(t *testing.T) {
	full := make([]transfer, 500)
	for i := range full {
		full[i] = other("01")
	}
	withoutPaging := strings.Replace(page("", full...), "transferQueryBulkResponses", "x", 1)
	for name, answers := range map[string][]string{
		"second page fails":       {page("100", other("01")), "500"},
		"next key missing":        {strings.Replace(page("100"), `,"nextItemKey":"100"`, "", 1)},
		"same key for ever":       {page("100"), page("100")},
		"keys in a ring":          {page("1"), page("2"), page("1")},
		"flag that is no flag":    {strings.Replace(page("100"), `"true"`, `"maybe"`, 1)},
		"full page, no paging":    {withoutPaging},
		"no count":                {strings.Replace(page(""), `"count"`, `"x"`, 1)},
		"count without rows":      {pageOf("3", "")},
		"empty object":            {`{}`},
		"the bank is days behind": {strings.Replace(page(""), "2026-11-20", "2026-11-18", 1)},
		"the bank has no day":     {strings.Replace(page(""), "2026-11-20", "", 1)},
		"null":                    {`null`},
		"empty":                   {``},
		"rows of the wrong shape": {`{"count":"1","transferDetails":{"transferStatus":"20"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, func(n int, _ exchange) (int, string) {
				if answers[n] == "500" {
					return 500, ""
				}
				return 200, answers[n]
			})
			s := settings(b.URL)
			s.VisibilityDelay = 0
			got, err := client(t, s).Find(t.Context(), ordered(), now, now)
			assert.Equal(t, unknown, railError(t, err).Outcome)
			assert.Nil(t, got)
			assert.Len(t, b.calls(), len(answers))
		})
	}
	t.Run("no first day", func(t *testing.T) {
		_, err := client(t, settings("http://127.0.0.1:1")).Find(t.Context(), ordered(), time.Time{}, now)
		assert.Equal(t, unknown, railError(t, err).Outcome)
	})
}

func TestFindByReference(t *testing.T) {
	with := func(change func(*transfer)) transfer {
		e := executed()
		change(&e)
		return e
	}
	dead := with(func(e *transfer) { e.Status = "40"; e.ApplyNo = "2018072902345000" })
	for name, tc := range map[string]struct {
		entries []transfer
		stage   bank.Stage
		err     string
	}{
		"by the comment":           {[]transfer{with(func(e *transfer) { e.Comment = e.EDI; e.EDI = "" })}, bank.StageExecuted, ""},
		"mark with blanks":         {[]transfer{with(func(e *transfer) { e.EDI += "  " })}, bank.StageExecuted, ""},
		"refused, then executed":   {[]transfer{dead, executed()}, bank.StageExecuted, ""},
		"executed, then refused":   {[]transfer{executed(), dead}, bank.StageExecuted, ""},
		"refused twice":            {[]transfer{dead, dead}, bank.StageNotExecuted, ""},
		"executed twice":           {[]transfer{executed(), executed()}, "", "the bank shows the instruction more than once"},
		"executed and unknown":     {[]transfer{executed(), with(func(e *transfer) { e.Status = "99" })}, "", "the bank shows the instruction more than once"},
		"another amount":           {[]transfer{with(func(e *transfer) { e.Amount = "1" })}, "", "the amount at the bank is not the one ordered"},
		"beside an unmarked twin":  {[]transfer{with(func(e *transfer) { e.EDI = "" }), executed()}, bank.StageExecuted, ""},
		"mark dropped":             {[]transfer{with(func(e *transfer) { e.EDI = "" })}, "", "a transfer without reference looks like the one ordered"},
		"mark cut":                 {[]transfer{with(func(e *transfer) { e.EDI = e.EDI[:16] })}, "", "a transfer without reference looks like the one ordered"},
		"unmarked, amount garbled": {[]transfer{with(func(e *transfer) { e.EDI = ""; e.Amount = "?" })}, "", "a transfer without reference looks like the one ordered"},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(200, page("", tc.entries...)))
			got, err := client(t, settings(b.URL)).Find(t.Context(), ordered(), now, now)
			if tc.err != "" {
				rail := railError(t, err)
				assert.Equal(t, []any{unknown, remittance.WaitsForOperator, tc.err}, []any{rail.Outcome, rail.Reason, rail.Code})
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.stage, got.Stage)
		})
	}
}

func TestFindLooksPastTransfersThatAreNotAlike(t *testing.T) {
	with := func(change func(*transfer)) transfer {
		e := executed()
		e.EDI = ""
		change(&e)
		return e
	}
	unlike := map[string]transfer{
		"another amount": with(func(e *transfer) { e.Amount = "1" }),
		"another payee":  with(func(e *transfer) { e.Number = "9999999" }),
		"not executed":   with(func(e *transfer) { e.Status = "40" }),
		"our next generation": with(func(e *transfer) {
			e.EDI = bank.Reference(remittance.Key{Ref: key().Ref, Step: "transfer", Generation: 2})
		}),
	}
	for name, e := range unlike {
		t.Run(name, func(t *testing.T) {
			s := settings(serve(t, always(200, page("", e))).URL)
			s.VisibilityDelay = 0
			got, err := client(t, s).Find(t.Context(), ordered(), now, now)
			require.NoError(t, err)
			assert.Nil(t, got)
		})
	}
	t.Run("without a payee the amount alone is alike", func(t *testing.T) {
		s := settings(serve(t, always(200, page("", unlike["another payee"]))).URL)
		s.VisibilityDelay = 0
		o := ordered()
		o.Payee = bank.Payee{}
		_, err := client(t, s).Find(t.Context(), o, now, now)
		assert.Equal(t, remittance.WaitsForOperator, railError(t, err).Reason)
	})
}

func TestSweepGivesWhatCarriesAReference(t *testing.T) {
	back := executed()
	back.Status, back.Amount, back.EDI = "22", "500", bank.Reference(remittance.Key{Ref: key().Ref, Step: "transfer", Generation: 2})
	pages := []string{page("1", other("01"), executed()), page("", back)}
	b := serve(t, func(n int, _ exchange) (int, string) { return 200, pages[n] })
	got, err := client(t, settings(b.URL)).Sweep(t.Context(), now.AddDate(0, 0, -1), now)
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Contains(t, b.calls()[0].Query, "dateFrom=2026-11-19&dateTo=2026-11-20")
	assert.Equal(t, []any{bank.StageExecuted, remittance.Yen(12345), bank.Reference(key())}, []any{got[0].Stage, got[0].Amount, got[0].Reference})
	assert.Equal(t, []any{bank.StageReturned, remittance.Yen(500), back.EDI}, []any{got[1].Stage, got[1].Amount, got[1].Reference})
}

func FuzzStatusDecoder(f *testing.F) {
	f.Add([]byte(page("", executed())))
	f.Add([]byte(page("100", other("01"))))
	f.Add([]byte(`{"count":0,"transferDetails":null,"transferQueryBulkResponses":[{"hasNext":1}]}`))
	f.Add([]byte(`{"count":"1","transferDetails":[{"transferStatus":20.0,"transferResponses":[{"transferInfos":[{"transferAmount":1e9}]}]}]}`))
	var body []byte
	b := &fakeBank{answer: func(int, exchange) (int, string) { return 200, string(body) }}
	s := settings("http://127.0.0.1:1")
	s.VisibilityDelay = 0
	c, err := bank.New(s, bank.StaticToken("t"), inProcess(b))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		body = answer
		found, err := c.Find(t.Context(), ordered(), now, now)
		if err != nil {
			if o := railError(t, err).Outcome; o != unknown {
				t.Fatalf("a 200 that cannot be used means %s", o)
			}
			return
		}
		if found == nil {
			// Calling it never sent is only right if the answer said so in full.
			var said struct{ Count any }
			if err := json.Unmarshal(answer, &said); err != nil || said.Count == nil {
				t.Fatalf("never sent, concluded from %q", answer)
			}
			return
		}
		if found.Amount != ordered().Amount {
			t.Fatalf("found %d yen for %d", found.Amount, ordered().Amount)
		}
	})
}
