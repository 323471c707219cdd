package audit

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/remittance"
)

// Check audits every book on one snapshot of the database. It needs memory for
// one merchant's remittances at a time. An error means that the audit could
// not be done, not that something is wrong.
func Check(ctx context.Context, db *database.DB) (Report, error) {
	var report Report
	err := db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		report = NewReport()
		return checkBooks(ctx, tx, &report)
	})
	if err != nil {
		return Report{}, fmt.Errorf("audit the ledger: %w", err)
	}
	return report, nil
}

func checkBooks(ctx context.Context, tx *database.Tx, report *Report) error {
	var merchants []remittance.MerchantID
	query := `
		SELECT book FROM ledger_book UNION SELECT book FROM ledger_entry UNION SELECT book FROM ledger_line
		UNION SELECT book FROM ledger_balance UNION SELECT book FROM ledger_remittance ORDER BY 1`
	err := each(ctx, tx, query, nil, func(rows *sql.Rows) error {
		var m remittance.MerchantID
		err := rows.Scan(&m)
		merchants = append(merchants, m)
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range merchants {
		if err := checkBook(ctx, tx, report, m); err != nil {
			return fmt.Errorf("book of %s: %w", m, err)
		}
	}
	report.Count("books", len(merchants))
	return nil
}

func checkBook(ctx context.Context, tx *database.Tx, report *Report, merchant remittance.MerchantID) error {
	b := newBook(report, merchant)
	for _, step := range []func(context.Context, *database.Tx) error{b.readEntries, b.readOrphans, b.compareHead, b.compareBalances, b.comparePositions} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	report.Count("entries", b.entries)
	report.Count("accounts", len(b.balances))
	report.Count("remittances", len(b.remittances))
	return nil
}

// readEntries streams the entries with their lines in the order of the book.
func (b *book) readEntries(ctx context.Context, tx *database.Tx) error {
	query := `
		SELECT e.seq, e.key, e.event, e.remittance, e.instruction, e.posted_at, e.hash, e.chain,
		       COALESCE(l.line, 0), COALESCE(l.account, ''), COALESCE(l.amount, 0)
		FROM ledger_entry e LEFT JOIN ledger_line l ON l.book = e.book AND l.seq = e.seq
		WHERE e.book = $1 ORDER BY e.seq, e.key, l.line`
	var current *ledger.Posted
	err := each(ctx, tx, query, []any{string(b.merchant)}, func(rows *sql.Rows) error {
		e := ledger.Posted{Content: ledger.Content{Book: b.merchant}}
		var micros, number int64
		var line ledger.Line
		if err := rows.Scan(&e.Seq, &e.Key, &e.Event, &e.Remittance, &e.Instruction, &micros, &e.Hash, &e.Chain, &number, &line.Account, &line.Amount); err != nil {
			return err
		}
		if current == nil || current.Seq != e.Seq || current.Key != e.Key {
			b.check(current)
			e.PostedAt = time.UnixMicro(micros).UTC()
			current = &e
		}
		if number > 0 {
			current.Lines = append(current.Lines, line)
		}
		return nil
	})
	b.check(current)
	return err
}

func (b *book) readOrphans(ctx context.Context, tx *database.Tx) error {
	query := `
		SELECT l.seq, l.account, l.amount FROM ledger_line l
		WHERE l.book = $1 AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.book = l.book AND e.seq = l.seq)
		ORDER BY l.seq, l.line`
	return each(ctx, tx, query, []any{string(b.merchant)}, func(rows *sql.Rows) error {
		var seq int64
		var line ledger.Line
		if err := rows.Scan(&seq, &line.Account, &line.Amount); err != nil {
			return err
		}
		b.find(Finding{Rule: RuleOrphanLine}, "%d yen on %s is under number %d, where there is no entry", line.Amount, line.Account, seq)
		return nil
	})
}

func (b *book) compareHead(ctx context.Context, tx *database.Tx) error {
	var seq int64
	var chain string
	found := false
	err := each(ctx, tx, "SELECT last_seq, chain FROM ledger_book WHERE book = $1", []any{string(b.merchant)}, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&seq, &chain)
	})
	if err != nil {
		return err
	}
	if !found || seq != b.lastSeq || chain != b.chain {
		b.find(Finding{Rule: RuleHead}, "the book should end with entry %d as its row says, but the last entry found is %d or differs: entries were removed or added behind the ledger's back", seq, b.lastSeq)
	}
	return nil
}

func (b *book) compareBalances(ctx context.Context, tx *database.Tx) error {
	stored := map[ledger.Account]remittance.Yen{}
	err := each(ctx, tx, "SELECT account, amount FROM ledger_balance WHERE book = $1", []any{string(b.merchant)}, func(rows *sql.Rows) error {
		var account ledger.Account
		var amount remittance.Yen
		err := rows.Scan(&account, &amount)
		stored[account] += amount
		return err
	})
	if err != nil {
		return err
	}
	for _, account := range keysOfBoth(stored, b.balances) {
		if stored[account] != b.balances[account] {
			b.find(Finding{Rule: RuleBalance}, "%s is stored as %d yen, its entries sum to %d", account, stored[account], b.balances[account])
		}
	}
	return nil
}

func (b *book) comparePositions(ctx context.Context, tx *database.Tx) error {
	stored := map[remittance.RemittanceID]ledger.Position{}
	query := "SELECT remittance, place, amount, rail, instruction FROM ledger_remittance WHERE book = $1"
	err := each(ctx, tx, query, []any{string(b.merchant)}, func(rows *sql.Rows) error {
		var id remittance.RemittanceID
		var p ledger.Position
		err := rows.Scan(&id, &p.Place, &p.Amount, &p.Rail, &p.Instruction)
		stored[id] = p
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range keysOfBoth(stored, b.remittances) {
		if want := b.remittances[id].position(); stored[id] != want {
			b.find(Finding{Rule: RulePosition, Remittance: id}, "it is stored as %+v, its entries say %+v", stored[id], want)
		}
	}
	return nil
}

func each(ctx context.Context, tx *database.Tx, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err below reports what matters
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
