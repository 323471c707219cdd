package orders_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/vault"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// chooses plays the workflow of a choice: what is designated is instructed.
func (f *fixture) chooses() {
	f.temporal.answer = func(o client.UpdateWorkflowOptions) (contract.State, error) {
		in, ok := o.Args[0].(contract.DesignateInput)
		require.True(f.t, ok)
		row, err := f.record.Get(f.t.Context(), r1)
		require.NoError(f.t, err)
		if row.Status != remittance.AwaitingRecipient {
			return contract.State{}, temporal.NewNonRetryableApplicationError("late", contract.ErrTypeTooLate, nil)
		}
		_, err = f.books.Move(f.t.Context(), contract.Move{Ref: row.Ref, Seq: row.Seq + 1, From: row.Status, To: remittance.Processing,
			Actor: remittance.ActorRecipient, At: noon, Generation: row.Instructed + 1, Account: in.Account, Rail: in.Rail, Fee: 1,
			Postings: []contract.Posting{contract.PostInstruct}})
		require.NoError(f.t, err)
		return contract.State{Ref: row.Ref, Status: remittance.Processing, Rail: in.Rail, Account: in.Account}, nil
	}
}

// issued makes the money of R-1 wait at an ATM, as its workflow would.
func (f *fixture) issued() {
	f.t.Helper()
	row, err := f.record.Get(f.t.Context(), r1)
	require.NoError(f.t, err)
	later := noon.AddDate(0, 0, 15)
	_, err = f.books.Move(f.t.Context(), contract.Move{Ref: r1, Seq: row.Seq + 1, From: row.Status, To: remittance.AwaitingRecipient,
		Reason: remittance.WaitsForWithdrawal, Actor: remittance.ActorRail, At: noon, Generation: row.Generation, Account: row.Account, Deadline: &later,
		Rail: row.Rail})
	require.NoError(f.t, err)
	require.NoError(f.t, f.vault.KeepNumbers(f.t.Context(), r1, vault.NewNumbers("0181", "511000111", "406639")))
}

func member(number string) orders.Designation {
	return orders.Designation{Rail: remittance.RailAuPay, Member: number}
}

func TestDesignateEveryWay(t *testing.T) {
	account := orders.Designation{Rail: remittance.RailBank, Account: zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ ハナコ"}}
	for name, tc := range map[string]struct {
		form   string
		chosen orders.Designation
		other  orders.Designation
		stored string // the number in the vault, or "" where the way needs none
	}{
		"bank":    {"", account, member("1234567890123456"), "-"},
		"cash":    {"", orders.Designation{Rail: remittance.RailATM}, account, ""},
		"balance": {"balance", orders.Designation{Rail: remittance.RailAmazon, AmazonUser: "amzn1.account.A1"}, orders.Designation{Rail: remittance.RailAmazon, AmazonUser: "amzn1.account.A2"}, "amzn1.account.A1"},
		"code":    {"code", orders.Designation{Rail: remittance.RailAmazon, AmazonUser: "ignored"}, account, ""},
		"au PAY":  {"", member(" １２３４-5678　90１２ー3456 "), member("1234567890123457"), "1234567890123456"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.fund(10_000)
			f.take(with(choice("R-1", "bank,atm,amazon,aupay"), func(r *orders.Request) { r.GiftForm = tc.form }))
			f.chooses()
			state, err := f.service.Designate(t.Context(), r1, tc.chosen)
			require.NoError(t, err)
			in := f.temporal.updates[0].Args[0].(contract.DesignateInput)
			assert.Equal(t, tc.chosen.Rail, in.Rail)
			assert.Equal(t, tc.stored == "", in.Account == "", "only a way that needs a destination has one")
			if tc.stored != "" && tc.stored != "-" {
				wallet, err := f.vault.Wallet(t.Context(), shop, in.Account)
				require.NoError(t, err)
				assert.Equal(t, [2]any{tc.chosen.Rail, tc.stored}, [2]any{wallet.Rail, wallet.Number()})
			}
			again, err := f.service.Designate(t.Context(), r1, tc.chosen)
			require.NoError(t, err, "a double click")
			assert.Equal(t, state.Account, again.Account)
			_, err = f.service.Designate(t.Context(), r1, tc.other)
			assert.Equal(t, orders.RuleLinkTooLate, only(t, err).Rule)
			assert.Len(t, f.temporal.updates, 1)
			asked, err := f.service.Asked(t.Context(), r1)
			require.NoError(t, err)
			require.Len(t, asked.Ways, 4)
			for _, w := range asked.Ways {
				assert.False(t, w.Available, "nothing can be chosen while the money is on its way")
			}
		})
	}
}

func TestUpdateIDsTellWaysApart(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(choice("R-1", "bank,atm,amazon,aupay"))
	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) { return contract.State{}, nil }
	seen := map[string]bool{}
	for _, d := range []orders.Designation{{Rail: remittance.RailATM}, member("1234567890123456"), member("1234567890123457"), member("1234 5678 9012 3456")} {
		_, err := f.service.Designate(t.Context(), r1, d)
		require.NoError(t, err)
		seen[f.temporal.updates[len(f.temporal.updates)-1].UpdateID] = true
	}
	assert.Len(t, seen, 3, "the same member, however it is written, is the same request")
	for id := range seen {
		assert.NotContains(t, id, "1234")
	}
}

func TestWhatIsWrongWithADesignation(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(choice("R-1", "amazon,aupay"))
	for name, tc := range map[string]struct {
		give  orders.Designation
		field string
		rule  orders.Rule
	}{
		"not offered":    {orders.Designation{Rail: remittance.RailATM}, "rail", orders.RuleNoWay},
		"nothing chosen": {orders.Designation{}, "rail", orders.RuleNoWay},
		"short number":   {member("123456789012345"), "member", orders.RuleMember},
		"letters":        {member("123456789012345A"), "member", orders.RuleMember},
		"nothing":        {member(""), "member", orders.RuleMember},
		"no login":       {orders.Designation{Rail: remittance.RailAmazon}, "amazon_user", orders.RuleNoLogin},
	} {
		_, err := f.service.Designate(t.Context(), r1, tc.give)
		refused := only(t, err)
		assert.Equal(t, [2]any{tc.field, tc.rule}, [2]any{refused.Field, refused.Rule}, name)
		assert.NotContains(t, err.Error()+refused.Sentence(remittance.Ja)+fmt.Sprintf("%v %+v", tc.give, tc.give), "123456", name)
	}
	assert.Empty(t, f.temporal.updates)

	deps := f.service.Deps
	deps.Settings.AuPay.Member = regexp.MustCompile(`^7[0-9]{2}$`)
	f.service = orders.New(deps)
	f.chooses()
	_, err := f.service.Designate(t.Context(), r1, member("701"))
	require.NoError(t, err, "the form is a setting")
}

func TestAWayThatFailedIsNotOfferedAgain(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(choice("R-1", "aupay,bank"))
	f.chooses()
	_, err := f.service.Designate(t.Context(), r1, member("1234567890123456"))
	require.NoError(t, err)
	row, err := f.record.Get(t.Context(), r1)
	require.NoError(t, err)
	later := noon.AddDate(0, 0, 7)
	_, err = f.books.Move(t.Context(), contract.Move{Ref: r1, Seq: row.Seq + 1, From: row.Status, To: remittance.AwaitingRecipient, Reason: remittance.WalletFull,
		Actor: remittance.ActorRail, At: noon, Generation: 1, Account: row.Account, Deadline: &later,
		Postings: []contract.Posting{contract.PostGiveBack}, Ways: []remittance.Rail{remittance.RailBank}})
	require.NoError(t, err)
	asked, err := f.service.Asked(t.Context(), r1)
	require.NoError(t, err)
	assert.Equal(t, []orders.AskedWay{{Rail: remittance.RailAuPay, Cap: 300_000}, {Rail: remittance.RailBank, Cap: 500_000, Available: true}}, asked.Ways)
	_, err = f.service.Designate(t.Context(), r1, member("1234567890123456"))
	assert.Equal(t, orders.RuleNoWay, only(t, err).Rule)
}

func TestNumbersAreForWhoOrderedThem(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(choice("R-1", "atm,bank"))
	_, err := f.service.Numbers(t.Context(), r1)
	assert.Equal(t, orders.RuleNoNumbers, only(t, err).Rule)
	_, err = f.service.Reissue(t.Context(), r1, remittance.ActorMerchant)
	assert.Equal(t, orders.RuleReissueTooLate, only(t, err).Rule)
	f.chooses()
	_, err = f.service.Designate(t.Context(), r1, orders.Designation{Rail: remittance.RailATM})
	require.NoError(t, err)
	f.issued()

	numbers, err := f.service.Numbers(t.Context(), r1)
	require.NoError(t, err)
	assert.Equal(t, [3]string{"0181", "511000111", "406639"}, [3]string{numbers.Partner(), numbers.Customer(), numbers.Confirmation()})
	_, err = f.service.Designate(t.Context(), r1, orders.Designation{Rail: remittance.RailATM})
	require.NoError(t, err, "a double click after the numbers came")

	_, err = f.service.Designate(t.Context(), r1, orders.Designation{Rail: remittance.RailBank, Account: zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ"}})
	assert.Equal(t, orders.RuleNumbersOut, only(t, err).Rule, "the cash has to come back first")
	_, err = f.service.Extend(t.Context(), r1, noon.AddDate(0, 0, 20))
	assert.Equal(t, orders.RuleNumbersOut, only(t, err).Rule)

	f.answersReissues(r1)
	before := len(f.temporal.updates)
	for range 2 {
		_, err = f.service.Reissue(t.Context(), r1, remittance.ActorRecipient)
		require.NoError(t, err)
	}
	updates := f.temporal.updates[before:]
	assert.Equal(t, contract.UpdateReissue, updates[0].UpdateName)
	assert.Equal(t, []any{contract.ReissueInput{Actor: remittance.ActorRecipient}}, updates[0].Args)
	assert.Equal(t, updates[0].UpdateID, updates[1].UpdateID, "a double click is one reissue")

	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) {
		return contract.State{}, temporal.NewNonRetryableApplicationError("often enough", contract.ErrTypeInvalid, nil)
	}
	_, err = f.service.Reissue(t.Context(), r1, remittance.ActorMerchant)
	assert.Equal(t, orders.RuleReissueTooLate, only(t, err).Rule)

	f.move("R-1", remittance.Paid, true, contract.PostSettle)
	_, err = f.service.Numbers(t.Context(), r1)
	assert.Equal(t, orders.RuleNoNumbers, only(t, err).Rule, "they are worth nothing now")
	_, err = f.service.Numbers(t.Context(), unknown)
	assert.Equal(t, orders.RuleNoRemittance, only(t, err).Rule)
}

// TestARefusalIsNotForEver: Temporal remembers what an update of one id was
// answered, but the ATM counts notes only for a moment.
func TestARefusalIsNotForEver(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(choice("R-1", "atm"))
	f.chooses()
	_, err := f.service.Designate(t.Context(), r1, orders.Designation{Rail: remittance.RailATM})
	require.NoError(t, err)
	f.issued()
	now := noon
	deps := f.service.Deps
	deps.Now = func() time.Time { return now }
	f.service = orders.New(deps)
	remembered := map[string]error{}
	answer := temporal.NewNonRetryableApplicationError("away", contract.ErrTypeUnavailable, nil)
	f.temporal.answer = func(o client.UpdateWorkflowOptions) (contract.State, error) {
		if err, known := remembered[o.UpdateID]; known {
			return contract.State{}, err
		}
		remembered[o.UpdateID] = answer
		return contract.State{}, answer
	}
	try := map[string]func() error{
		"cancel":  func() error { _, err := f.service.Cancel(t.Context(), r1, remittance.ActorMerchant); return err },
		"reissue": func() error { _, err := f.service.Reissue(t.Context(), r1, remittance.ActorMerchant); return err },
	}
	for name, do := range try {
		assert.Equal(t, orders.RuleRailAway, only(t, do()).Rule, name)
	}
	answer = nil
	for name, do := range try {
		assert.Equal(t, orders.RuleRailAway, only(t, do()).Rule, "%s: at once it is the same request", name)
	}
	now = now.Add(time.Minute)
	for name, do := range try {
		assert.NoError(t, do(), name)
	}
}

func TestCancellingWhileNumbersAreOutIsForTheWorkflowToDecide(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	f.take(choice("R-1", "atm"))
	f.chooses()
	_, err := f.service.Designate(t.Context(), r1, orders.Designation{Rail: remittance.RailATM})
	require.NoError(t, err)
	f.issued()
	f.answersReissues(r1)
	_, err = f.service.Cancel(t.Context(), r1, remittance.ActorMerchant)
	require.NoError(t, err)
	_, err = f.service.Decline(t.Context(), r1)
	require.NoError(t, err)
	f.temporal.answer = func(client.UpdateWorkflowOptions) (contract.State, error) {
		return contract.State{}, temporal.NewNonRetryableApplicationError("the cash was taken", contract.ErrTypeTooLate, nil)
	}
	_, err = f.service.Cancel(t.Context(), r1, remittance.ActorMerchant)
	assert.Equal(t, orders.RuleCancelTooLate, only(t, err).Rule)
}
