package orders_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/zengin"
	"soukin/remittance"
)

func asked(id string) orders.Request {
	return orders.Request{Merchant: string(shop), RemittanceID: id, Pattern: "account-link", Amount: "3,000",
		Recipient: orders.Recipient{Email: "hanako@example.jp", Phone: "090-1234-5678", Purpose: "返金", Code: "1234", CodeLabel: "会員番号"}}
}

func TestTakeALink(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	state := f.take(asked("L-1"))
	require.Equal(t, remittance.AwaitingRecipient, state.Status)
	start := f.temporal.starts[0]
	require.Equal(t, contract.WorkflowAccountLink, start.workflow)
	require.Equal(t, settings().Link.Window, start.link.Link.Window)
	sent, err := json.Marshal(start.link)
	require.NoError(t, err)
	for _, private := range []string{"hanako", "1234", "返金", "会員"} {
		require.NotContains(t, string(sent), private)
	}
	contact, err := f.vault.Contact(t.Context(), shop, start.link.Link.Contact)
	require.NoError(t, err)
	require.Equal(t, "hanako@example.jp", contact.Email())
	require.Equal(t, "+819012345678", contact.Phone())
	summary, err := f.service.LinkStatus(t.Context(), state.Ref)
	require.NoError(t, err)
	require.Equal(t, []string{"会員番号"}, summary.Labels)

	f.take(asked("L-1")) // again: the same remittance
	_, _, err = f.service.Take(t.Context(), with(asked("L-1"), func(r *orders.Request) { r.Code = "9999" }))
	require.Equal(t, orders.RuleOtherBody, orders.FaultsOf(err)[0].Rule)
}

func TestTheMerchantsTermsOfALink(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	hour := time.Hour
	require.NoError(t, f.record.SaveMerchant(t.Context(), record.Merchant{ID: shop, DisplayName: "Shop",
		Settings: record.Settings{Link: record.LinkTerms{Window: &hour, Reminders: []time.Duration{time.Minute}}}}))
	f.take(asked("L-1"))
	f.take(with(asked("L-2"), func(r *orders.Request) { r.ExpiresDays = "5"; r.Email, r.Phone = "", "" }))
	require.Equal(t, hour, f.temporal.starts[0].link.Link.Window)
	require.Equal(t, []time.Duration{time.Minute}, f.temporal.starts[0].link.Link.Reminders)
	require.Equal(t, 5*24*time.Hour, f.temporal.starts[1].link.Link.Window)
	require.Empty(t, f.temporal.starts[1].link.Link.Contact, "the merchant hands it over")
}

func TestWhatIsWrongWithALink(t *testing.T) {
	f := newFixture(t)
	for name, c := range map[string]struct {
		change func(*orders.Request)
		field  string
		rule   orders.Rule
	}{
		"mail":          {func(r *orders.Request) { r.Email = "hanako" }, "email", orders.RuleEmail},
		"telephone":     {func(r *orders.Request) { r.Phone = "03-1234" }, "phone", orders.RulePhone},
		"language":      {func(r *orders.Request) { r.Lang = "fr" }, "lang", orders.RuleLang},
		"purpose":       {func(r *orders.Request) { r.Purpose = strings.Repeat("あ", 61) }, "purpose", orders.RulePurpose},
		"short code":    {func(r *orders.Request) { r.Code2 = "12" }, "code2", orders.RuleCode},
		"label alone":   {func(r *orders.Request) { r.Code3Label = "PIN" }, "code3", orders.RuleCode},
		"days":          {func(r *orders.Request) { r.ExpiresDays = "0" }, "expires_days", orders.RuleExpiresDays},
		"a payee, too":  {func(r *orders.Request) { r.Bank = "0001" }, "account", orders.RulePayeeGiven},
		"wrong pattern": {func(r *orders.Request) { r.Pattern = ""; r.Payee = good("x").Payee }, "email", orders.RuleRecipientGiven},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := f.service.Take(t.Context(), with(asked("L-1"), c.change))
			faults := orders.FaultsOf(err)
			require.Len(t, faults, 1, "%v", err)
			require.Equal(t, c.rule, faults[0].Rule)
			require.Equal(t, c.field, faults[0].Field)
			for _, private := range []string{"hanako", "1234"} {
				require.NotContains(t, err.Error(), private)
			}
		})
	}
	require.Empty(t, f.temporal.starts)
}

// answersDesignations plays the workflow: the first account wins.
func (f *fixture) answersDesignations(id string) {
	f.temporal.answer = func(o client.UpdateWorkflowOptions) (contract.State, error) {
		row, err := f.record.Get(f.t.Context(), remittance.Ref{Merchant: shop, Remittance: remittance.RemittanceID(id)})
		require.NoError(f.t, err)
		if row.Status != remittance.AwaitingRecipient {
			return contract.State{}, temporal.NewNonRetryableApplicationError("late", contract.ErrTypeTooLate, nil)
		}
		in := o.Args[0].(contract.DesignateInput)
		_, err = f.books.Move(f.t.Context(), contract.Move{Ref: row.Ref, Seq: row.Seq + 1, From: row.Status, To: remittance.Processing,
			Actor: remittance.ActorRecipient, At: noon, Generation: 1, Account: in.Account, Postings: []contract.Posting{contract.PostInstruct}})
		require.NoError(f.t, err)
		return contract.State{Ref: row.Ref, Status: remittance.Processing, Account: in.Account}, nil
	}
}

func TestDesignate(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	ref := f.take(asked("L-1")).Ref
	f.answersDesignations("L-1")
	mine := orders.Designation{Account: zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ ハナコ"}}

	_, err := f.service.Designate(t.Context(), ref, orders.Designation{Account: zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "山田"}})
	var fields zengin.FieldErrors
	require.ErrorAs(t, err, &fields)

	state, err := f.service.Designate(t.Context(), ref, mine)
	require.NoError(t, err)
	require.Equal(t, remittance.Processing, state.Status)
	again, err := f.service.Designate(t.Context(), ref, mine)
	require.NoError(t, err, "a double click")
	require.Equal(t, state.Account, again.Account)
	theirs := mine
	theirs.Account.Number = "7654321"
	_, err = f.service.Designate(t.Context(), ref, theirs)
	require.Equal(t, orders.CodeTooLate, orders.FaultsOf(err)[0].Code)
	require.NotContains(t, err.Error(), "acc_")

	seen, err := f.service.Asked(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, "返金", seen.Purpose)
	require.Equal(t, noon, seen.Designated)
}

func TestOperatingALink(t *testing.T) {
	f := newFixture(t)
	f.fund(20_000)
	ref := f.take(asked("L-1")).Ref
	plain := f.take(good("B-1")).Ref
	f.temporal.answer = func(o client.UpdateWorkflowOptions) (contract.State, error) {
		return contract.State{Ref: ref, Status: remittance.AwaitingRecipient}, nil
	}
	_, err := f.service.Resend(t.Context(), ref)
	require.NoError(t, err)
	_, err = f.service.Extend(t.Context(), ref, noon.Add(72*time.Hour))
	require.NoError(t, err)
	_, err = f.service.Extend(t.Context(), ref, noon)
	require.Equal(t, orders.RuleUntil, orders.FaultsOf(err)[0].Rule)
	_, err = f.service.ChangeContact(t.Context(), ref, "new@example.jp", "")
	require.NoError(t, err)
	_, err = f.service.ChangeContact(t.Context(), ref, "", "")
	require.Equal(t, orders.RuleEmail, orders.FaultsOf(err)[0].Rule)
	_, err = f.service.Resend(t.Context(), plain)
	require.Equal(t, orders.RuleNoLink, orders.FaultsOf(err)[0].Rule)
	names := []string{}
	for _, u := range f.temporal.updates {
		names = append(names, u.UpdateName)
	}
	require.Equal(t, []string{contract.UpdateResend, contract.UpdateExtend, contract.UpdateChangeContact}, names)

	_, err = f.service.ShowLink(t.Context(), ref)
	require.Equal(t, orders.RuleMayNotShow, orders.FaultsOf(err)[0].Rule)
	require.NoError(t, f.record.SaveMerchant(t.Context(), record.Merchant{ID: shop, DisplayName: "Shop", Settings: record.Settings{Link: record.LinkTerms{MayShow: true}}}))
	url, err := f.service.ShowLink(t.Context(), ref)
	require.NoError(t, err)
	token, err := link.ParseToken(strings.TrimPrefix(url, "https://pay.example.jp/r/"))
	require.NoError(t, err)
	opened, _, err := f.links.Open(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, ref, opened)

	for range 5 {
		_, _, err = f.links.Prove(t.Context(), token, []link.Answer{link.NewAnswer("0000")})
		require.True(t, errors.Is(err, link.ErrWrong) || errors.Is(err, link.ErrLocked))
	}
	status, err := f.service.LinkStatus(t.Context(), ref)
	require.NoError(t, err)
	require.True(t, status.Locked)
	require.NoError(t, f.service.Unlock(t.Context(), ref, remittance.ActorOperator))
	_, _, err = f.links.Prove(t.Context(), token, []link.Answer{link.NewAnswer("１２３４")})
	require.NoError(t, err)
}

func TestLateReturn(t *testing.T) {
	f := newFixture(t)
	f.fund(10_000)
	ref := f.take(good("R-1")).Ref
	_, err := f.service.LateReturn(t.Context(), ref, "22", "statement, item 4")
	require.Equal(t, orders.RuleNotPaid, orders.FaultsOf(err)[0].Rule)
	f.move("R-1", remittance.Sent, false)
	f.move("R-1", remittance.Paid, true, contract.PostSettle, contract.PostFee)
	_, err = f.service.LateReturn(t.Context(), ref, "22", " ")
	require.Equal(t, orders.RuleEvidence, orders.FaultsOf(err)[0].Rule)
	for range 2 {
		state, err := f.service.LateReturn(t.Context(), ref, "22", "statement, item 4")
		require.NoError(t, err)
		require.Equal(t, remittance.Returned, state.Status)
	}
	balances, err := f.ledger.Balances(t.Context(), shop)
	require.NoError(t, err)
	require.Equal(t, remittance.Yen(10_000), balances.Available)
}
