package bank_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

const (
	account  = "101011234567"
	otherAcc = "101017654321"
	applyNo  = "2018072902345678"
	patience = time.Minute // so long that a limit never ends a test by itself
)

var (
	jst = time.FixedZone("JST", 9*60*60)
	// now is one minute before midnight in Japan and the day before in UTC.
	now = time.Date(2026, 11, 20, 23, 59, 0, 0, jst)
)

func key() remittance.Key {
	return remittance.Key{Ref: remittance.Ref{Merchant: "demo", Remittance: "R-0001"}, Step: "transfer", Generation: 1}
}

func ordered() bank.Transfer {
	return bank.Transfer{
		Key:    key(),
		Amount: 12345,
		Payee: bank.Payee{
			BankCode: "0001", BranchCode: "001", AccountType: "1", Number: "0123456", Name: "ﾔﾏﾀﾞ ﾀﾛｳ",
		},
		Date: now,
	}
}

// exchange is what a fake bank saw.
type exchange struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
}

// fakeBank answers each request by its own function and keeps what it saw.
type fakeBank struct {
	URL    string
	answer func(n int, r exchange) (int, string)
	mu     sync.Mutex
	seen   []exchange
}

func (f *fakeBank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	x := exchange{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), string(body)}
	f.mu.Lock()
	n := len(f.seen)
	f.seen = append(f.seen, x)
	f.mu.Unlock()
	status, text := f.answer(n, x)
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

func (f *fakeBank) calls() []exchange {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]exchange(nil), f.seen...)
}

func serve(t *testing.T, answer func(n int, r exchange) (int, string)) *fakeBank {
	t.Helper()
	f := &fakeBank{answer: answer}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	f.URL = s.URL
	return f
}

// always answers every request alike.
func always(status int, body string) func(int, exchange) (int, string) {
	return func(int, exchange) (int, string) { return status, body }
}

func settings(url string) bank.Settings {
	return bank.Settings{
		BaseURL: url + "/corporation/v1", AccountID: account, Timeout: patience,
		HonoursIdempotencyKey: true, VisibilityDelay: 10 * time.Minute,
		Now: func() time.Time { return now },
	}
}

func client(t *testing.T, s bank.Settings) *bank.Client {
	t.Helper()
	c, err := bank.New(s, bank.StaticToken("pasted-token"), nil)
	require.NoError(t, err)
	return c
}

func railError(t *testing.T, err error) *remittance.RailError {
	t.Helper()
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	return rail
}

// transfer is one entry of transfer/status as a test wants it.
type transfer struct {
	ApplyNo, Status, Apply, EDI, Comment, Amount, BankCode, Number string
	Words                                                          string // transferStatusName
	Unable                                                         string // JSON of unableDetailInfos
}

// executed is the entry of what [ordered] instructs, done.
func executed() transfer {
	return transfer{ApplyNo: applyNo, Status: "20", Apply: "7", EDI: bank.Reference(key()), Amount: "12345", BankCode: "0001", Number: "0123456"}
}

func (e transfer) json() string {
	optional := func(name, value string) string {
		if value == "" {
			return ""
		}
		return fmt.Sprintf(`%q:%q,`, name, value)
	}
	unable := ""
	if e.Unable != "" {
		unable = `,"unableDetailInfos":[` + e.Unable + `]`
	}
	return `{` + optional("transferStatus", e.Status) + optional("transferStatusName", e.Words) +
		`"transferDetailFee":"130","transferApplies":[{"applyNo":"` + e.ApplyNo + `","transferApplyDetails":[{` +
		optional("applyStatus", e.Apply) + optional("applyComment", e.Comment) +
		`"applyDatetime":"2026-11-20T10:00:00+09:00"}]}],"transferAccepts":[{"acceptNo":"2026112001234567"}],` +
		`"transferResponses":[{"accountId":"` + account + `","transferInfos":[{"transferAmount":"` + e.Amount + `",` +
		optional("ediInfo", e.EDI) + `"beneficiaryBankCode":"` + e.BankCode + `","beneficiaryBranchCode":"001",` +
		`"accountTypeCode":"1","accountNumber":"` + e.Number + `"` + unable + `}]}]}`
}

func page(next string, entries ...transfer) string {
	return pageOf(fmt.Sprint(len(entries)), next, entries...)
}

func pageOf(count, next string, entries ...transfer) string {
	list := make([]json.RawMessage, len(entries))
	for i, e := range entries {
		list[i] = json.RawMessage(e.json())
	}
	details, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	paging := `{"hasNext":"false"}`
	if next != "" {
		paging = `{"hasNext":"true","nextItemKey":"` + next + `"}`
	}
	return `{"acceptanceKeyClass":"2","baseDate":"2026-11-20","baseTime":"10:00:00+09:00","count":"` + count +
		`","transferQueryBulkResponses":[` + paging + `],"transferDetails":` + string(details) + `}`
}

// ctxOf gives the test's context where there is one; a property has its own.
func ctxOf(t any) context.Context {
	if c, ok := t.(interface{ Context() context.Context }); ok {
		return c.Context()
	}
	return context.Background()
}

// inProcess answers without a network, for loops that would use up ports.
func inProcess(b *fakeBank) func(http.RoundTripper) http.RoundTripper {
	return func(http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			if r.Body == nil {
				r.Body = http.NoBody
			}
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			b.mu.Lock()
			b.seen = nil
			b.mu.Unlock()
			return w.Result(), nil
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
