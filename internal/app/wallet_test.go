package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/internal/vault"
	"soukin/remittance"
)

// TestAWalletOfAnotherRailGetsNothing: a designation carries an id of the vault,
// and the vault says to which rail it belongs.
func TestAWalletOfAnotherRailGetsNothing(t *testing.T) {
	c := newCounter(t)
	for _, at := range []struct {
		rail   remittance.Rail
		form   remittance.GiftForm
		other  vault.Wallet
		reason remittance.Reason
	}{
		{remittance.RailAmazon, remittance.GiftBalance, vault.NewWallet(remittance.RailAuPay, "", "1000000000000001"), remittance.LoginRefused},
		{remittance.RailAuPay, "", vault.NewWallet(remittance.RailAmazon, "", "amzn1.account.SOMEBODY"), remittance.UnknownMember},
		{remittance.RailPrepaid, "", vault.NewWallet(remittance.RailAuPay, "webmoney", "1000000000000001"), remittance.PurchaseUnknown},
	} {
		in := activities.Instruction{Key: c.key(at.rail), Amount: 1200, Form: at.form, At: c.clock()}
		id, err := c.vault.PutWallet(t.Context(), in.Key.Merchant, at.other)
		require.NoError(t, err)
		in.Account = id
		_, err = c.rails[at.rail].Submit(t.Context(), in)
		var refused *remittance.RailError
		require.ErrorAs(t, err, &refused, at.rail)
		assert.Equal(t, remittance.OutcomeRejected, refused.Outcome, at.rail)
		assert.Equal(t, at.reason, refused.Reason, at.rail)
		assert.Contains(t, refused.Code, "not sent", "what belongs to one rail is not told to another")
		for e, err := range c.sandbox.Executions(t.Context(), at.rail) {
			require.NoError(t, err)
			assert.Zero(t, e.Executed, at.rail)
		}
	}
}

// TestAnotherNumberIsNoAnswer: an enquiry by a number that the counterparty did
// not give for the instruction says nothing of it.
func TestAnotherNumberIsNoAnswer(t *testing.T) {
	c := newCounter(t)
	for rail, in := range map[remittance.Rail]activities.Instruction{
		remittance.RailATM:     c.cash(5_000),
		remittance.RailAuPay:   auPayCharges(t, c).New(t),
		remittance.RailPrepaid: prepaidRefunds(t, c).New(t),
	} {
		_, err := c.rails[rail].Submit(t.Context(), in)
		require.NoError(t, err, rail)
		_, err = c.rails[rail].State(t.Context(), in, "another-number")
		var unknown *remittance.RailError
		require.ErrorAs(t, err, &unknown, rail)
		assert.Equal(t, remittance.OutcomeUnknown, unknown.Outcome, rail)
	}
}
