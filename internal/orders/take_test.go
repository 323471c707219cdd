package orders_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

func TestTakeStartsTheWorkflowThatOwnsTheRemittance(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		f := fixtureOn(t, open())
		f.fund(50_000)
		state, notices, err := f.service.Take(t.Context(), good("R-1"))
		require.NoError(t, err)
		assert.Equal(t, remittance.Processing, state.Status)
		assert.NotEmpty(t, notices, "the name was rewritten and the number padded")

		require.Len(t, f.temporal.starts, 1)
		start := f.temporal.starts[0]
		o := start.input.Order
		assert.Equal(t, contract.WorkflowBankTransfer, start.workflow)
		assert.Equal(t, remittance.Ref{Merchant: shop, Remittance: "R-1"}, o.Ref)
		assert.Equal(t, [3]any{remittance.BankTransfer, remittance.Yen(10_000), remittance.Yen(130)}, [3]any{o.Pattern, o.Amount, o.Fee})
		assert.Equal(t, policy(), start.input.Policy)
		assert.Equal(t, state.Account, o.Account)
		assert.Equal(t, "remittance:shop:R-1", start.options.ID)
		assert.Equal(t, contract.QueueMain, start.options.TaskQueue)
		assert.Equal(t, enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, start.options.WorkflowIDConflictPolicy)
		assert.Equal(t, enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE, start.options.WorkflowIDReusePolicy)
		assert.Equal(t, temporal.Priority{PriorityKey: 3, FairnessKey: "shop"}, start.options.Priority)
		assert.Equal(t, contract.UpdateAccept, start.update.UpdateName)
		assert.Equal(t, o.RequestHash, start.update.UpdateID)
		assert.Equal(t, []any{contract.AcceptInput{RequestHash: o.RequestHash}}, start.update.Args)
		assert.Equal(t, client.WorkflowUpdateStageCompleted, start.update.WaitForStage)
		attributes := start.options.TypedSearchAttributes
		status, _ := attributes.GetKeyword(contract.AttrStatus)
		merchant, _ := attributes.GetKeyword(contract.AttrMerchant)
		rail, _ := attributes.GetKeyword(contract.AttrRail)
		amount, _ := attributes.GetInt64(contract.AttrAmount)
		assert.Equal(t, [4]any{"accepted", "shop", "bank", int64(10_000)}, [4]any{status, merchant, rail, amount})

		account, err := f.vault.Get(t.Context(), shop, o.Account)
		require.NoError(t, err)
		assert.True(t, account.Equal(vault.NewAccount("0005", "001", "1", "0123456", "ﾔﾏﾀﾞ ﾊﾅｺ")))
	})
}

func TestNothingPersonalReachesTemporal(t *testing.T) {
	f := newFixture(t)
	f.take(good("R-1"))
	all, err := json.Marshal(f.temporal.starts[0].input)
	require.NoError(t, err)
	text := string(all) + fmt.Sprintf("%+v", f.temporal.starts[0].options) + fmt.Sprintf("%+v", f.temporal.starts[0].update)
	for _, secret := range []string{"123456", "やまだ", "ハナコ", "ﾔﾏﾀﾞ", "ﾊﾅｺ"} {
		assert.NotContains(t, text, secret)
	}
}

func TestTheSameOrderAgainIsTheSameRemittance(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	first := f.take(good("R-1"))
	same := with(good("R-1"), func(r *orders.Request) { r.Amount, r.Pattern, r.Bank = " 10000 ", "bank-transfer", "0005 " })
	assert.Equal(t, first, f.take(same))
	ended := f.move("R-1", remittance.Paid, true, contract.PostSettle, contract.PostFee)
	again, notices, err := f.service.Take(t.Context(), good("R-1"))
	require.NoError(t, err)
	assert.Equal(t, ended, again, "also after it has ended")
	assert.Nil(t, notices)
	assert.Len(t, f.temporal.starts, 1)

	// The payee's account may be gone by then; the order is still the same one.
	byID := with(orders.Request{Merchant: "shop", RemittanceID: "R-2", Amount: "1"}, func(r *orders.Request) { r.Account = string(first.Account) })
	f.take(byID)
	f.move("R-2", remittance.Failed, true, contract.PostGiveBack, contract.PostRelease)
	require.NoError(t, f.service.DeleteAccount(t.Context(), shop, first.Account))
	assert.Equal(t, remittance.Failed, f.take(byID).Status)
	assert.Len(t, f.temporal.starts, 2)
}

func TestTheSameIDWithAnotherBodyIsAConflict(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	f.take(good("R-1"))
	for name, change := range map[string]func(*orders.Request){
		"amount":  func(r *orders.Request) { r.Amount = "10001" },
		"number":  func(r *orders.Request) { r.Number = "123457" },
		"name":    func(r *orders.Request) { r.Name = "ヤマダ タロウ" },
		"invalid": func(r *orders.Request) { r.Bank = "9999" },
	} {
		_, _, err := f.service.Take(t.Context(), with(good("R-1"), change))
		refused := only(t, err)
		assert.Equal(t, [2]any{orders.CodeConflict, orders.RuleOtherBody}, [2]any{refused.Code, refused.Rule}, name)
		_, err = f.service.Check(t.Context(), with(good("R-1"), change))
		assert.Equal(t, orders.CodeConflict, only(t, err).Code, name)
	}
	assert.Len(t, f.temporal.starts, 1)
	assert.Equal(t, 1, stored(t, f))
	f.take(with(good("R-1"), func(r *orders.Request) { r.Merchant = "other" })) // ids belong to merchants
}

func TestWhatIsWrongWithAnOrder(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	deleted, err := f.vault.Put(t.Context(), shop, vault.NewAccount("0001", "001", "1", "1234567", "ﾔﾏﾀﾞ"), "")
	require.NoError(t, err)
	require.NoError(t, f.vault.Delete(t.Context(), shop, deleted))
	theirs, err := f.vault.Put(t.Context(), "other", vault.NewAccount("0001", "001", "1", "1234567", "ﾔﾏﾀﾞ"), "")
	require.NoError(t, err)
	byID := func(id remittance.AccountID) func(*orders.Request) {
		return func(r *orders.Request) { r.Payee = orders.Payee{Account: string(id)} }
	}
	yucho := orders.Payee{Symbol: "12345", JPNumber: "12345671", Name: "ヤマダ ハナコ"}
	for name, tc := range map[string]struct {
		change func(*orders.Request)
		field  string
		rule   orders.Rule
		code   orders.Code
	}{
		"merchant form":     {func(r *orders.Request) { r.Merchant = "Shop" }, "merchant", orders.RuleMerchantID, orders.CodeValidation},
		"unknown merchant":  {func(r *orders.Request) { r.Merchant = "nobody" }, "merchant", orders.RuleNoMerchant, orders.CodeNotFound},
		"id form":           {func(r *orders.Request) { r.RemittanceID = "R 1" }, "remittance_id", orders.RuleRemittanceID, orders.CodeValidation},
		"no id":             {func(r *orders.Request) { r.RemittanceID = "" }, "remittance_id", orders.RuleRemittanceID, orders.CodeValidation},
		"pattern":           {func(r *orders.Request) { r.Pattern = "pigeon" }, "pattern", orders.RulePattern, orders.CodeValidation},
		"no amount":         {func(r *orders.Request) { r.Amount = "" }, "amount", orders.RuleAmountForm, orders.CodeValidation},
		"nothing":           {func(r *orders.Request) { r.Amount = "0" }, "amount", orders.RuleAmountForm, orders.CodeValidation},
		"sen":               {func(r *orders.Request) { r.Amount = "100.5" }, "amount", orders.RuleAmountForm, orders.CodeValidation},
		"over the law":      {func(r *orders.Request) { r.Amount = "1000001" }, "amount", orders.RuleOverLegalCap, orders.CodeValidation},
		"over the rail":     {func(r *orders.Request) { r.Amount = "500001" }, "amount", orders.RuleOverRailCap, orders.CodeValidation},
		"bank":              {func(r *orders.Request) { r.Bank = "9998" }, "bank", "unknown_bank", orders.CodeValidation},
		"branch":            {func(r *orders.Request) { r.Branch = "1" }, "branch", "length", orders.CodeValidation},
		"type":              {func(r *orders.Request) { r.Type = "3" }, "type", "unknown_type", orders.CodeValidation},
		"number":            {func(r *orders.Request) { r.Number = "12345678" }, "number", "number_too_long", orders.CodeValidation},
		"name":              {func(r *orders.Request) { r.Name = "山田" }, "name", "name_kanji", orders.CodeValidation},
		"Japan Post number": {func(r *orders.Request) { r.Payee = yucho; r.JPNumber = "1234567X" }, "jp_number", "not_digits", orders.CodeValidation},
		"symbol":            {func(r *orders.Request) { r.Payee = yucho; r.Symbol = "22345" }, "symbol", "symbol_form", orders.CodeValidation},
		"number, no symbol": {func(r *orders.Request) { r.Payee = yucho; r.Symbol = "" }, "symbol", orders.RuleNoSymbol, orders.CodeValidation},
		"both numbers":      {func(r *orders.Request) { r.Payee = yucho; r.Number = "1234567" }, "jp_number", orders.RuleTwoNumbers, orders.CodeValidation},
		"id and details":    {func(r *orders.Request) { r.Account = string(theirs) }, "account", orders.RuleTwoPayees, orders.CodeValidation},
		"account form":      {byID("acc_1"), "account", orders.RuleAccountID, orders.CodeValidation},
		"unknown account":   {byID("acc_00000000000000000000000000"), "account", orders.RuleNoAccount, orders.CodeNotFound},
		"deleted account":   {byID(deleted), "account", orders.RuleDeletedAccount, orders.CodeNotFound},
		"another one's":     {byID(theirs), "account", orders.RuleNoAccount, orders.CodeNotFound},
	} {
		for _, try := range []func(orders.Request) error{
			func(r orders.Request) error { _, _, err := f.service.Take(t.Context(), r); return err },
			func(r orders.Request) error { _, err := f.service.Check(t.Context(), r); return err },
		} {
			refused := only(t, try(with(good("R-1"), tc.change)))
			assert.Equal(t, [3]any{tc.field, tc.rule, tc.code}, [3]any{refused.Field, refused.Rule, refused.Code}, name)
			assert.NotEmpty(t, refused.Sentence(remittance.Ja), name)
			assert.NotEmpty(t, refused.Sentence(remittance.En), name)
			assert.NotContains(t, refused.Sentence(remittance.En)+refused.Sentence(remittance.Ja), "{", name)
		}
	}
	assert.Empty(t, f.temporal.starts)
	assert.Zero(t, stored(t, f), "a refused order leaves nothing behind")
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.service.Take(t.Context(), orders.Request{Merchant: "nobody", RemittanceID: "?", Pattern: "pigeon", Amount: "x",
		Payee: orders.Payee{Bank: "1", Branch: "2", Type: "3", Number: "a", Name: "山田"}})
	var fields []string
	for _, e := range orders.FaultsOf(err) {
		fields = append(fields, e.Field)
	}
	assert.Equal(t, []string{"remittance_id", "pattern", "amount", "bank", "branch", "type", "number", "name", "merchant"}, fields)
}

func TestAnUnknownPatternIsAllThatIsSaidOfWhatItNeeds(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.service.Take(t.Context(), orders.Request{Merchant: "shop", RemittanceID: "R-1", Pattern: "cash", Amount: "10000",
		Recipient: orders.Recipient{Email: "hanako@example.jp"}})
	assert.Equal(t, orders.RulePattern, only(t, err).Rule)
}

func TestPricesAndLimitsOfAMerchant(t *testing.T) {
	f := newFixture(t)
	f.fund(5_000_000)
	yen := func(n remittance.Yen) *remittance.Yen { return &n }
	window := time.Hour
	require.NoError(t, f.record.SaveMerchant(t.Context(), record.Merchant{ID: "other", DisplayName: "Other", Settings: record.Settings{
		Rails: map[remittance.Rail]record.Terms{remittance.RailBank: {Fee: yen(99), FeeSameBank: yen(0), Cap: yen(20_000)}}, CorrectionWindow: &window,
	}}))
	ownBank := func(r *orders.Request) { r.Bank, r.Branch = "0310", "101" }
	for name, tc := range map[string]struct {
		give orders.Request
		fee  remittance.Yen
	}{
		"installation's":            {good("R-1"), 130},
		"own bank":                  {with(good("R-2"), ownBank), 10},
		"merchant's":                {with(good("R-3"), func(r *orders.Request) { r.Merchant = "other" }), 99},
		"merchant's, at own bank":   {with(good("R-4"), func(r *orders.Request) { r.Merchant = "other"; ownBank(r) }), 0},
		"at the limit":              {with(good("R-5"), func(r *orders.Request) { r.Amount = "500000" }), 130},
		"at the merchant's own cap": {with(good("R-6"), func(r *orders.Request) { r.Merchant, r.Amount = "other", "20000" }), 99},
	} {
		quote, err := f.service.Check(t.Context(), tc.give)
		require.NoError(t, err, name)
		assert.Equal(t, tc.fee, quote.Fee, name)
		f.take(tc.give)
		assert.Equal(t, tc.fee, f.temporal.starts[len(f.temporal.starts)-1].input.Order.Fee, name)
	}
	f.take(with(good("R-7"), func(r *orders.Request) { r.Merchant = "other" }))
	assert.Equal(t, window, f.temporal.starts[len(f.temporal.starts)-1].input.Policy.CorrectionWindow)

	_, _, err := f.service.Take(t.Context(), with(good("R-8"), func(r *orders.Request) { r.Merchant, r.Amount = "other", "20001" }))
	refused := only(t, err)
	assert.Equal(t, orders.RuleOverRailCap, refused.Rule)
	assert.Contains(t, refused.Sentence(remittance.En), "20,000")
	assert.Contains(t, refused.Sentence(remittance.Ja), "20,000円")
}

func TestAPayeeByItsID(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	entry, _, err := f.service.AddAccount(t.Context(), shop, orders.Payee{Bank: "0310", Branch: "101", Type: "1", Number: "7654321", Name: "サトウ"}, "")
	require.NoError(t, err)
	r := orders.Request{Merchant: "shop", RemittanceID: "R-1", Amount: "500", Payee: orders.Payee{Account: string(entry.ID)}}
	assert.Equal(t, entry.ID, f.take(r).Account)
	assert.Equal(t, remittance.Yen(10), f.temporal.starts[0].input.Order.Fee, "priced by the bank behind the id")
	assert.Equal(t, entry.ID, f.take(with(good("R-2"), func(r *orders.Request) {
		r.Payee = orders.Payee{Bank: "0310", Branch: "101", Type: "普通", Number: "7654321", Name: "ｻﾄｳ"}
	})).Account, "the same account by its details has the same id")
}

func TestJapanPostBySymbolAndNumber(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	for i, payee := range []orders.Payee{
		{Symbol: "12345", JPNumber: "12345671", Name: "ヤマダ ハナコ"},
		{Symbol: "12345", Number: "12345671", Name: "ヤマダ ハナコ"},
		{Symbol: "12345-12345671", Name: "ヤマダ ハナコ"},
		{Bank: "9900", Branch: "238", Type: "1", Number: "1234567", Name: "ヤマダ ハナコ"},
	} {
		state := f.take(with(good(fmt.Sprint("R-", i)), func(r *orders.Request) { r.Payee = payee }))
		account, err := f.vault.Get(t.Context(), shop, state.Account)
		require.NoError(t, err)
		assert.True(t, account.Equal(vault.NewAccount("9900", "238", "1", "1234567", "ﾔﾏﾀﾞ ﾊﾅｺ")), i)
	}
}

func TestCheckStoresNothing(t *testing.T) {
	f := newFixture(t)
	f.fund(3_000)
	quote, err := f.service.Check(t.Context(), good("R-1"))
	require.NoError(t, err)
	assert.Equal(t, remittance.Yen(7_000), quote.Shortfall)
	assert.Equal(t, remittance.Yen(10_000), quote.Amount)
	assert.NotEmpty(t, quote.Notices)
	assert.Nil(t, quote.Existing)
	assert.NotContains(t, quote.Payee, "0123456")
	assert.Empty(t, f.temporal.starts)
	assert.Zero(t, stored(t, f))

	state := f.take(good("R-1"))
	quote, err = f.service.Check(t.Context(), good("R-1"))
	require.NoError(t, err)
	require.NotNil(t, quote.Existing)
	assert.Equal(t, state, *quote.Existing)
}

func TestTemporalDoesNotAnswer(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	f.temporal.down = true
	_, _, err := f.service.Take(t.Context(), good("R-1"))
	refused := only(t, err)
	assert.Equal(t, [2]any{orders.CodeUnavailable, orders.RuleNoAnswer}, [2]any{refused.Code, refused.Rule})
	f.temporal.down = false
	f.take(good("R-1"))
	require.Len(t, f.temporal.starts, 2)
	assert.Equal(t, f.temporal.starts[0].update.UpdateID, f.temporal.starts[1].update.UpdateID, "it is the same update")
	assert.Equal(t, f.temporal.starts[0].input, f.temporal.starts[1].input)
}

// TestTheWorkflowEndedMeanwhile: between our look at the record and the start,
// somebody else's request ran to its end.
func TestTheWorkflowEndedMeanwhile(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	f.temporal.closed = true
	race := func(hash func(string) string) func(contract.Order) {
		return func(o contract.Order) {
			o.RequestHash = hash(o.RequestHash)
			_, err := f.books.Open(t.Context(), contract.OpenInput{Order: o, At: noon, FundingDeadline: noon})
			require.NoError(t, err)
		}
	}
	f.temporal.beforeStart = race(func(h string) string { return h })
	assert.Equal(t, remittance.Processing, f.take(good("R-1")).Status)
	f.temporal.beforeStart = race(strings.ToUpper)
	_, _, err := f.service.Take(t.Context(), good("R-2"))
	assert.Equal(t, orders.RuleOtherBody, only(t, err).Rule)
	f.temporal.beforeStart = nil
	_, _, err = f.service.Take(t.Context(), good("R-3"))
	assert.Equal(t, orders.RuleSpentID, only(t, err).Rule)
}

func TestTheWorkflowKnowsAnotherBody(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	f.temporal.beforeStart = func(o contract.Order) {
		o.RequestHash = "another"
		_, err := f.books.Open(t.Context(), contract.OpenInput{Order: o, At: noon, FundingDeadline: noon})
		require.NoError(t, err)
	}
	_, _, err := f.service.Take(t.Context(), good("R-1"))
	assert.Equal(t, orders.RuleOtherBody, only(t, err).Rule)
}

func TestShortFundsAreNoError(t *testing.T) {
	f := newFixture(t)
	state := f.take(good("R-1"))
	assert.Equal(t, remittance.AwaitingFunds, state.Status)
	assert.Equal(t, remittance.Yen(10_000), state.Shortfall)
}

func TestErrorsAndRequestsTellLogsNothingPersonal(t *testing.T) {
	f := newFixture(t)
	r := with(good("R-1"), func(r *orders.Request) { r.Name, r.Number = "山田花子", "98765432109" })
	_, _, err := f.service.Take(t.Context(), r)
	require.Error(t, err)
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("refused", "error", err, "request", r, "payee", r.Payee, "first", orders.FaultsOf(err)[0])
	text := log.String() + err.Error() + fmt.Sprintf("%v %+v %#v %s %q", r, r, r, r.Payee, r.Payee)
	for _, secret := range []string{"山田", "花子", "98765432109"} {
		assert.NotContains(t, text, secret)
	}
	assert.Contains(t, orders.FaultsOf(err)[1].Sentence(remittance.Ja), "山田", "but the person who typed it sees it")
}

func TestStateOfAQuoteAndATakeAgree(t *testing.T) {
	f := newFixture(t)
	f.fund(20_000)
	taken := f.take(good("R-1"))
	row, err := f.record.Get(t.Context(), taken.Ref)
	require.NoError(t, err)
	assert.Equal(t, taken, books.StateOf(row))
}
