package bank_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/remittance"
)

func TestAccounts(t *testing.T) {
	b := serve(t, always(200, `{"baseDate":"2018-08-10","baseTime":"10:00:00+09:00","accounts":[
		{"accountId":"101011234567","branchCode":"101","accountTypeCode":"01","accountNumber":"1234567","accountNameKana":"ｼﾞ-ｴﾑｵ-(ｶ","currencyCode":"JPY","transferLimitAmount":"5000000"},
		{"accountId":"101511234567","accountTypeCode":51,"currencyCode":"USD"}]}`))
	got, err := client(t, settings(b.URL)).Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []bank.Account{
		{ID: "101011234567", Type: "01", BranchCode: "101", Number: "1234567", NameKana: "ｼﾞ-ｴﾑｵ-(ｶ", TransferLimit: 5000000},
		{ID: "101511234567", Type: "51"},
	}, got)
	assert.Equal(t, exchangeLine{"GET", "/corporation/v1/accounts", ""}, lineOf(b.calls()[0]))
}

type exchangeLine struct{ method, path, query string }

func lineOf(x exchange) exchangeLine { return exchangeLine{x.Method, x.Path, x.Query} }

func TestBalance(t *testing.T) {
	one := `{"accountId":"101011234567","accountTypeCode":"01","balance":"50000000","withdrawableAmount":-500,"baseDate":"2018-08-10","baseTime":"10:00:00+09:00"}`
	b := serve(t, always(200, `{"balances":[{"accountId":"101017654321","balance":"1"},`+one+`]}`))
	got, err := client(t, settings(b.URL)).Balance(t.Context())
	require.NoError(t, err)
	assert.Equal(t, bank.Balance{Current: 50000000, Withdrawable: -500, At: time.Date(2018, 8, 10, 10, 0, 0, 0, jst)}, got)
	assert.Equal(t, exchangeLine{"GET", "/corporation/v1/accounts/balances", "accountId=101011234567"}, lineOf(b.calls()[0]))
}

const deposits1 = `{"accountId":"101011234567","dateFrom":"2018-07-30","dateTo":"2018-08-10","baseDate":"2018-08-10","baseTime":"10:00:00+09:00","hasNext":true,"nextItemKey":20181012090520113000,"count":"1",
	"paymentArrivals":[{"transactionDate":"2018-07-30","valueDate":"2018-07-31","transactionType":"1","remarks":"振込 アオゾラ","amount":"50000","applicantName":"ｱｵｿﾞﾗ(ｶ","paymentBankName":"ｱｵｿﾞﾗ","paymentBranchName":"ﾎﾝﾃﾝ","ediInfo":"123","itemKey":"20181012090520112999"}]}`

const deposits2 = `{"accountId":"101011234567","hasNext":"false","count":1,"paymentArrivals":[{"transactionDate":"2018-07-30","valueDate":"2018-07-30","transactionType":1,"amount":-50000,"itemKey":20181012090520113000}]}`

func TestDepositsOfAllPages(t *testing.T) {
	pages := []string{deposits1, deposits2}
	b := serve(t, func(n int, _ exchange) (int, string) { return 200, pages[n] })
	from, to := time.Date(2018, 7, 30, 0, 0, 0, 0, jst), time.Date(2018, 8, 10, 0, 0, 0, 0, jst)
	got, err := client(t, settings(b.URL)).Deposits(t.Context(), from.UTC(), to.UTC())
	require.NoError(t, err)
	assert.Equal(t, []bank.Deposit{
		{ItemKey: "20181012090520112999", Date: from, ValueDate: from.AddDate(0, 0, 1), Amount: 50000, Applicant: "ｱｵｿﾞﾗ(ｶ", Bank: "ｱｵｿﾞﾗ", Branch: "ﾎﾝﾃﾝ", EDI: "123", Remarks: "振込 アオゾラ"},
		{ItemKey: "20181012090520113000", Date: from, ValueDate: from, Amount: -50000},
	}, got)
	query := "accountId=101011234567&dateFrom=2018-07-30&dateTo=2018-08-10"
	assert.Equal(t, exchangeLine{"GET", "/corporation/v1/accounts/deposit-transactions", query}, lineOf(b.calls()[0]))
	assert.Equal(t, query+"&nextItemKey=20181012090520113000", b.calls()[1].Query)
}

const entries = `{"accountId":"101011234567","currencyCode":"JPY","hasNext":false,"count":"2","transactions":[
	{"transactionDate":"2018-07-30","valueDate":"2018-07-30","transactionType":"2","amount":"12345","balance":"-5","remarks":"振込 ヤマダ タロウ"},
	{"transactionDate":"2018-07-31","valueDate":"2018-07-31","transactionType":"1","amount":"7","balance":"2","itemKey":"20181012090520112541"}]}`

func TestStatement(t *testing.T) {
	b := serve(t, always(200, entries))
	first := time.Date(2018, 7, 30, 0, 0, 0, 0, jst)
	got, err := client(t, settings(b.URL)).Statement(t.Context(), first, first.AddDate(0, 0, 1))
	require.NoError(t, err)
	assert.Equal(t, []bank.Entry{
		{Date: first, ValueDate: first, Amount: 12345, Balance: -5, Remarks: "振込 ヤマダ タロウ"},
		{ItemKey: "20181012090520112541", Date: first.AddDate(0, 0, 1), ValueDate: first.AddDate(0, 0, 1), In: true, Amount: 7, Balance: 2},
	}, got)
	assert.Equal(t, exchangeLine{"GET", "/corporation/v1/accounts/transactions", "accountId=101011234567&dateFrom=2018-07-30&dateTo=2018-07-31"}, lineOf(b.calls()[0]))
}

func TestAnEmptyStatementIsNotAnError(t *testing.T) {
	c := client(t, settings(serve(t, always(200, `{"accountId":"101011234567","hasNext":"false","count":"0"}`)).URL))
	list, err := c.Statement(t.Context(), now, now)
	require.NoError(t, err)
	assert.Empty(t, list)
	deposits, err := c.Deposits(t.Context(), now, now)
	require.NoError(t, err)
	assert.Empty(t, deposits)
}

// An account's books are never guessed from an answer that lacks something.
func TestAnswersAboutTheAccountThatCannotBeUsed(t *testing.T) {
	ctx := t.Context()
	asks := map[string]func(*bank.Client) error{
		"accounts":  func(c *bank.Client) error { _, err := c.Accounts(ctx); return err },
		"balance":   func(c *bank.Client) error { _, err := c.Balance(ctx); return err },
		"statement": func(c *bank.Client) error { _, err := c.Statement(ctx, now, now); return err },
		"deposits":  func(c *bank.Client) error { _, err := c.Deposits(ctx, now, now); return err },
	}
	for name, tc := range map[string]struct{ ask, body string }{
		"accounts absent":      {"accounts", `{}`},
		"account without id":   {"accounts", `{"accounts":[{"accountTypeCode":"01"}]}`},
		"limit in words":       {"accounts", `{"accounts":[{"accountId":"1","transferLimitAmount":"none"}]}`},
		"balance of another":   {"balance", `{"balances":[{"accountId":"101017654321","balance":"1","withdrawableAmount":"1"}]}`},
		"balance absent":       {"balance", `{"balances":[]}`},
		"balance in words":     {"balance", `{"balances":[{"accountId":"101011234567","balance":"1,000","withdrawableAmount":"1"}]}`},
		"nothing withdrawable": {"balance", `{"balances":[{"accountId":"101011234567","balance":"1000"}]}`},
		"plus sign":            {"balance", `{"balances":[{"accountId":"101011234567","balance":"+1","withdrawableAmount":"1"}]}`},
		"entry sideways":       {"statement", strings.Replace(entries, `"transactionType":"2"`, `"transactionType":"3"`, 1)},
		"entry without amount": {"statement", strings.Replace(entries, `"amount":"7",`, ``, 1)},
		"entry of no balance":  {"statement", strings.Replace(entries, `"balance":"2",`, ``, 1)},
		"statement of another": {"statement", strings.Replace(entries, `101011234567`, `101017654321`, 1)},
		"statement no count":   {"statement", `{}`},
		"second page missing":  {"deposits", strings.Replace(deposits2, `"false"`, `"true"`, 1)},
		"deposit without key":  {"deposits", strings.Replace(deposits2, `,"itemKey":20181012090520113000`, ``, 1)},
		"deposit going out":    {"deposits", strings.Replace(deposits2, `"transactionType":1`, `"transactionType":2`, 1)},
		"deposit of fractions": {"deposits", strings.Replace(deposits2, `-50000`, `0.5`, 1)},
		"deposits of another":  {"deposits", strings.Replace(deposits2, `101011234567`, `101017654321`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			err := asks[tc.ask](client(t, settings(serve(t, always(200, tc.body)).URL)))
			assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome)
		})
	}
}

func TestSettingsNameWhatIsWrong(t *testing.T) {
	good := settings("https://bank.example")
	good.AuthURL, good.ClientID, good.ClientSecret, good.RedirectURL = "https://bank.example/auth/v1", "id", "secret", "https://soukin.example/"
	require.NoError(t, good.Validate())
	for name, spoil := range map[string]func(*bank.Settings){
		"BaseURL":         func(s *bank.Settings) { s.BaseURL = "http://api.gmo-aozora.com/ganb/api/corporation/v1" },
		"BaseURL: ":       func(s *bank.Settings) { s.BaseURL = "" },
		"BaseURL: must":   func(s *bank.Settings) { s.BaseURL = "https://user@bank.example/" },
		"AuthURL":         func(s *bank.Settings) { s.AuthURL = "ftp://localhost/" },
		"ClientID":        func(s *bank.Settings) { s.ClientID = "" },
		"ClientSecret":    func(s *bank.Settings) { s.ClientSecret = "" },
		"RedirectURL":     func(s *bank.Settings) { s.RedirectURL = "" },
		"ClientAuth":      func(s *bank.Settings) { s.ClientAuth = "jwt" },
		"AccountID":       func(s *bank.Settings) { s.AccountID = "10101123456&" },
		"AccountID: must": func(s *bank.Settings) { s.AccountID = "1234567" },
		"Timeout":         func(s *bank.Settings) { s.Timeout = 0 },
		"RefreshAhead":    func(s *bank.Settings) { s.RefreshAhead = -1 },
		"VisibilityDelay": func(s *bank.Settings) { s.VisibilityDelay = -1 },
		"ErrorCodes[X]":   func(s *bank.Settings) { s.ErrorCodes = map[string]bank.CodeMeaning{"X": {Outcome: notSent}} },
	} {
		t.Run(name, func(t *testing.T) {
			s := good
			spoil(&s)
			require.ErrorContains(t, s.Validate(), "bank setting "+name)
			_, err := bank.New(s, bank.StaticToken("t"), nil)
			require.Error(t, err)
		})
	}
	t.Run("plain http stays on private ground", func(t *testing.T) {
		for host, ok := range map[string]bool{
			"127.0.0.1:8092": true, "[::1]:8092": true, "localhost": true, "sandbox:8092": true, "10.1.2.3": true, "192.168.0.9": true,
			"8.8.8.8": false, "sandbox.example": false,
		} {
			s := good
			s.BaseURL = (&url.URL{Scheme: "http", Host: host, Path: "/corporation/v1"}).String()
			assert.Equal(t, ok, s.Validate() == nil, host)
		}
	})
	t.Run("all at once", func(t *testing.T) {
		err := bank.Settings{}.Validate()
		for _, field := range []string{"BaseURL", "AccountID", "Timeout"} {
			assert.ErrorContains(t, err, "bank setting "+field)
		}
	})
	t.Run("a slash at the end does not matter", func(t *testing.T) {
		b := serve(t, always(200, `{"accounts":[]}`))
		s := settings(b.URL)
		s.BaseURL += "/"
		_, err := client(t, s).Accounts(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "/corporation/v1/accounts", b.calls()[0].Path)
	})
}
