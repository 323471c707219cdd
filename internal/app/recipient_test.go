package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/web"
	"soukin/remittance"
)

var noonOfPages = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// asked is a choice of 128,000 yen that waits for its recipient, after a change.
func asked(change func(*orders.Asked)) orders.Asked {
	deadline := noonOfPages.Add(time.Hour)
	a := orders.Asked{
		State: contract.State{Pattern: remittance.Choice, Amount: 128_000, Status: remittance.AwaitingRecipient,
			Reason: remittance.WaitsForRecipient, Deadline: &deadline, Generation: 1},
		Ways: []orders.AskedWay{
			{Rail: remittance.RailBank, Cap: 1_000_000, Available: true},
			{Rail: remittance.RailATM, Cap: 100_000},
			{Rail: remittance.RailAmazon, Form: remittance.GiftCode, Cap: 500_000, Available: true},
			{Rail: remittance.RailAuPay, Cap: 500_000},
		},
	}
	change(&a)
	return a
}

func seenBy(change func(*orders.Asked)) web.View {
	r := &recipients{now: func() time.Time { return noonOfPages }}
	return r.view(asked(change))
}

func TestWhatARecipientMayChoose(t *testing.T) {
	v := seenBy(func(*orders.Asked) {})
	assert.True(t, v.Open)
	assert.Nil(t, v.Failed)
	assert.Equal(t, []web.Way{
		{Rail: remittance.RailBank, Limit: 1_000_000, Available: true},
		{Rail: remittance.RailATM, Limit: 100_000},
		{Rail: remittance.RailAmazon, Form: remittance.GiftCode, Limit: 500_000, Available: true},
	}, v.Ways, "too small a way is shown, one that failed for good is not")

	v = seenBy(func(a *orders.Asked) { a.State.Deadline = &noonOfPages })
	assert.False(t, v.Open, "the deadline has come")
	for _, ended := range []remittance.Status{remittance.Cancelled, remittance.Expired, remittance.Processing, remittance.Paid} {
		assert.False(t, seenBy(func(a *orders.Asked) { a.State.Status = ended }).Open)
	}
}

func TestWhyALinkIsOpenAgain(t *testing.T) {
	v := seenBy(func(a *orders.Asked) { a.State.Rail, a.State.Reason = remittance.RailAuPay, remittance.WalletFull })
	assert.Equal(t, &web.Failure{Rail: remittance.RailAuPay, Reason: remittance.WalletFull}, v.Failed)
	assert.Empty(t, v.Rail, "no way is chosen any more")
	v = seenBy(func(a *orders.Asked) {
		a.State.Pattern, a.State.Reason = remittance.AccountLink, remittance.NameMismatch
	})
	assert.Equal(t, remittance.RailBank, v.Failed.Rail, "rows from before there were other rails name none")
}

func TestCashAtTheATMs(t *testing.T) {
	out := func(a *orders.Asked) {
		a.State.Rail, a.State.InFlight, a.State.Reason = remittance.RailATM, true, remittance.WaitsForWithdrawal
	}
	v := seenBy(out)
	assert.False(t, v.Open, "the money is at the ATMs")
	assert.Equal(t, &web.Cash{Until: noonOfPages.Add(time.Hour)}, v.Cash)
	assert.Equal(t, remittance.RailATM, v.Rail)
	v = seenBy(func(a *orders.Asked) { out(a); a.State.Reason = remittance.NumbersLocked })
	assert.True(t, v.Cash.Locked)
	assert.Nil(t, v.Failed, "locked numbers can be replaced")
	v = seenBy(func(a *orders.Asked) { out(a); a.State.Reason, a.State.InFlight = remittance.NumbersLocked, false })
	assert.Nil(t, v.Cash)
	assert.Equal(t, remittance.NumbersLocked, v.Failed.Reason, "unless the link went on to other ways")
}

func TestReissuesAreCountedSinceTheNumbersWereIssued(t *testing.T) {
	waiting, processing := remittance.AwaitingRecipient, remittance.Processing
	issue := record.Step{From: processing, To: waiting}
	again := record.Step{From: waiting, To: waiting, Note: noteReissued}
	other := record.Step{From: waiting, To: waiting, Note: "link_mail"}
	for name, tt := range map[string]struct {
		steps []record.Step
		want  int
	}{
		"none":                   {nil, 3},
		"issued":                 {[]record.Step{issue, other}, 3},
		"twice":                  {[]record.Step{issue, again, other, again}, 1},
		"more than the settings": {[]record.Step{issue, again, again, again, again}, 0},
		"of earlier numbers":     {[]record.Step{issue, again, again, {From: waiting, To: processing}, issue, again}, 2},
	} {
		assert.Equal(t, tt.want, reissuesLeft(tt.steps, 3), name)
	}
}

// Asking Amazon for a code under a key that was never used would create a card.
func TestACodeIsAskedForOnlyWhereACardIsKnown(t *testing.T) {
	for _, status := range remittance.Statuses() {
		for _, form := range []remittance.GiftForm{remittance.GiftCode, remittance.GiftBalance, ""} {
			for _, card := range []string{"card-1", ""} {
				v := seenBy(func(a *orders.Asked) {
					a.State.Rail, a.State.Status, a.State.RailRef = remittance.RailAmazon, status, card
					a.Ways[2].Form = form
				})
				want := form == remittance.GiftCode && card != "" && (status == remittance.Sent || status == remittance.Paid)
				assert.Equal(t, want, v.Code, "%s %s %q", status, form, card)
			}
		}
	}
}
