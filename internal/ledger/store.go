package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"soukin/internal/database"
	"soukin/remittance"
)

// lockBook makes the book if it is new and holds its row until the transaction
// ends; on PostgreSQL the statements after it see what the previous holder
// committed. (SELECT … FOR UPDATE would do, but SQLite does not know it.)
func lockBook(ctx context.Context, tx *database.Tx, merchant remittance.MerchantID, entries []Entry) (*book, error) {
	b := &book{
		merchant:         merchant,
		hashes:           make(map[string]string),
		balances:         make(map[Account]remittance.Yen),
		positions:        make(map[remittance.RemittanceID]Position),
		touchedBalances:  make(map[Account]bool),
		touchedPositions: make(map[remittance.RemittanceID]bool),
	}
	err := tx.QueryRow(ctx, `
		INSERT INTO ledger_book (book, last_seq, chain) VALUES ($1, 0, '')
		ON CONFLICT (book) DO UPDATE SET last_seq = ledger_book.last_seq
		RETURNING last_seq, chain`, string(merchant)).Scan(&b.lastSeq, &b.chain)
	if err != nil {
		return nil, err
	}
	if err := b.readHashes(ctx, tx, entries); err != nil {
		return nil, err
	}
	if err := b.readBalances(ctx, tx); err != nil {
		return nil, err
	}
	return b, b.readPositions(ctx, tx, entries)
}

func (b *book) readHashes(ctx context.Context, tx *database.Tx, entries []Entry) error {
	keys := make(map[string]bool)
	for _, e := range entries {
		keys[e.content.Key] = true
		if e.content.Event == EventFee {
			keys[keyOf(EventInstruct, e.content.Instruction)] = true
		}
	}
	query := "SELECT key, hash FROM ledger_entry WHERE book = $1 AND key IN " + tuple(2, len(keys))
	return each(ctx, tx, query, b.args(slices.Sorted(maps.Keys(keys))), func(rows *sql.Rows) error {
		var key, hash string
		err := rows.Scan(&key, &hash)
		b.hashes[key] = hash
		return err
	})
}

func (b *book) readBalances(ctx context.Context, tx *database.Tx) error {
	query := "SELECT account, amount FROM ledger_balance WHERE book = $1"
	return each(ctx, tx, query, b.args(nil), func(rows *sql.Rows) error {
		var account Account
		var amount remittance.Yen
		err := rows.Scan(&account, &amount)
		b.balances[account] = amount
		return err
	})
}

func (b *book) readPositions(ctx context.Context, tx *database.Tx, entries []Entry) error {
	ids := make(map[string]bool)
	for _, e := range entries {
		if e.content.Remittance != "" {
			ids[string(e.content.Remittance)] = true
		}
	}
	if len(ids) == 0 {
		return nil
	}
	query := "SELECT remittance, place, amount, rail, instruction FROM ledger_remittance WHERE book = $1 AND remittance IN " + tuple(2, len(ids))
	return each(ctx, tx, query, b.args(slices.Sorted(maps.Keys(ids))), func(rows *sql.Rows) error {
		var id remittance.RemittanceID
		var p Position
		err := rows.Scan(&id, &p.Place, &p.Amount, &p.Rail, &p.Instruction)
		b.positions[id] = p
		return err
	})
}

func (b *book) args(rest []string) []any {
	args := []any{string(b.merchant)}
	for _, r := range rest {
		args = append(args, r)
	}
	return args
}

func (b *book) write(ctx context.Context, tx *database.Tx) error {
	if len(b.added) == 0 {
		return nil
	}
	for _, step := range []func(context.Context, *database.Tx) error{b.writeEntries, b.writeLines, b.writeBalances, b.writePositions} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "UPDATE ledger_book SET last_seq = $2, chain = $3 WHERE book = $1", string(b.merchant), b.lastSeq, b.chain)
	return err
}

func (b *book) writeEntries(ctx context.Context, tx *database.Tx) error {
	var args []any
	for _, e := range b.added {
		args = append(args, string(b.merchant), e.Seq, e.Key, string(e.Event), string(e.Remittance), e.Instruction, e.PostedAt.UnixMicro(), e.Hash, e.Chain)
	}
	return insert(ctx, tx, "INSERT INTO ledger_entry (book, seq, key, event, remittance, instruction, posted_at, hash, chain) VALUES ", 9, args, "")
}

func (b *book) writeLines(ctx context.Context, tx *database.Tx) error {
	var args []any
	for _, e := range b.added {
		for i, line := range e.Lines {
			args = append(args, string(b.merchant), e.Seq, int64(i+1), string(line.Account), int64(line.Amount))
		}
	}
	return insert(ctx, tx, "INSERT INTO ledger_line (book, seq, line, account, amount) VALUES ", 5, args, "")
}

func (b *book) writeBalances(ctx context.Context, tx *database.Tx) error {
	var args []any
	for _, account := range slices.Sorted(maps.Keys(b.touchedBalances)) {
		args = append(args, string(b.merchant), string(account), int64(b.balances[account]))
	}
	return insert(ctx, tx, "INSERT INTO ledger_balance (book, account, amount) VALUES ", 3, args,
		" ON CONFLICT (book, account) DO UPDATE SET amount = excluded.amount")
}

func (b *book) writePositions(ctx context.Context, tx *database.Tx) error {
	var args []any
	for _, id := range slices.Sorted(maps.Keys(b.touchedPositions)) {
		p := b.positions[id]
		args = append(args, string(b.merchant), string(id), string(p.Place), int64(p.Amount), string(p.Rail), p.Instruction)
	}
	return insert(ctx, tx, "INSERT INTO ledger_remittance (book, remittance, place, amount, rail, instruction) VALUES ", 6, args,
		" ON CONFLICT (book, remittance) DO UPDATE SET place = excluded.place, amount = excluded.amount, rail = excluded.rail, instruction = excluded.instruction")
}

// insert adds one row for each width arguments.
func insert(ctx context.Context, tx *database.Tx, into string, width int, args []any, conflict string) error {
	if len(args) == 0 {
		return nil
	}
	rows := make([]string, 0, len(args)/width)
	for first := 1; first <= len(args); first += width {
		rows = append(rows, tuple(first, width))
	}
	_, err := tx.Exec(ctx, into+strings.Join(rows, ", ")+conflict, args...)
	return err
}

// tuple is "($3, $4)" for first 3 and n 2.
func tuple(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", first+i)
	}
	return "(" + strings.Join(marks, ", ") + ")"
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
