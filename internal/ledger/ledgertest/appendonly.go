package ledgertest

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/ledger"
)

// sql runs statements as somebody with access to the database would, past the ledger.
func (b books) sql(statements string) error {
	return b.db.InTx(context.Background(), func(ctx context.Context, tx *database.Tx) error {
		for statement := range strings.SplitSeq(statements, ";") {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func appendOnly(t *testing.T, b books) {
	m := b.funded(amount)
	ref := refOf(m, "R-1")
	b.must(must(ledger.Hold(ref, amount)))
	before, err := b.Entries(context.Background(), ref)
	require.NoError(t, err)

	statements := []string{
		"UPDATE ledger_entry SET event = 'release' WHERE seq = 2",
		"UPDATE ledger_line SET amount = amount * 2 WHERE seq = 2",
		"DELETE FROM ledger_line WHERE seq = 2",
		"DELETE FROM ledger_entry WHERE seq = 2",
		"INSERT INTO ledger_line (book, seq, line, account, amount) SELECT book, seq, line, account, amount FROM ledger_line WHERE seq = 2 ON CONFLICT (book, seq, line) DO UPDATE SET amount = 1",
	}
	if b.db.Dialect() == database.SQLite {
		statements = append(statements, "INSERT OR REPLACE INTO ledger_line (book, seq, line, account, amount) SELECT book, seq, line, account, 1 FROM ledger_line WHERE seq = 2")
	} else {
		statements = append(statements, "TRUNCATE ledger_line", "TRUNCATE ledger_entry CASCADE")
	}
	for _, statement := range statements {
		err := b.sql(statement)
		assert.ErrorContains(t, err, "append-only", statement)
	}

	taken := "INSERT INTO ledger_entry (book, seq, key, event, remittance, instruction, posted_at, hash, chain) SELECT book, seq + 1, key, event, remittance, instruction, posted_at, hash, chain FROM ledger_entry WHERE seq = 2"
	assert.Error(t, b.sql(taken), "a key is unique in the database, whoever writes")

	after, err := b.Entries(context.Background(), ref)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	b.sound()
}

func balanceConstraint(t *testing.T, b books) {
	m := b.funded(amount)
	ref := refOf(m, "R-1")
	b.must(must(ledger.Hold(ref, amount)), must(ledger.Instruct(keyOf(ref, 1), rail, amount)))
	for _, account := range []ledger.Account{ledger.Available(m), ledger.Held(m), ledger.InFlight(rail)} {
		assert.Error(t, b.sql("UPDATE ledger_balance SET amount = -1 WHERE account = '"+string(account)+"'"), account)
	}
	b.sound()
}
