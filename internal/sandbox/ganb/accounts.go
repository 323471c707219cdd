package ganb

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/sandbox/books"
	"soukin/remittance"
)

const (
	currency     = "JPY"
	currencyName = "日本円"
)

func amount(y remittance.Yen) string { return strconv.FormatInt(int64(y), 10) }

func date(t time.Time) string { return books.Day(t) }

// clock is HH:MM:SS+09:00.
func clock(t time.Time) string { return t.In(calendar.JST).Format("15:04:05-07:00") }

// dateTime is YYYY-MM-DDTHH:MM:SS+09:00, "" for no time.
func dateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.JST).Format("2006-01-02T15:04:05-07:00")
}

func typeName(code string) string {
	if code == "02" {
		return "普通預金（決済用）"
	}
	return "普通預金（有利息）"
}

// trouble is the answer to a read of the books that went wrong.
func (a *API) trouble(ctx context.Context, err error) answer {
	if errors.Is(err, books.ErrNotFound) {
		return fail(codeNotFound, "")
	}
	if ctx.Err() == nil {
		a.log.ErrorContext(ctx, "sandbox books failed", "error", err)
	}
	return fail(codeServer, "")
}

func (a *API) accounts(ctx context.Context, _ *call) answer {
	accounts, err := a.books.Accounts(ctx)
	if err != nil {
		return a.trouble(ctx, err)
	}
	now := a.books.Now()
	out := accountsResponse{BaseDate: date(now), BaseTime: clock(now), Accounts: []accountInfo{}}
	for _, acc := range accounts {
		info := accountInfo{AccountID: acc.ID, BranchCode: acc.BranchCode, BranchName: acc.BranchName, AccountTypeCode: acc.TypeCode, AccountTypeName: typeName(acc.TypeCode),
			AccountNumber: acc.Number, PrimaryAccountCode: "2", PrimaryAccountCodeName: "追加口座", AccountName: acc.Name, AccountNameKana: acc.NameKana,
			CurrencyCode: currency, CurrencyName: currencyName, TransferLimitAmount: amount(acc.DailyLimit)}
		if acc.Primary {
			info.PrimaryAccountCode, info.PrimaryAccountCodeName = "1", "代表口座"
		}
		out.Accounts = append(out.Accounts, info)
	}
	return answer{status: http.StatusOK, body: out}
}

func (a *API) balances(ctx context.Context, c *call) answer {
	id := c.URL.Query().Get("accountId")
	if id != "" && !accountForm.MatchString(id) {
		return fail(codeInvalid, "accountId: 12〜29文字の半角英数字で指定してください")
	}
	balances, at, err := a.books.Balances(ctx, id)
	if err != nil {
		return a.trouble(ctx, err)
	}
	out := balancesResponse{Balances: []balanceInfo{}}
	for _, b := range balances {
		out.Balances = append(out.Balances, balanceInfo{AccountID: b.Account.ID, AccountTypeCode: b.Account.TypeCode, AccountTypeName: typeName(b.Account.TypeCode),
			Balance: amount(b.Balance), BaseDate: date(at), BaseTime: clock(at), WithdrawableAmount: amount(b.Withdrawable),
			PreviousDayBalance: amount(b.PreviousDay), PreviousMonthBalance: amount(b.PreviousMonth), CurrencyCode: currency, CurrencyName: currencyName})
	}
	return answer{status: http.StatusOK, body: out}
}

func (a *API) transactions(ctx context.Context, c *call) answer {
	items, page, refused, ok := a.statement(ctx, c, false)
	if !ok {
		return refused
	}
	out := transactionsResponse{statementPage: page, CurrencyCode: currency, CurrencyName: currencyName, Transactions: []transaction{}}
	for _, it := range items {
		out.Transactions = append(out.Transactions, transaction{TransactionDate: date(it.PostedAt), ValueDate: date(it.PostedAt), TransactionType: string(it.Direction),
			Amount: amount(it.Amount), Remarks: it.Remarks, Balance: amount(it.Balance), ItemKey: it.Key})
	}
	return answer{status: http.StatusOK, body: out}
}

func (a *API) depositTransactions(ctx context.Context, c *call) answer {
	items, page, refused, ok := a.statement(ctx, c, true)
	if !ok {
		return refused
	}
	out := depositTransactionsResponse{statementPage: page, PaymentArrivals: []paymentArrival{}}
	for _, it := range items {
		out.PaymentArrivals = append(out.PaymentArrivals, paymentArrival{TransactionDate: date(it.PostedAt), ValueDate: date(it.PostedAt), TransactionType: string(it.Direction),
			Remarks: it.Remarks, Amount: amount(it.Amount), ApplicantName: it.Applicant, PaymentBankName: it.BankKana, PaymentBranchName: it.BranchKana, EDIInfo: it.EDIInfo, ItemKey: it.Key})
	}
	return answer{status: http.StatusOK, body: out}
}

func (a *API) statement(ctx context.Context, c *call, depositsOnly bool) (items []books.Item, page statementPage, refused answer, ok bool) {
	q := c.URL.Query()
	id := q.Get("accountId")
	if !accountForm.MatchString(id) {
		return nil, page, fail(codeInvalid, "accountId: 12〜29文字の半角英数字で指定してください"), false
	}
	days, hint := period(q)
	if hint != "" {
		return nil, page, fail(codeInvalid, hint), false
	}
	now := a.books.Now()
	days = days.orToday(date(now))
	items, next, err := a.books.Statement(ctx, books.StatementQuery{AccountID: id, From: days.from, To: days.to, FromKey: q.Get("nextItemKey"), DepositsOnly: depositsOnly})
	if errors.Is(err, books.ErrPageKey) {
		return nil, page, fail(codeInvalid, wrongPageKey), false
	}
	if err != nil {
		return nil, page, a.trouble(ctx, err), false
	}
	shown := days.shown(items, date(now))
	return items, statementPage{AccountID: id, DateFrom: shown.from, DateTo: shown.to, BaseDate: date(now), BaseTime: clock(now),
		HasNext: next != "", NextItemKey: next, Count: strconv.Itoa(len(items))}, answer{}, true
}

const wrongPageKey = "nextItemKey: 前回の応答の次明細キーを指定してください"

// span is 対象期間: days, "" for open.
type span struct{ from, to string }

// period reads dateFrom and dateTo; hint says what is wrong with them.
func period(q url.Values) (s span, hint string) {
	s = span{q.Get("dateFrom"), q.Get("dateTo")}
	for _, d := range []struct{ name, value string }{{"dateFrom", s.from}, {"dateTo", s.to}} {
		if d.value != "" && !isDate(d.value) {
			return s, d.name + ": YYYY-MM-DD形式の日付で指定してください"
		}
	}
	if s.from != "" && s.to != "" && s.from > s.to {
		return s, "dateFrom: dateTo以前の日付を指定してください"
	}
	return s, ""
}

// orToday applies the table 対象期間 of the specification: neither means today,
// only a start means until today, only an end means from the first transaction.
func (s span) orToday(today string) span {
	if s.from == "" && s.to == "" {
		return span{today, today}
	}
	if s.to == "" {
		s.to = max(today, s.from)
	}
	return s
}

// shown fills the start that the answer must have although the enquiry left it
// open: the day of the first item.
func (s span) shown(items []books.Item, today string) span {
	if s.from == "" {
		s.from = min(today, s.to)
		if len(items) > 0 {
			s.from = date(items[0].PostedAt)
		}
	}
	return s
}
