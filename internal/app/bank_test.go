package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/internal/app/railtest"
	"soukin/internal/calendar"
	"soukin/internal/rails/bank"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/ganb"
	"soukin/internal/vault"
	"soukin/remittance"
)

const payeeName = "ﾔﾏﾀﾞ ﾀﾛｳ"

// bankTransfers can be called off on a Saturday: the bank books them for Monday.
func bankTransfers(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailBank)
	s.New = func(t railtest.T) activities.Instruction {
		c.untilBankDay()
		return c.transfer(t, "7654321")
	}
	s.Cancellable = func(t railtest.T) activities.Instruction {
		c.untilBankDay()
		for c.clock().In(calendar.JST).Weekday() != time.Saturday {
			c.pass(24 * time.Hour)
		}
		return c.transfer(t, "7654321")
	}
	s.Settle = func(t railtest.T, _ activities.Instruction) {
		c.untilBankDay()
		_, err := c.sandbox.Health(t.Context())
		require.NoError(t, err)
	}
	for _, name := range []string{"refused_name", "refused_payee", "refused_other"} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: name, Reason: remittance.BadDetails, New: func(t railtest.T) activities.Instruction {
			return c.transfer(t, magicAccount(t, name))
		}})
	}
	s.Books = func(t railtest.T, in activities.Instruction) railtest.Books {
		var held railtest.Books
		for tr, err := range c.sandbox.Transfers(t.Context(), "") {
			require.NoError(t, err)
			if tr.ApplyComment != bank.Reference(in.Key) {
				continue
			}
			held.Executed += tr.ExecutedCount
			for _, line := range tr.Lines {
				held.Undone = held.Undone || line.Status == int(books.Returned) || line.Status == int(books.Recalled)
			}
		}
		return held
	}
	s.Secrets = func(t railtest.T, in activities.Instruction) []string {
		account, err := c.vault.Get(t.Context(), in.Key.Merchant, in.Account)
		require.NoError(t, err)
		return []string{account.Number(), account.Name()}
	}
	return s
}

// transfer goes to an account number, which may be one of the sandbox's magic
// values. All are of one amount: only their references tell them apart.
func (c *counter) transfer(t railtest.T, number string) activities.Instruction {
	id, err := c.vault.Put(t.Context(), "demo", vault.NewAccount("0001", "001", "1", number, payeeName), "")
	require.NoError(t, err)
	return activities.Instruction{Key: c.key(remittance.RailBank), Amount: 1200, Account: id, At: c.clock()}
}

func (c *counter) untilBankDay() {
	for !calendar.New(calendar.Settings{}).IsBankDay(c.clock()) || c.clock().In(calendar.JST).Hour() < 9 {
		c.pass(time.Hour)
	}
}

func magicAccount(t railtest.T, name string) string {
	for _, m := range ganb.Magics() {
		if m.Name == name {
			return m.Number
		}
	}
	require.Fail(t, "the sandbox has no magic value "+name)
	return ""
}
