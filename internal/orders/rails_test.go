package orders_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

// recipient is an order whose recipient has a page.
func recipient(id, pattern string) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Pattern: pattern, Amount: "3,000",
		Recipient: orders.Recipient{Email: "hanako@example.jp", Code: "1234"}}
}

func choice(id, rails string) orders.Request {
	return with(recipient(id, "choice"), func(r *orders.Request) { r.Rails = rails })
}

func refunding(id string) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Pattern: "prepaid-refund", Amount: "3,000",
		Purchased: orders.Purchased{Issuer: "webmoney", Purchase: "WM-0001", PurchasedOn: "2026-11-01"}}
}

func TestEveryPatternStartsItsWorkflow(t *testing.T) {
	atm := contract.Way{Rail: remittance.RailATM, Fee: 300, Policy: policy(), Term: 360 * time.Hour, MaxReissues: 2}
	gift := contract.Way{Rail: remittance.RailAmazon, Fee: 90, Policy: policy(), Form: remittance.GiftBalance}
	code := contract.Way{Rail: remittance.RailAmazon, Fee: 90, Policy: policy(), Form: remittance.GiftCode}
	pay := contract.Way{Rail: remittance.RailAuPay, Fee: 80, Policy: policy()}
	bank := contract.Way{Rail: remittance.RailBank, Fee: 130, Policy: policy()}
	soon := atm
	soon.Term = 7 * 24 * time.Hour
	for name, tc := range map[string]struct {
		give     orders.Request
		workflow string
		rail     string
		fee      remittance.Yen
		ways     []contract.Way
	}{
		"cash":              {recipient("R-1", "atm-cash"), contract.WorkflowATMCash, "atm", 300, []contract.Way{atm}},
		"cash within days":  {with(recipient("R-1", "atm-cash"), func(r *orders.Request) { r.ExpiresDays = "7" }), contract.WorkflowATMCash, "atm", 300, []contract.Way{soon}},
		"gift":              {recipient("R-1", "gift-card"), contract.WorkflowGiftCard, "amazon", 90, []contract.Way{gift}},
		"gift code":         {with(recipient("R-1", "gift-card"), func(r *orders.Request) { r.GiftForm = "code" }), contract.WorkflowGiftCard, "amazon", 90, []contract.Way{code}},
		"au PAY":            {recipient("R-1", "au-pay"), contract.WorkflowAuPay, "aupay", 80, []contract.Way{pay}},
		"account link":      {recipient("R-1", "account-link"), contract.WorkflowAccountLink, "bank", 130, nil},
		"choice":            {choice("R-1", "aupay, bank ,atm,amazon"), contract.WorkflowChoice, "choice", 0, []contract.Way{pay, bank, atm, gift}},
		"choice with codes": {with(choice("R-1", "amazon,atm"), func(r *orders.Request) { r.GiftForm, r.ExpiresDays = "code", "7" }), contract.WorkflowChoice, "choice", 0, []contract.Way{code, atm}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.fund(10_000)
			quote, err := f.service.Check(t.Context(), tc.give)
			require.NoError(t, err)
			assert.Equal(t, tc.fee, quote.Fee)
			f.take(tc.give)
			start := f.temporal.starts[0]
			rail, _ := start.options.TypedSearchAttributes.GetKeyword(contract.AttrRail)
			assert.Equal(t, [2]any{tc.workflow, tc.rail}, [2]any{start.workflow, rail})
			assert.Equal(t, tc.fee, start.link.Order.Fee)
			assert.Equal(t, tc.ways, start.link.Ways)
			assert.Equal(t, policy(), start.link.Policy)
			assert.NotEmpty(t, start.link.Link.Contact)
			summary, err := f.service.LinkStatus(t.Context(), start.link.Order.Ref)
			require.NoError(t, err)
			assert.Len(t, summary.Labels, 1, "codes are asked for on every page")
		})
	}
}

func TestAPrepaidRefund(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(refunding("R-1"))
	start := f.temporal.starts[0]
	assert.Equal(t, contract.WorkflowPrepaidRefund, start.workflow)
	wallet, err := f.vault.Wallet(t.Context(), shop, start.input.Order.Account)
	require.NoError(t, err)
	assert.Equal(t, [3]any{remittance.RailPrepaid, "webmoney", "WM-0001"}, [3]any{wallet.Rail, wallet.Issuer, wallet.Number()})
	sent, err := json.Marshal(start.input)
	require.NoError(t, err)
	assert.NotContains(t, string(sent), "WM-0001")
	_, err = f.service.LinkStatus(t.Context(), start.input.Order.Ref)
	assert.Equal(t, orders.RuleNoLink, only(t, err).Rule, "nobody is asked")
	quote, err := f.service.Check(t.Context(), refunding("R-2"))
	require.NoError(t, err)
	assert.NotContains(t, quote.Payee, "WM-0001")
	f.take(with(refunding("R-1"), func(r *orders.Request) { r.Issuer = " WebMoney " }))
	assert.Len(t, f.temporal.starts, 1, "the same issuer, however it is written")
}

func TestWhatIsWrongWithAnOrderOfAnyPattern(t *testing.T) {
	f := newFixture(t)
	f.fund(500_000)
	amount := func(yen string) func(*orders.Request) { return func(r *orders.Request) { r.Amount = yen } }
	for name, tc := range map[string]struct {
		base   orders.Request
		change func(*orders.Request)
		field  string
		rule   orders.Rule
	}{
		"cash and coins":     {recipient("R-1", "atm-cash"), amount("1,500"), "amount", orders.RuleThousands},
		"cash over its cap":  {recipient("R-1", "atm-cash"), amount("101,000"), "amount", orders.RuleOverRailCap},
		"wallet over cap":    {recipient("R-1", "au-pay"), amount("300,001"), "amount", orders.RuleOverRailCap},
		"cash days":          {recipient("R-1", "atm-cash"), func(r *orders.Request) { r.ExpiresDays = "200" }, "expires_days", orders.RuleExpiresDays},
		"rails of cash":      {recipient("R-1", "atm-cash"), func(r *orders.Request) { r.Rails = "atm" }, "rails", orders.RuleRailsGiven},
		"an account, too":    {recipient("R-1", "au-pay"), func(r *orders.Request) { r.Bank = "0001" }, "account", orders.RulePayeeGiven},
		"gift form":          {recipient("R-1", "gift-card"), func(r *orders.Request) { r.GiftForm = "paper" }, "gift_form", orders.RuleGiftForm},
		"gift form of cash":  {recipient("R-1", "atm-cash"), func(r *orders.Request) { r.GiftForm = "code" }, "gift_form", orders.RuleGiftFormGiven},
		"no amazon":          {choice("R-1", "bank,atm"), func(r *orders.Request) { r.GiftForm = "code" }, "gift_form", orders.RuleGiftFormGiven},
		"no rails":           {choice("R-1", ""), func(*orders.Request) {}, "rails", orders.RuleRails},
		"unknown rail":       {choice("R-1", "bank,pigeon"), func(*orders.Request) {}, "rails", orders.RuleRails},
		"prepaid by choice":  {choice("R-1", "bank,prepaid"), func(*orders.Request) {}, "rails", orders.RuleRails},
		"a rail twice":       {choice("R-1", "bank,atm,bank"), func(r *orders.Request) { r.GiftForm = "code" }, "rails", orders.RuleRails},
		"no way carries it":  {choice("R-1", "atm,aupay"), amount("300,500"), "amount", orders.RuleOverRailCap},
		"coins by choice":    {choice("R-1", "atm"), amount("1,500"), "amount", orders.RuleThousands},
		"a purchase, too":    {recipient("R-1", "au-pay"), func(r *orders.Request) { r.Purchase = "WM-1" }, "purchase", orders.RulePurchaseGiven},
		"issuer":             {refunding("R-1"), func(r *orders.Request) { r.Issuer = "nobody" }, "issuer", orders.RuleIssuer},
		"no issuer":          {refunding("R-1"), func(r *orders.Request) { r.Issuer = "" }, "issuer", orders.RuleIssuer},
		"no purchase":        {refunding("R-1"), func(r *orders.Request) { r.Purchase = "" }, "purchase", orders.RulePurchase},
		"purchase form":      {refunding("R-1"), func(r *orders.Request) { r.Purchase = "WM 1" }, "purchase", orders.RulePurchase},
		"no day":             {refunding("R-1"), func(r *orders.Request) { r.PurchasedOn = "" }, "purchased_on", orders.RulePurchasedOn},
		"day form":           {refunding("R-1"), func(r *orders.Request) { r.PurchasedOn = "2026/11/01" }, "purchased_on", orders.RulePurchasedOn},
		"no such day":        {refunding("R-1"), func(r *orders.Request) { r.PurchasedOn = "2026-02-30" }, "purchased_on", orders.RulePurchasedOn},
		"tomorrow":           {refunding("R-1"), func(r *orders.Request) { r.PurchasedOn = "2026-11-22" }, "purchased_on", orders.RulePurchaseFuture},
		"window passed":      {refunding("R-1"), func(r *orders.Request) { r.PurchasedOn = "2026-07-31" }, "purchased_on", orders.RuleWindowPassed},
		"days passed":        {refunding("R-1"), func(r *orders.Request) { r.Issuer, r.PurchasedOn = "jcb-premo", "2026-10-21" }, "purchased_on", orders.RuleWindowPassed},
		"purchase amount":    {refunding("R-1"), func(r *orders.Request) { r.PurchaseAmount = "-1" }, "purchase_amount", orders.RulePurchaseAmount},
		"more than was paid": {refunding("R-1"), func(r *orders.Request) { r.PurchaseAmount = "2,999" }, "amount", orders.RuleOverPurchase},
		"a part, all or nothing": {refunding("R-1"), func(r *orders.Request) { r.Issuer, r.PurchaseAmount = "jcb-premo", "5,000" },
			"amount", orders.RuleNoPartial},
		"somebody to ask": {refunding("R-1"), func(r *orders.Request) { r.Email = "hanako@example.jp" }, "email", orders.RuleRecipientGiven},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := f.service.Take(t.Context(), with(tc.base, tc.change))
			refused := only(t, err)
			assert.Equal(t, [3]any{tc.field, tc.rule, orders.CodeValidation}, [3]any{refused.Field, refused.Rule, refused.Code})
			assert.NotContains(t, refused.Sentence(remittance.En)+refused.Sentence(remittance.Ja), "{")
		})
	}
	assert.Empty(t, f.temporal.starts)
	f.take(with(refunding("R-1"), func(r *orders.Request) { r.PurchasedOn, r.PurchaseAmount = "2026-08-01", "5,000" }))
	f.take(with(refunding("R-2"), func(r *orders.Request) {
		r.Issuer, r.PurchasedOn, r.PurchaseAmount = "jcb-premo", "2026-10-22", "3,000"
	}))
	assert.Len(t, f.temporal.starts, 2, "on the last day, in part where that is allowed, and whole where not")
}

func TestAPassedWindowNamesItsLastDay(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.service.Take(t.Context(), with(refunding("R-1"), func(r *orders.Request) { r.PurchasedOn = "2026-07-01" }))
	refused := only(t, err)
	assert.Contains(t, refused.Sentence(remittance.En), "2026-10-31")
	assert.Contains(t, refused.Sentence(remittance.Ja), "2026-10-31")
}

func TestAWayThatCannotCarryTheAmountIsLeftOut(t *testing.T) {
	f := newFixture(t)
	f.fund(500_000)
	state, notices, err := f.service.Take(t.Context(), with(choice("R-1", "atm,bank,aupay"), func(r *orders.Request) { r.Amount = "350,000" }))
	require.NoError(t, err)
	ways := f.temporal.starts[0].link.Ways
	require.Len(t, ways, 1)
	assert.Equal(t, remittance.RailBank, ways[0].Rail)
	require.Len(t, notices, 2)
	assert.Equal(t, "Cash at an ATM is not offered. The amount is over the limit of 100,000 yen for this way of sending.", notices[0].Message(remittance.En))
	assert.Contains(t, notices[1].Message(remittance.Ja), "au PAY")
	asked, err := f.service.Asked(t.Context(), state.Ref)
	require.NoError(t, err)
	assert.Equal(t, []orders.AskedWay{{Rail: remittance.RailBank, Cap: 500_000, Available: true}}, asked.Ways)

	_, notices, err = f.service.Take(t.Context(), with(choice("R-2", "atm,aupay"), func(r *orders.Request) { r.Amount = "1,500" }))
	require.NoError(t, err)
	require.Len(t, notices, 1)
	assert.Contains(t, notices[0].Message(remittance.En), "notes only")
}

func TestCoinsAreASetting(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	deps := f.service.Deps
	deps.Settings.ATM.Coins = true
	f.service = orders.New(deps)
	f.take(with(recipient("R-1", "atm-cash"), func(r *orders.Request) { r.Amount = "1,500" }))
}

func TestARailThatIsNotSetUp(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	deps := f.service.Deps
	delete(deps.Settings.Rails, remittance.RailAuPay)
	f.service = orders.New(deps)
	_, _, err := f.service.Take(t.Context(), recipient("R-1", "au-pay"))
	assert.Equal(t, orders.RuleNoRail, only(t, err).Rule)
	_, notices, err := f.service.Take(t.Context(), choice("R-2", "aupay,bank"))
	require.NoError(t, err)
	assert.Len(t, notices, 1)
	rails, err := f.service.Rails(t.Context(), shop)
	require.NoError(t, err)
	assert.Len(t, rails, 4)
}

func TestTheMerchantsTermsOfEveryRail(t *testing.T) {
	f := newFixture(t)
	f.fund(100_000)
	yen := func(n remittance.Yen) *remittance.Yen { return &n }
	require.NoError(t, f.record.SaveMerchant(t.Context(), record.Merchant{ID: shop, DisplayName: "Shop", Settings: record.Settings{
		Rails: map[remittance.Rail]record.Terms{remittance.RailATM: {Fee: yen(1), Cap: yen(20_000)}, remittance.RailAuPay: {Fee: yen(2), Cap: yen(900_000)}},
		Link:  record.LinkTerms{Fallback: "same"},
	}}))
	f.take(with(choice("R-1", "atm,aupay"), func(r *orders.Request) { r.Amount = "20,000" }))
	in := f.temporal.starts[0].link
	assert.Equal(t, contract.FallbackSame, in.Link.Fallback)
	assert.Equal(t, [2]remittance.Yen{1, 2}, [2]remittance.Yen{in.Ways[0].Fee, in.Ways[1].Fee})
	_, _, err := f.service.Take(t.Context(), with(recipient("R-2", "atm-cash"), func(r *orders.Request) { r.Amount = "21,000" }))
	assert.Contains(t, only(t, err).Sentence(remittance.En), "20,000")
	rails, err := f.service.Rails(t.Context(), shop)
	require.NoError(t, err)
	assert.Equal(t, orders.RailInfo{Rail: remittance.RailATM, Cap: 20_000, Fee: 1}, rails[1])
	assert.Equal(t, orders.RailInfo{Rail: remittance.RailAuPay, Cap: 300_000, Fee: 2}, rails[3], "a merchant's cap can only be lower")
	assert.True(t, rails[4].Sandbox)
}

// answersReissues plays the workflow for numbers that are out.
func (f *fixture) answersReissues(ref remittance.Ref) {
	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) {
		return contract.State{Ref: ref, Status: remittance.AwaitingRecipient}, nil
	}
}

func TestFieldsThatAreEmptyLeaveTheHashAsItWas(t *testing.T) {
	body, err := json.Marshal(good("R-1"))
	require.NoError(t, err)
	assert.JSONEq(t, `{"merchant":"shop","remittance_id":"R-1","amount":"10,000","bank":"0005","branch":"001","type":"普通","number":"123456","name":"やまだ　ハナコ"}`,
		string(body), "an order taken before there were more rails must be the same order after")
	assert.NotContains(t, fmt.Sprintf("%v %+v", refunding("R-1"), choice("R-1", "bank")), "WM-0001")
}
