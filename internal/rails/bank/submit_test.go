package bank_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

const taken = `{"accountId":"101011234567","resultCode":"1","applyNo":"2018072902345678","applyEndDatetime":"2018-07-29T10:00:00+09:00"}`

// The bytes of an instruction are pinned: a field renamed, reordered into
// another meaning or formatted as a number would move somebody's money wrongly
// or not at all.
const goldenSubmit = `POST /corporation/v1/transfer/request HTTP/1.1
Host: bank
Accept: application/json;charset=UTF-8
Accept-Encoding: gzip
Connection: close
Content-Length: 444
Content-Type: application/json;charset=UTF-8
Idempotency-Key: 58732508-ceaf-4950-b276-b12c8e7f8c29
User-Agent: soukin
X-Access-Token: pasted-token

{"accountId":"101011234567","remitterName":"ｿｳｷﾝ(ｶ","transferDesignatedDate":"2026-11-20","transferDateHolidayCode":"3","totalCount":"1","totalAmount":"12345","applyComment":"YG2VQ6OEOHDGVHERCZGI","transfers":[{"itemId":"1","transferAmount":"12345","ediInfo":"YG2VQ6OEOHDGVHERCZGI","beneficiaryBankCode":"0001","beneficiaryBranchCode":"001","accountTypeCode":"1","accountNumber":"0123456","beneficiaryName":"ﾔﾏﾀﾞ ﾀﾛｳ"}]}`

func TestSubmitGoldenBytes(t *testing.T) {
	got := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "bank"
		dump, err := httputil.DumpRequest(r, true)
		assert.NoError(t, err)
		got <- string(dump)
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, taken)
	}))
	t.Cleanup(s.Close)
	order := ordered()
	order.RemitterName = "ｿｳｷﾝ(ｶ"
	order.HolidayCode = bank.HolidayRefuse
	receipt, err := client(t, settings(s.URL)).Submit(t.Context(), order)
	require.NoError(t, err)
	assert.Equal(t, bank.Receipt{ApplyNo: applyNo, Progress: bank.RequestComplete}, receipt)
	assert.False(t, receipt.Pending())

	head, body, _ := strings.Cut(goldenSubmit, "\n\n")
	assert.Equal(t, strings.ReplaceAll(head, "\n", "\r\n")+"\r\n\r\n"+body, <-got)
}

func TestSubmitSendsTheKeyOnlyWhereItIsHonoured(t *testing.T) {
	b := serve(t, always(201, taken))
	for _, honours := range []bool{true, false} {
		s := settings(b.URL)
		s.HonoursIdempotencyKey = honours
		_, err := client(t, s).Submit(t.Context(), ordered())
		require.NoError(t, err)
	}
	calls := b.calls()
	require.Len(t, calls, 2)
	assert.Equal(t, bank.IdempotencyKey(key()), calls[0].Header.Get("Idempotency-Key"))
	assert.Empty(t, calls[1].Header.Values("Idempotency-Key"))
}

func TestSubmitReceipts(t *testing.T) {
	for name, tc := range map[string]struct {
		status   int
		body     string
		progress bank.Progress
		outcome  remittance.Outcome
		pending  bool
	}{
		"complete":              {201, taken, bank.RequestComplete, remittance.OutcomeAccepted, false},
		"waits for approval":    {201, `{"accountId":"101011234567","resultCode":"2","applyNo":"2018072902345678"}`, bank.RequestWaiting, remittance.OutcomePending, true},
		"numbers for strings":   {201, `{"accountId":101011234567,"resultCode":1,"applyNo":2018072902345678}`, bank.RequestComplete, remittance.OutcomeAccepted, false},
		"200 for 201":           {200, taken, bank.RequestComplete, remittance.OutcomeAccepted, false},
		"no account":            {201, `{"resultCode":"1","applyNo":"2018072902345678","new":{"x":[1]}}`, bank.RequestComplete, remittance.OutcomeAccepted, false},
		"a code never heard of": {201, `{"resultCode":"7","applyNo":"2018072902345678"}`, bank.RequestUnknown, remittance.OutcomeUnknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(tc.status, tc.body))
			receipt, err := client(t, settings(b.URL)).Submit(t.Context(), ordered())
			require.NoError(t, err)
			assert.Equal(t, bank.Receipt{ApplyNo: applyNo, Progress: tc.progress}, receipt)
			assert.Equal(t, tc.outcome, receipt.Progress.Outcome())
			assert.Equal(t, tc.pending, receipt.Pending())
		})
	}
}

// A success that cannot be understood may have executed the instruction.
func TestSubmitUnreadableSuccessIsUnknown(t *testing.T) {
	for name, body := range map[string]string{
		"empty":             ``,
		"not json":          `<html>busy</html>`,
		"cut":               `{"accountId":"101011234567","resultCode":"1","apply`,
		"two answers":       taken + taken,
		"list":              `[]`,
		"null":              `null`,
		"no number":         `{"accountId":"101011234567","resultCode":"1"}`,
		"short number":      `{"accountId":"101011234567","resultCode":"1","applyNo":"1"}`,
		"number is a list":  `{"accountId":"101011234567","resultCode":"1","applyNo":["2018072902345678"]}`,
		"no result":         `{"accountId":"101011234567","applyNo":"2018072902345678"}`,
		"another's account": `{"accountId":"101017654321","resultCode":"1","applyNo":"2018072902345678"}`,
		"an error body":     `{"errorCode":"ERROR12345","errorMessage":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, always(201, body))
			_, err := client(t, settings(b.URL)).Submit(t.Context(), ordered())
			assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome)
		})
	}
}

func TestSubmitRefusesBadFieldsBeforeSending(t *testing.T) {
	b := serve(t, always(201, taken))
	c := client(t, settings(b.URL))
	for name, spoil := range map[string]func(*bank.Transfer){
		"amount":               func(o *bank.Transfer) { o.Amount = 0 },
		"payee bank code":      func(o *bank.Transfer) { o.Payee.BankCode = "001" },
		"payee branch code":    func(o *bank.Transfer) { o.Payee.BranchCode = "0o1" },
		"payee account type":   func(o *bank.Transfer) { o.Payee.AccountType = "3" },
		"payee account number": func(o *bank.Transfer) { o.Payee.Number = "123456" },
		"payee name":           func(o *bank.Transfer) { o.Payee.Name = "山田太郎" },
		"remitter name":        func(o *bank.Transfer) { o.RemitterName = strings.Repeat("ｶ", 49) },
		"date":                 func(o *bank.Transfer) { o.Date = time.Time{} },
		"holiday code":         func(o *bank.Transfer) { o.HolidayCode = "4" },
		"key":                  func(o *bank.Transfer) { o.Key.Generation = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			order := ordered()
			spoil(&order)
			_, err := c.Submit(t.Context(), order)
			rail := railError(t, err)
			assert.Equal(t, remittance.OutcomeRejected, rail.Outcome)
			assert.Equal(t, remittance.BadDetails, rail.Reason)
			assert.Contains(t, rail.Code, "not sent, "+name+":")
			assert.NotContains(t, rail.Code, "山田")
			_, err = c.Fee(t.Context(), order)
			assert.Equal(t, remittance.OutcomeRejected, railError(t, err).Outcome)
		})
	}
	assert.Empty(t, b.calls())
}

// An instruction arrives at most once for each call of Submit, whatever the
// connection does: whoever counts attempts must be able to trust the count.
func TestSubmitArrivesOncePerCall(t *testing.T) {
	var received atomic.Int32
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for n := 0; ; n++ {
					req, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					io.Copy(io.Discard, req.Body)
					received.Add(1)
					if n > 0 {
						return // cuts a reused connection after reading
					}
					io.Copy(c, bytes.NewBufferString("HTTP/1.1 201 Created\r\nContent-Length: 121\r\n\r\n"+taken))
				}
			}()
		}
	}()
	for _, honours := range []bool{true, false} {
		received.Store(0)
		s := settings("http://" + l.Addr().String())
		s.HonoursIdempotencyKey = honours
		c := client(t, s)
		for range 3 {
			_, err := c.Submit(t.Context(), ordered())
			require.NoError(t, err)
		}
		assert.EqualValues(t, 3, received.Load())
	}
}

// A server that answers twice leaves a second answer in the connection; it
// must not pass for the answer to the next call.
func TestAnAnswerTooManyIsNotTakenForTheNext(t *testing.T) {
	one := "HTTP/1.1 201 Created\r\nContent-Length: 121\r\n\r\n"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	var accepted atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := accepted.Add(1)
			go func() {
				defer c.Close()
				req, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				io.Copy(io.Discard, req.Body)
				if n > 1 {
					io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
					return
				}
				io.WriteString(c, one+taken+one+taken)
				io.Copy(io.Discard, c)
			}()
		}
	}()
	s := settings("http://" + l.Addr().String())
	s.HonoursIdempotencyKey = false
	c := client(t, s)
	_, err = c.Submit(t.Context(), ordered())
	require.NoError(t, err)
	_, err = c.Submit(t.Context(), ordered())
	assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome)
}

func TestFee(t *testing.T) {
	b := serve(t, always(200, `{"accountId":"101011234567","baseDate":"2018-07-30","baseTime":"10:00:00+09:00","totalFee":"130","transferFeeDetails":[{"itemId":"1","transferFee":"130"}]}`))
	fee, err := client(t, settings(b.URL)).Fee(t.Context(), ordered())
	require.NoError(t, err)
	assert.EqualValues(t, 130, fee)
	call := b.calls()[0]
	assert.Equal(t, "/corporation/v1/transfer/transferfee", call.Path)
	assert.Empty(t, call.Header.Values("Idempotency-Key"))

	for _, body := range []string{`{}`, `{"totalFee":"-1"}`, `{"totalFee":"1.5"}`, `{"accountId":"101017654321","totalFee":"1"}`} {
		_, err := client(t, settings(serve(t, always(200, body)).URL)).Fee(t.Context(), ordered())
		assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome, body)
	}
}

func TestKeysOfTheBank(t *testing.T) {
	uuid4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	reference := regexp.MustCompile(`^[A-Z2-7]{20}$`)
	seen := map[string]string{}
	for _, merchant := range []remittance.MerchantID{"demo", "demo1"} {
		for _, id := range []remittance.RemittanceID{"R-1", "R-2", "r-1", "1-R-1"} {
			for _, step := range []string{"transfer", "transfe"} {
				for generation := 1; generation <= 12; generation++ {
					k := remittance.Key{Ref: remittance.Ref{Merchant: merchant, Remittance: id}, Step: step, Generation: generation}
					for _, got := range []string{bank.IdempotencyKey(k), bank.Reference(k)} {
						assert.Empty(t, seen[got], "%s is the mark of two keys", got)
						seen[got] = k.String()
					}
					assert.Regexp(t, uuid4, bank.IdempotencyKey(k))
					assert.Regexp(t, reference, bank.Reference(k))
					assert.Equal(t, bank.Reference(k), bank.Reference(k))
				}
			}
		}
	}
	// Pinned: a transfer sent by one version must be found by the next.
	assert.Equal(t, "58732508-ceaf-4950-b276-b12c8e7f8c29", bank.IdempotencyKey(key()))
	assert.Equal(t, "YG2VQ6OEOHDGVHERCZGI", bank.Reference(key()))
}
