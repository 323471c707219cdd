package orders_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

var (
	r1      = remittance.Ref{Merchant: shop, Remittance: "R-1"}
	unknown = remittance.Ref{Merchant: shop, Remittance: "none"}
)

// acts is every request about a remittance that exists already.
func (f *fixture) acts() map[string]func(remittance.Ref) error {
	return map[string]func(remittance.Ref) error{
		"cancel": func(r remittance.Ref) error {
			_, err := f.service.Cancel(f.t.Context(), r, remittance.ActorMerchant)
			return err
		},
		"correct": func(r remittance.Ref) error {
			_, _, err := f.service.Correct(f.t.Context(), r, good("").Payee)
			return err
		},
		"resolve": func(r remittance.Ref) error {
			_, err := f.service.Resolve(f.t.Context(), r, contract.ResolveInput{Evidence: "statement, item 3"})
			return err
		},
	}
}

// returned is a fixture whose R-1 waits for a correction, which all three
// requests get past.
func returned(t *testing.T) *fixture {
	f := newFixture(t)
	f.fund(50_000)
	f.take(good("R-1"))
	f.move("R-1", remittance.Returned, false, contract.PostGiveBack)
	return f
}

func TestActsAskTheWorkflow(t *testing.T) {
	f := returned(t)
	want := contract.State{Ref: r1, Status: remittance.Cancelled}
	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) { return want, nil }

	got, err := f.service.Cancel(t.Context(), r1, remittance.ActorMerchant)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	_, _, err = f.service.Correct(t.Context(), r1, orders.Payee{Bank: "0009", Branch: "001", Type: "1", Number: "1111111", Name: "サトウ"})
	require.NoError(t, err)
	_, err = f.service.Resolve(t.Context(), r1, contract.ResolveInput{Executed: true, RailRef: " 12 ", Evidence: " item 3 "})
	require.NoError(t, err)

	require.Len(t, f.temporal.updates, 3)
	for i, name := range []string{contract.UpdateCancel, contract.UpdateCorrect, contract.UpdateResolve} {
		u := f.temporal.updates[i]
		assert.Equal(t, [3]any{"remittance:shop:R-1", name, client.WorkflowUpdateStageCompleted}, [3]any{u.WorkflowID, u.UpdateName, u.WaitForStage})
	}
	assert.Equal(t, []any{contract.CancelInput{Actor: remittance.ActorMerchant}}, f.temporal.updates[0].Args)
	to := f.temporal.updates[1].Args[0].(contract.CorrectInput).Account
	account, err := f.vault.Get(t.Context(), shop, to)
	require.NoError(t, err)
	assert.Equal(t, "0009", account.Bank)
	assert.Equal(t, []any{contract.ResolveInput{Executed: true, RailRef: "12", Evidence: "item 3"}}, f.temporal.updates[2].Args)
}

func TestARepeatedActIsTheSameUpdateUntilTheRemittanceMovesOn(t *testing.T) {
	f := returned(t)
	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) { return contract.State{}, nil }
	for name, act := range f.acts() {
		f.temporal.updates = nil
		require.NoError(t, act(r1), name)
		require.NoError(t, act(r1), name)
		assert.Equal(t, f.temporal.updates[0].UpdateID, f.temporal.updates[1].UpdateID, name)
		assert.NotContains(t, f.temporal.updates[0].UpdateID, "statement", name)
	}
	before := f.temporal.updates
	f.temporal.updates = nil
	row, err := f.record.Get(t.Context(), r1)
	require.NoError(t, err)
	_, err = f.books.Move(t.Context(), contract.Move{Ref: r1, Seq: row.Seq + 1, From: row.Status, To: remittance.Processing, Actor: remittance.ActorMerchant, At: noon,
		Generation: 2, Account: row.Account, Postings: []contract.Posting{contract.PostInstruct}})
	require.NoError(t, err)
	f.move("R-1", remittance.Returned, false, contract.PostGiveBack)
	for name, act := range f.acts() {
		require.NoError(t, act(r1), name)
	}
	for _, u := range f.temporal.updates {
		for _, old := range before {
			assert.NotEqual(t, old.UpdateID, u.UpdateID)
		}
	}
}

func TestActsOnWhatIsNotThere(t *testing.T) {
	f := newFixture(t)
	for name, act := range f.acts() {
		refused := only(t, act(unknown))
		assert.Equal(t, [2]any{orders.CodeNotFound, orders.RuleNoRemittance}, [2]any{refused.Code, refused.Rule}, name)
	}
	assert.Empty(t, f.temporal.updates)
}

func TestActsTooLate(t *testing.T) {
	rules := map[string]orders.Rule{"cancel": orders.RuleCancelTooLate, "correct": orders.RuleCorrectTooLate, "resolve": orders.RuleResolveTooLate}
	tooLate := func(t *testing.T, f *fixture, status string) {
		for name, act := range f.acts() {
			refused := only(t, act(r1))
			assert.Equal(t, [2]any{orders.CodeTooLate, rules[name]}, [2]any{refused.Code, refused.Rule}, name)
			assert.Contains(t, refused.Sentence(remittance.En), status, name)
		}
	}
	t.Run("the record knows", func(t *testing.T) {
		f := newFixture(t)
		f.fund(50_000)
		f.take(good("R-1"))
		f.move("R-1", remittance.Paid, true, contract.PostSettle)
		tooLate(t, f, "paid")
		assert.Empty(t, f.temporal.updates, "nobody needs to be asked")
	})
	t.Run("the workflow refuses", func(t *testing.T) {
		f := returned(t)
		f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) {
			return contract.State{}, temporal.NewNonRetryableApplicationError("too late", contract.ErrTypeTooLate, nil)
		}
		tooLate(t, f, "returned")
	})
	t.Run("it ended meanwhile", func(t *testing.T) {
		for name := range newFixture(t).acts() {
			f := returned(t)
			f.temporal.closed = true
			f.temporal.beforeUpdate = func() { f.move("R-1", remittance.Failed, true, contract.PostRelease) }
			assert.Equal(t, rules[name], only(t, f.acts()[name](r1)).Rule, name)
		}
	})
}

func TestACancelledRemittanceCanBeCancelledAgain(t *testing.T) {
	f := returned(t)
	want := f.move("R-1", remittance.Cancelled, true, contract.PostRelease)
	got, err := f.service.Cancel(t.Context(), r1, remittance.ActorMerchant)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestActsWithoutAnAnswer(t *testing.T) {
	for rule, spoil := range map[orders.Rule]func(*fakeTemporal){
		orders.RuleNoAnswer:   func(f *fakeTemporal) { f.down = true },
		orders.RuleNoWorkflow: func(f *fakeTemporal) { f.closed = true },
	} {
		f := returned(t)
		spoil(f.temporal)
		for name, act := range f.acts() {
			refused := only(t, act(r1))
			assert.Equal(t, [2]any{orders.CodeUnavailable, rule}, [2]any{refused.Code, refused.Rule}, name)
		}
	}
	f := returned(t)
	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) {
		return contract.State{}, errors.New("strange")
	}
	for name, act := range f.acts() {
		assert.Equal(t, orders.RuleNoAnswer, only(t, act(r1)).Rule, name)
	}
}

func TestCorrectAndResolveJudgeTheirInput(t *testing.T) {
	f := returned(t)
	_, _, err := f.service.Correct(t.Context(), r1, orders.Payee{Bank: "0005", Branch: "001", Type: "1", Number: "1", Name: "山田"})
	assert.Equal(t, "name", only(t, err).Field)
	_, _, err = f.service.Correct(t.Context(), r1, orders.Payee{Account: "acc_00000000000000000000000000"})
	assert.Equal(t, orders.RuleNoAccount, only(t, err).Rule)
	_, err = f.service.Resolve(t.Context(), r1, contract.ResolveInput{Executed: true, Evidence: "  "})
	assert.Equal(t, orders.RuleEvidence, only(t, err).Rule)
	assert.Empty(t, f.temporal.updates)
	assert.Equal(t, 1, stored(t, f))
}

func TestFundingCountsOnceAndWakesTheOldest(t *testing.T) {
	f := newFixture(t)
	f.take(with(good("big"), func(r *orders.Request) { r.Amount = "100000" }))
	f.take(good("first"))
	f.take(good("second"))
	f.take(good("third"))
	funding, err := f.service.Fund(t.Context(), shop, "20261121-0001", 25_000)
	require.NoError(t, err)
	assert.Equal(t, remittance.Yen(25_000), funding.Balances.Available)
	assert.Equal(t, 2, funding.Woken, "the big one does not hold up the others, and the third no longer fits")
	assert.Equal(t, []string{"funds-arrived to remittance:shop:first", "funds-arrived to remittance:shop:second"}, f.temporal.signals)

	f.temporal.down = true
	funding, err = f.service.Fund(t.Context(), shop, "20261121-0001", 25_000)
	require.NoError(t, err, "nobody needs to hear of it at once")
	assert.Equal(t, remittance.Yen(25_000), funding.Balances.Available, "an item counts once")
	assert.Zero(t, funding.Woken)

	_, err = f.service.Fund(t.Context(), shop, "20261121-0001", 25_001)
	assert.Equal(t, orders.RuleOtherFunding, only(t, err).Rule)
}

func TestFundingRefusals(t *testing.T) {
	f := newFixture(t)
	for _, tc := range []struct {
		merchant remittance.MerchantID
		item     string
		amount   remittance.Yen
		field    string
		rule     orders.Rule
	}{
		{"Shop", "i", 1, "merchant", orders.RuleMerchantID},
		{"nobody", "i", 1, "merchant", orders.RuleNoMerchant},
		{shop, "item 1", 1, "item", orders.RuleItem},
		{shop, "", 1, "item", orders.RuleItem},
		{shop, "i", 0, "amount", orders.RuleAmountForm},
		{shop, "i", -1, "amount", orders.RuleAmountForm},
	} {
		_, err := f.service.Fund(t.Context(), tc.merchant, tc.item, tc.amount)
		refused := only(t, err)
		assert.Equal(t, [2]any{tc.field, tc.rule}, [2]any{refused.Field, refused.Rule}, "%+v", tc)
	}
}

func TestAccounts(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	entry, notices, err := f.service.AddAccount(t.Context(), shop, good("").Payee, "花子さん")
	require.NoError(t, err)
	assert.NotEmpty(t, notices)
	assert.Equal(t, [4]string{"0005", "*****56", "ﾔ***", "花子さん"}, [4]string{entry.Bank, entry.Number, entry.Name, entry.Label})
	list, err := f.service.ListAccounts(t.Context(), shop, 10, "")
	require.NoError(t, err)
	assert.Equal(t, entry, list[0])

	f.take(good("R-1"))
	refused := only(t, f.service.DeleteAccount(t.Context(), shop, entry.ID))
	assert.Equal(t, orders.RuleAccountInUse, refused.Rule)
	assert.Contains(t, refused.Sentence(remittance.En), "R-1")
	f.move("R-1", remittance.Failed, true, contract.PostGiveBack, contract.PostRelease)
	require.NoError(t, f.service.DeleteAccount(t.Context(), shop, entry.ID))
	assert.Equal(t, orders.RuleDeletedAccount, only(t, f.service.DeleteAccount(t.Context(), shop, entry.ID)).Rule)
	_, err = f.service.ShowAccount(t.Context(), shop, entry.ID)
	assert.Equal(t, orders.RuleDeletedAccount, only(t, err).Rule)
	_, err = f.service.ShowAccount(t.Context(), "other", entry.ID)
	assert.Equal(t, orders.RuleNoAccount, only(t, err).Rule)
}

func TestAccountRefusals(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.service.AddAccount(t.Context(), "nobody", good("").Payee, "")
	assert.Equal(t, orders.RuleNoMerchant, only(t, err).Rule)
	long := make([]rune, 101)
	_, _, err = f.service.AddAccount(t.Context(), shop, orders.Payee{Bank: "0005", Branch: "001", Type: "1", Number: "1", Name: "山田"}, string(long))
	var fields []string
	for _, e := range orders.FaultsOf(err) {
		fields = append(fields, e.Field)
	}
	assert.Equal(t, []string{"name", "label"}, fields)
	_, err = f.service.ListAccounts(t.Context(), "nobody", 10, "")
	assert.Equal(t, orders.RuleNoMerchant, only(t, err).Rule)
	_, err = f.service.ListAccounts(t.Context(), shop, 0, "")
	assert.Equal(t, orders.RuleList, only(t, err).Rule)
}

func TestShowAndList(t *testing.T) {
	f := newFixture(t)
	f.fund(50_000)
	f.take(good("R-1"))
	f.move("R-1", remittance.Sent, false)
	view, err := f.service.Show(t.Context(), r1)
	require.NoError(t, err)
	assert.Equal(t, remittance.Sent, view.Status)
	assert.Equal(t, remittance.WaitsForFinality, view.WaitsFor)
	assert.Len(t, view.Timeline, 3)
	assert.Equal(t, remittance.Yen(10_000), view.Balances.InFlight)
	_, err = f.service.Show(t.Context(), unknown)
	assert.Equal(t, orders.RuleNoRemittance, only(t, err).Rule)

	day, err := orders.ParseDay("2026-11-21")
	require.NoError(t, err)
	page, err := f.service.List(t.Context(), record.Filter{Merchant: shop, From: day, To: day}, 10, "")
	require.NoError(t, err)
	assert.Len(t, page.Remittances, 1)
	_, err = f.service.List(t.Context(), record.Filter{}, 10, "?")
	assert.Equal(t, orders.RuleList, only(t, err).Rule)
	_, err = orders.ParseDay("yesterday")
	assert.Equal(t, orders.RuleList, only(t, err).Rule)

	_, err = orders.ParseRef("Shop", "R 1")
	assert.Len(t, orders.FaultsOf(err), 2)
	ref, err := orders.ParseRef("shop", "R-1")
	require.NoError(t, err)
	assert.Equal(t, r1, ref)
}

func TestADatabaseThatIsGoneIsUnavailable(t *testing.T) {
	f := returned(t)
	require.NoError(t, f.db.Close())
	_, _, err := f.service.Take(t.Context(), good("R-1"))
	assert.Equal(t, orders.RuleDatabase, only(t, err).Rule)
	for name, act := range f.acts() {
		assert.Equal(t, orders.RuleDatabase, only(t, act(r1)).Rule, name)
	}
	_, err = f.service.Fund(t.Context(), shop, "i", 1)
	assert.Equal(t, orders.RuleDatabase, only(t, err).Rule)
	_, err = f.service.List(t.Context(), record.Filter{}, 1, "")
	assert.Equal(t, orders.RuleDatabase, only(t, err).Rule)
}
