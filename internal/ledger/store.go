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
	return b, b.read(ctx, tx, entries)
}

// read fetches in one round trip, since other writers of the book are waiting:
// the hashes of the entries asked for, all balances of the book, and the
// positions of the remittances concerned.
func (b *book) read(ctx context.Context, tx *database.Tx, entries []Entry) error {
	keys, ids := concerned(entries)
	query := `
		SELECT 'entry', key, hash, 0, '', '' FROM ledger_entry WHERE book = $1 AND key IN ` + tuple(2, len(keys)) + `
		UNION ALL
		SELECT 'account', account, '', amount, '', '' FROM ledger_balance WHERE book = $1
		UNION ALL
		SELECT 'remittance', remittance, place, amount, rail, instruction FROM ledger_remittance WHERE book = $1 AND remittance IN ` + tuple(2+len(keys), len(ids))
	args := append(append([]any{string(b.merchant)}, keys...), ids...)
	return each(ctx, tx, query, args, func(rows *sql.Rows) error {
		var kind, name, value, instruction string
		var rail remittance.Rail
		var amount remittance.Yen
		if err := rows.Scan(&kind, &name, &value, &amount, &rail, &instruction); err != nil {
			return err
		}
		switch kind {
		case "entry":
			b.hashes[name] = value
		case "account":
			b.balances[Account(name)] = amount
		case "remittance":
			b.positions[remittance.RemittanceID(name)] = Position{Place(value), amount, rail, instruction}
		}
		return nil
	})
}

// concerned gives the keys of the entries, with those of the instructions that
// fees are due for, and the ids of their remittances, each once.
func concerned(entries []Entry) (keys, ids []any) {
	seen := make(map[string]bool)
	once := func(list []any, prefix, s string) []any {
		if seen[prefix+s] {
			return list
		}
		seen[prefix+s] = true
		return append(list, s)
	}
	for _, e := range entries {
		keys = once(keys, "key ", e.content.Key)
		if e.content.Event == EventFee {
			keys = once(keys, "key ", keyOf(EventInstruct, e.content.Instruction))
		}
		ids = once(ids, "id ", string(e.content.Remittance))
	}
	return keys, ids
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
