package books_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/ledger"
	"soukin/remittance"
)

// fees makes the sum of a life tell which rails were charged for.
var fees = map[remittance.Rail]remittance.Yen{
	remittance.RailBank: 130, remittance.RailATM: 300, remittance.RailAmazon: 100, remittance.RailAuPay: 50, remittance.RailPrepaid: 10,
}

// chosen is the step that gives a choice's money to a rail.
func chosen(s contract.State, r remittance.Rail) contract.Move {
	m := from(s, remittance.Processing, instruct)
	m.Generation = s.Instructed + 1
	m.Rail, m.Fee, m.RailRef, m.Account = r, fees[r], "", ""
	if r != remittance.RailATM && r != remittance.RailAmazon {
		m.Account = payee
	}
	return m
}

// on is a step under the instruction in force.
func on(s contract.State, to remittance.Status, postings ...contract.Posting) contract.Move {
	m := from(s, to, postings...)
	m.Rail, m.Ways = s.Rail, s.Ways
	return m
}

// TestAChoiceOverSeveralRails: each instruction is on its own rail, at that
// rail's fee, under the same hold.
func TestAChoiceOverSeveralRails(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000)
		in := f.order("R-1")
		in.HoldOnly, in.Order.Pattern, in.Order.Account, in.Order.Fee = true, remittance.Choice, "", 0
		in.Ways = []remittance.Rail{remittance.RailBank, remittance.RailATM, remittance.RailAuPay}
		s := f.open(in)
		assert.Equal(f.t, in.Ways, s.Ways)
		assert.Empty(f.t, s.Rail)

		f.move(chosen(f.state("R-1"), remittance.RailBank))
		f.move(on(f.state("R-1"), remittance.Sent))
		bounced := on(f.state("R-1"), remittance.AwaitingRecipient, giveBack, fee)
		bounced.Ways = in.Ways[1:]
		f.move(bounced)
		assert.Equal(f.t, in.Ways[1:], f.state("R-1").Ways)
		f.audit()

		f.move(chosen(f.state("R-1"), remittance.RailATM))
		assert.Empty(f.t, f.state("R-1").Account, "the account of the bounce is not where the cash goes")
		f.move(on(f.state("R-1"), remittance.AwaitingRecipient)) // numbers are out
		assert.True(f.t, f.state("R-1").InFlight)
		f.audit()
		f.move(on(f.state("R-1"), remittance.AwaitingRecipient, giveBack)) // locked, called off at the network
		assert.False(f.t, f.state("R-1").InFlight)

		f.move(chosen(f.state("R-1"), remittance.RailAuPay))
		f.move(final(on(f.state("R-1"), remittance.Paid, settle, fee)))
		assert.Equal(f.t, ledger.Balances{Paid: 10_000, FeesDue: 130 + 50}, f.balances())
		f.audit()
	})
}

func TestCashIsReleasedOnlyAfterItWasGivenBack(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000)
		in := f.order("R-1")
		in.Order.Pattern, in.Order.Account = remittance.ATMCash, ""
		s := f.open(in)
		assert.Equal(f.t, remittance.RailATM, s.Rail)
		f.move(on(s, remittance.AwaitingRecipient))
		_, err := f.books.Move(f.t.Context(), final(on(f.state("R-1"), remittance.Expired, release)))
		require.ErrorIs(f.t, err, books.ErrConflict)
		f.move(final(on(f.state("R-1"), remittance.Expired, giveBack, release)))
		assert.Equal(f.t, ledger.Balances{Available: 10_000}, f.balances())
		f.audit()
	})
}

func TestInstructionsThatAreNotAllowed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		f := fixtureOn(t, open())
		f.fund(20_000)
		in := f.order("R-1")
		in.HoldOnly, in.Order.Pattern, in.Order.Account = true, remittance.Choice, ""
		f.open(in)
		link := f.order("R-2")
		link.HoldOnly, link.Order.Pattern, link.Order.Account = true, remittance.AccountLink, ""
		f.open(link)
		for name, c := range map[string]struct {
			id    string
			spoil func(*contract.Move)
		}{
			"no rail":                        {"R-1", func(m *contract.Move) { m.Rail = "" }},
			"a rail that does not exist":     {"R-1", func(m *contract.Move) { m.Rail = "pigeon" }},
			"a bank without an account":      {"R-1", func(m *contract.Move) { m.Account = "" }},
			"a negative fee":                 {"R-1", func(m *contract.Move) { m.Fee = -1 }},
			"a link for an account, in cash": {"R-2", func(m *contract.Move) { m.Rail, m.Account = remittance.RailATM, "" }},
		} {
			m := chosen(f.state(c.id), remittance.RailBank)
			c.spoil(&m)
			_, err := f.books.Move(t.Context(), m)
			require.ErrorIs(t, err, books.ErrConflict, name)
		}
		f.move(chosen(f.state("R-1"), remittance.RailBank))
		for name, spoil := range map[string]func(*contract.Move){
			"another rail without an instruction": func(m *contract.Move) { m.Rail = remittance.RailATM },
			"another fee without an instruction":  func(m *contract.Move) { m.Fee = 1 },
		} {
			m := on(f.state("R-1"), remittance.Sent)
			spoil(&m)
			_, err := f.books.Move(t.Context(), m)
			require.ErrorIs(t, err, books.ErrConflict, name)
		}
		once := in
		once.Order.Ref = f.ref("R-3")
		once.HoldOnly = false
		_, err := f.books.Open(t.Context(), once)
		require.ErrorIs(t, err, books.ErrConflict, "a choice cannot be instructed before somebody picked")
		f.audit()
	})
}
