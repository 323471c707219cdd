package books_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/database"
	"soukin/internal/record"
	"soukin/remittance"
)

// older takes the record back to its first schema, with what is open in it.
func (f *fixture) older() {
	f.t.Helper()
	require.NoError(f.t, f.db.InTx(f.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, change := range []string{
			`ALTER TABLE remittances DROP COLUMN rail`, `ALTER TABLE remittances DROP COLUMN in_flight`, `ALTER TABLE remittances DROP COLUMN ways`,
			`ALTER TABLE timeline DROP COLUMN rail`, `ALTER TABLE timeline DROP COLUMN fee`,
			`DELETE FROM record_schema_version WHERE version_id = 2`,
		} {
			if _, err := tx.Exec(ctx, change); err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestARecordFromBeforeThereWereRails: remittances that are open when the schema
// changes go on, under workflows that know of no rail, and the audit stays green.
func TestARecordFromBeforeThereWereRails(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(60_000)
		open := func(id string, link bool, acts ...act) {
			in := f.order(id)
			if link {
				in.HoldOnly, in.Order.Pattern, in.Order.Account = true, remittance.AccountLink, ""
			}
			s := f.open(in)
			for _, a := range acts {
				m := from(s, a.to, a.postings...)
				m.Final, m.Account = a.final, payee
				f.move(m)
				s = f.state(id)
			}
		}
		reopened := do(remittance.AwaitingRecipient, giveBack)
		open("paid", false, do(remittance.Sent), end(remittance.Paid, settle, fee))
		open("processing", false)
		open("sent", false, do(remittance.Checking), do(remittance.Sent))
		open("link", true)
		open("named", true, do(remittance.Processing, instruct))
		open("reopened", true, do(remittance.Processing, instruct), reopened)
		open("short", false)

		f.older()
		require.NoError(f.t, record.Migrate(f.t.Context(), f.db))
		f.audit()
		for id, want := range map[string]contract.State{
			"paid": {InFlight: false, Instructed: 1}, "processing": {InFlight: true, Instructed: 1}, "sent": {InFlight: true, Instructed: 1},
			"link": {Ways: []remittance.Rail{remittance.RailBank}}, "named": {InFlight: true, Instructed: 1, Ways: []remittance.Rail{remittance.RailBank}},
			"reopened": {Instructed: 1, Ways: []remittance.Rail{remittance.RailBank}}, "short": {},
		} {
			s := f.state(id)
			assert.Equal(f.t, remittance.RailBank, s.Rail, id)
			assert.Equal(f.t, want, contract.State{InFlight: s.InFlight, Instructed: s.Instructed, Ways: s.Ways}, id)
		}

		f.move(final(from(f.state("processing"), remittance.Paid, settle, fee)))
		f.move(final(from(f.state("sent"), remittance.Returned, giveBack, fee, release)))
		for _, id := range []string{"link", "reopened"} {
			m := from(f.state(id), remittance.Processing, instruct)
			m.Generation, m.Account = f.state(id).Instructed+1, other
			f.move(m)
			f.move(final(from(f.state(id), remittance.Paid, settle, fee)))
		}
		f.move(final(from(f.state("named"), remittance.Failed, giveBack, release)))
		f.move(final(from(f.state("short"), remittance.Expired)))
		f.audit()
		b := f.balances()
		assert.Equal(f.t, []remittance.Yen{20_000, 0, 0, 40_000, 5 * 130}, []remittance.Yen{b.Available, b.Held, b.InFlight, b.Paid, b.FeesDue})
	})
}
