package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/control"
)

func TestFeesAreForOtherBanksOnly(t *testing.T) {
	w := start(t)
	own := transfer(100, "1234567").and("beneficiaryBankCode", "0310")
	r := w.post("/transfer/transferfee", order(transfer(1000, "1234567"), own, transfer(1, "7654321")))
	require.Equal(t, 200, r.Status, r.Raw)
	assert.Equal(t, "260", r.Body["totalFee"])
	var fees []any
	for _, d := range items(r, "transferFeeDetails") {
		fees = append(fees, d["itemId"], d["transferFee"])
	}
	assert.Equal(t, []any{"1", "130", "2", "0", "3", "130"}, fees)
	assert.Empty(t, w.all(""), "a fee enquiry is a dry run")
}

func TestATransferIsExecutedAtOnce(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(50_000, "0012345").and("ediInfo", "REF-0001")), key("m/r-1/instruct/1"))
	assert.Equal(t, "20261124", no[:8], "the number begins with the day")

	balance, withdrawable := w.balance()
	assert.Equal(t, 10_000_000-50_000-130, balance)
	assert.Equal(t, balance, withdrawable)

	d := w.detail(no)
	assert.Equal(t, "20", d["transferStatus"])
	assert.Equal(t, "手続済", d["transferStatusName"])
	assert.Equal(t, "130", d["transferDetailFee"])
	assert.Equal(t, "50130", d["totalDebitAmount"])
	response := d["transferResponses"].([]any)[0].(map[string]any)
	assert.Equal(t, "ｶ)ｿｳｷﾝｻﾝﾌﾟﾙ", response["remitterName"], "the account's own name stands in")
	info := response["transferInfos"].([]any)[0].(map[string]any)
	assert.Equal(t, "REF-0001", info["ediInfo"])
	assert.Equal(t, "0012345", info["accountNumber"])
	assert.NotContains(t, info, "unableDetailInfos")
	assert.Equal(t, "1", w.result(no))

	statement := items(w.get("/accounts/transactions", "accountId", ourAccount), "transactions")
	require.Len(t, statement, 3)
	assert.Equal(t, []any{"2", "50000", "振込 ﾔﾏﾀﾞ ﾊﾅｺ"}, []any{statement[1]["transactionType"], statement[1]["amount"], statement[1]["remarks"]})
	assert.Equal(t, []any{"2", "130", "振込手数料"}, []any{statement[2]["transactionType"], statement[2]["amount"], statement[2]["remarks"]})

	held := w.held(no)
	assert.Equal(t, 1, held.ExecutedCount)
	assert.Equal(t, "m/r-1/instruct/1", held.IdempotencyKey)
	assert.Equal(t, "REF-0001", held.Lines[0].EDIInfo)
	assert.Equal(t, []int{0, 20}, statuses(held))
}

func statuses(tr control.Transfer) (out []int) {
	for _, e := range tr.History {
		out = append(out, e.Status)
	}
	return out
}

func TestNinetyNineLinesAreOneTransfer(t *testing.T) {
	w := start(t)
	var lines []fields
	for range 99 {
		lines = append(lines, transfer(10, "1234567"))
	}
	no := w.request(order(lines...))
	d := w.detail(no)
	assert.Equal(t, "20", d["transferStatus"])
	assert.Len(t, d["transferResponses"].([]any)[0].(map[string]any)["transferInfos"], 99)
	balance, _ := w.balance()
	assert.Equal(t, 10_000_000-99*(10+130), balance)

	r := w.post("/transfer/request", order(append(lines, transfer(10, "1234567"))...))
	assert.Equal(t, 400, r.Status)
}

func TestNamesAreConvertedAsTheBankSays(t *testing.T) {
	w := start(t)
	no := w.request(order(transfer(1, "1234567").and("beneficiaryName", "ｷｬｯｼｭ co-ｰ")).and("remitterName", "ｦｶ ﾀﾛｳ"))
	response := w.detail(no)["transferResponses"].([]any)[0].(map[string]any)
	assert.Equal(t, "ｵｶ ﾀﾛｳ", response["remitterName"])
	assert.Equal(t, "ｷﾔﾂｼﾕ CO--", response["transferInfos"].([]any)[0].(map[string]any)["beneficiaryName"])
}

func TestAnItemIDMayBeANumber(t *testing.T) {
	w := start(t)
	body := order(transfer(1, "1234567"), transfer(2, "1234567"))
	lines := body["transfers"].([]fields)
	lines[0], lines[1] = lines[0].and("itemId", 1), lines[1].and("itemId", 2)
	assert.NotEmpty(t, w.request(body))
}

func TestARefusalNamesFieldLineAndRule(t *testing.T) {
	w := start(t)
	good := transfer(1000, "1234567")
	for name, tt := range map[string]struct {
		body fields
		item string // "" for the whole request
		code string
		says string
	}{
		"no account":            {order(good).and("accountId", nil), "", "SB0001", "accountId"},
		"foreign account":       {order(good).and("accountId", "999999999999"), "", "SB0008", "accountId"},
		"no date":               {order(good).and("transferDesignatedDate", nil), "", "SB0001", "transferDesignatedDate"},
		"no such date":          {order(good).and("transferDesignatedDate", "2026-13-01"), "", "SB0002", "YYYY-MM-DD"},
		"past":                  {order(good).and("transferDesignatedDate", "2026-11-20"), "", "SB0006", "transferDesignatedDate"},
		"holiday code":          {order(good).and("transferDateHolidayCode", "4"), "", "SB0002", "transferDateHolidayCode"},
		"no lines":              {order(good).and("transfers", []fields{}), "", "SB0001", "transfers"},
		"comment":               {order(good).and("applyComment", strings.Repeat("あ", 21)), "", "SB0002", "applyComment"},
		"remitter":              {order(good).and("remitterName", "山田"), "", "SB0005", "remitterName"},
		"count missing":         {order(good, good).and("totalCount", nil), "", "SB0001", "totalCount"},
		"count wrong":           {order(good, good).and("totalCount", "3"), "", "SB0004", "totalCount"},
		"total missing":         {order(good, good).and("totalAmount", nil), "", "SB0001", "totalAmount"},
		"total wrong":           {order(good, good).and("totalAmount", "1999"), "", "SB0004", "totalAmount"},
		"number for a string":   {order(good).and("accountId", 101011234567), "", "SB0002", "accountId"},
		"amount zero":           {order(good.and("transferAmount", "0")), "1", "SB0002", "transferAmount"},
		"amount with comma":     {order(good.and("transferAmount", "1,000")), "1", "SB0002", "transferAmount"},
		"amount missing":        {order(good).and("transfers", []fields{good.and("transferAmount", nil)}), "1", "SB0001", "transferAmount"},
		"bank code":             {order(good.and("beneficiaryBankCode", "1")), "1", "SB0002", "beneficiaryBankCode"},
		"branch code":           {order(good.and("beneficiaryBranchCode", "1a1")), "1", "SB0002", "beneficiaryBranchCode"},
		"account type":          {order(good.and("accountTypeCode", "3")), "1", "SB0002", "accountTypeCode"},
		"account number":        {order(good.and("accountNumber", "12345")), "1", "SB0002", "前ゼロ"},
		"payee missing":         {order(good.and("beneficiaryName", "")), "1", "SB0001", "beneficiaryName"},
		"payee in kanji":        {order(good.and("beneficiaryName", "山田 花子")), "1", "220001", "beneficiaryName"},
		"payee too long":        {order(good.and("beneficiaryName", strings.Repeat("ｱ", 49))), "1", "SB0002", "48"},
		"edi lower case":        {order(good.and("ediInfo", "ref")), "1", "SB0005", "ediInfo"},
		"edi too long":          {order(good.and("ediInfo", strings.Repeat("A", 21))), "1", "SB0002", "ediInfo"},
		"second line":           {order(good, good.and("accountNumber", "1")), "2", "SB0002", "accountNumber"},
		"item out of sequence":  {order(good).and("transfers", []fields{good.and("itemId", "2")}), "1", "SB0003", "itemId"},
		"more than the balance": {order(transfer(10_000_000, "1234567")), "", "SB0009", "支払可能残高"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			r := w.post("/transfer/request", tt.body, key(strings.ReplaceAll(name, " ", "-")))
			require.Equal(t, 400, r.Status, r.Raw)
			assert.Equal(t, "SB_ERR_400", r.Body["errorCode"])
			list := r.Body["errorDetails"].([]any)
			if tt.item != "" {
				assert.Empty(t, list)
				lines := r.Body["transferErrorDetails"].([]any)
				require.Len(t, lines, 1)
				line := lines[0].(map[string]any)
				assert.Equal(t, tt.item, line["itemId"])
				list = line["errorDetails"].([]any)
			}
			require.Len(t, list, 1, r.Raw)
			found := list[0].(map[string]any)
			assert.Equal(t, tt.code, found["errorDetailsCode"])
			assert.Contains(t, found["errorDetailsMessage"], tt.says)
		})
	}
	w.t = t
	assert.Empty(t, w.all(""), "nothing refused is in the books")
	assert.Equal(t, 201, w.post("/transfer/request", order(good), key("payee-in-kanji")).Status, "the key of a refused request is free for its correction")
}

func TestNotJSONIsRefused(t *testing.T) {
	w := start(t)
	r := w.post("/transfer/request", "no object")
	assert.Equal(t, 400, r.Status)
	assert.Contains(t, r.Raw, "SB0002")
}

type master map[string]books.Branch

func (m master) Branch(bank, branch string) (books.Branch, bool) {
	b, ok := m[bank+branch]
	return b, ok
}

func TestTheMasterOfBranchesNamesAndRefuses(t *testing.T) {
	known := master{"0001001": {BankKana: "ﾐｽﾞﾎ", BankKanji: "みずほ銀行", BranchKana: "ﾄｳｷﾖｳ", BranchKanji: "東京営業部"}}
	w := start(t, func(o *sandbox.Options) { o.Directory = known })
	info := w.detail(w.request(order(transfer(1, "1234567"))))["transferResponses"].([]any)[0].(map[string]any)["transferInfos"].([]any)[0].(map[string]any)
	assert.Equal(t, "ﾐｽﾞﾎ", info["beneficiaryBankName"])
	assert.Equal(t, "みずほ銀行", info["transferDetailResponses"].([]any)[0].(map[string]any)["beneficiaryBankNameKanji"])

	r := w.post("/transfer/request", order(transfer(1, "1234567"), transfer(1, "1234567").and("beneficiaryBranchCode", "999")))
	require.Equal(t, 400, r.Status)
	line := r.Body["transferErrorDetails"].([]any)[0].(map[string]any)
	assert.Equal(t, "2", line["itemId"])
	assert.Contains(t, r.Raw, "金融機関情報エラー")
}

func TestTheDailyLimitHolds(t *testing.T) {
	w := start(t, with(func(s *sandbox.Settings) { s.Accounts[0].DailyLimit = 1000 }))
	w.request(order(transfer(600, "1234567")))
	r := w.post("/transfer/request", order(transfer(401, "1234567")))
	require.Equal(t, 400, r.Status)
	assert.Contains(t, r.Raw, "SB0010")
	w.request(order(transfer(400, "1234567")))
	w.advance(24 * time.Hour)
	w.request(order(transfer(1000, "1234567")).and("transferDesignatedDate", "2026-11-25"))
}

func TestTheContractsPathsAndMethods(t *testing.T) {
	w := start(t)
	for _, path := range []string{"/bulktransfer/status", "/va/deposit-transactions", "/nothing", "/transfer"} {
		r := w.get(path)
		assert.Equal(t, 404, r.Status, path)
		assert.Equal(t, "WG_ERR_019", r.Body["errorCode"], path)
	}
	for _, path := range []string{"/bulktransfer/request", "/va/issue", "/va/list"} {
		assert.Equal(t, 404, w.post(path, fields{}).Status, path)
	}
	assert.Equal(t, 405, w.get("/transfer/request").Status)
	assert.Equal(t, 405, w.post("/accounts", fields{}).Status)
	assert.Equal(t, 415, w.post("/transfer/request", fields{}, header{"Content-Type", "text/plain"}).Status)
	assert.Equal(t, 406, w.post("/transfer/request", fields{}, header{"Accept", "text/html"}).Status)
	assert.Equal(t, 401, w.post("/transfer/request", fields{}, header{"x-access-token", "wrong"}).Status)
	assert.Equal(t, 401, w.post("/transfer/request", fields{}, header{"x-access-token", ""}).Status)
	assert.Equal(t, 400, w.post("/transfer/request", order(transfer(1, "1234567")), key(strings.Repeat("k", 129))).Status)
}
