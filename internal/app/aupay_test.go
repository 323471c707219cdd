package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/internal/app/railtest"
	"soukin/internal/rails/aupay"
	"soukin/internal/vault"
	"soukin/remittance"
)

func auPayCharges(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailAuPay)
	charge := func(t railtest.T, ending string, amount remittance.Yen) activities.Instruction {
		key := c.key(remittance.RailAuPay)
		n := strings.TrimPrefix(string(key.Remittance), "R-")
		member := "1" + strings.Repeat("0", 11-len(n)) + n + ending
		id, err := c.vault.PutWallet(t.Context(), key.Merchant, vault.NewWallet(remittance.RailAuPay, "", member))
		require.NoError(t, err)
		return activities.Instruction{Key: key, Amount: amount, Account: id, At: c.clock()}
	}
	s.New = func(t railtest.T) activities.Instruction { return charge(t, "0001", 1200) }
	for _, r := range []struct {
		name, ending string
		amount       remittance.Yen
		reason       remittance.Reason
	}{
		{"full", "0002", 2, remittance.WalletFull},
		{"not verified", "0003", 1200, remittance.MemberNotVerified},
		{"unknown", "0004", 1200, remittance.UnknownMember},
		{"enough for a day", "0005", 1200, remittance.RecipientLimit},
		{"too much at once", "0001", 500_001, remittance.OverRailLimit},
	} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: r.name, Reason: r.reason, New: func(t railtest.T) activities.Instruction {
			return charge(t, r.ending, r.amount)
		}})
	}
	s.Books = func(t railtest.T, in activities.Instruction) railtest.Books {
		return c.books(t, remittance.RailAuPay, aupay.Reference(in.Key))
	}
	s.Secrets = c.walletSecrets
	return s
}

// books reads the counterparty's own line on an instruction.
func (c *counter) books(t railtest.T, rail remittance.Rail, reference string) railtest.Books {
	for e, err := range c.sandbox.Executions(t.Context(), rail) {
		require.NoError(t, err)
		if e.Reference == reference {
			return railtest.Books{Executed: e.Executed, Undone: e.Undone}
		}
	}
	return railtest.Books{}
}

func (c *counter) walletSecrets(t railtest.T, in activities.Instruction) []string {
	wallet, err := c.vault.Wallet(t.Context(), in.Key.Merchant, in.Account)
	require.NoError(t, err)
	return []string{wallet.Number()}
}
