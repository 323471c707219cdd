package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// Balances is where a merchant's money is, each zero or above.
type Balances struct {
	Available remittance.Yen `json:"available"` // may be sent
	Held      remittance.Yen `json:"held"`      // set aside, not with a rail
	InFlight  remittance.Yen `json:"in_flight"` // with a rail, not final
	Paid      remittance.Yen `json:"paid"`      // received by recipients, ever
	FeesDue   remittance.Yen `json:"fees_due"`  // to be billed
}

// AccountBalance is one account over all merchants. Balance is credits less debits.
type AccountBalance struct {
	Account Account        `json:"account"`
	Balance remittance.Yen `json:"balance"`
}

// Balances gives a merchant's balances; all are zero for one without entries.
func (l *Ledger) Balances(ctx context.Context, merchant remittance.MerchantID) (Balances, error) {
	accounts, err := list(ctx, l.db, scanAccount, "SELECT account, amount FROM ledger_balance WHERE book = $1", string(merchant))
	if err != nil {
		return Balances{}, fmt.Errorf("read balances of %s: %w", merchant, err)
	}
	var b Balances
	for _, a := range accounts {
		if err := b.add(a); err != nil {
			return Balances{}, fmt.Errorf("read balances of %s: %w", merchant, err)
		}
	}
	return b, nil
}

func (b *Balances) add(a AccountBalance) error {
	kind, _, err := a.Account.Parts()
	if err != nil {
		return err
	}
	switch kind {
	case KindAvailable:
		b.Available += a.Balance
	case KindHeld:
		b.Held += a.Balance
	case KindInFlight:
		b.InFlight += a.Balance
	case KindPaid:
		b.Paid += a.Balance
	case KindFeesDue:
		b.FeesDue -= a.Balance
	}
	return nil
}

// Owed is what is owed to recipients and merchants, 未達債務: available, held
// and in flight of all merchants. It ends when the recipient receives the
// money, not when it is sent off (FSA administrative guidelines, third volume
// part 14, I-2-2-2-1 (4)).
func (l *Ledger) Owed(ctx context.Context) (remittance.Yen, error) {
	sums, err := list(ctx, l.db, scanYen, `
		SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ledger_balance
		WHERE account LIKE 'merchant:%:available' OR account LIKE 'merchant:%:held' OR account LIKE 'rail:%:in_flight'`)
	if err != nil {
		return 0, fmt.Errorf("read what is owed: %w", err)
	}
	return sums[0], nil
}

// Accounts lists every account that has entries, by name. The balances sum to zero.
func (l *Ledger) Accounts(ctx context.Context) ([]AccountBalance, error) {
	accounts, err := list(ctx, l.db, scanAccount, "SELECT account, CAST(SUM(amount) AS BIGINT) FROM ledger_balance GROUP BY account")
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	slices.SortFunc(accounts, func(a, b AccountBalance) int { return strings.Compare(string(a.Account), string(b.Account)) })
	return accounts, nil
}

func scanAccount(rows *sql.Rows) (a AccountBalance, err error) {
	err = rows.Scan(&a.Account, &a.Balance)
	return a, err
}

func scanYen(rows *sql.Rows) (y remittance.Yen, err error) {
	err = rows.Scan(&y)
	return y, err
}

func scanPosition(rows *sql.Rows) (p Position, err error) {
	err = rows.Scan(&p.Place, &p.Amount, &p.Rail, &p.Instruction)
	return p, err
}

// Position says where the money of a remittance is; [PlaceNone] if none was held.
func (l *Ledger) Position(ctx context.Context, ref remittance.Ref) (Position, error) {
	found, err := list(ctx, l.db, scanPosition,
		"SELECT place, amount, rail, instruction FROM ledger_remittance WHERE book = $1 AND remittance = $2", string(ref.Merchant), string(ref.Remittance))
	if err != nil {
		return Position{}, fmt.Errorf("read position of %s: %w", ref, err)
	}
	if len(found) == 0 {
		return Position{}, nil
	}
	return found[0], nil
}

// Entries lists the entries of a remittance in the order they were posted.
func (l *Ledger) Entries(ctx context.Context, ref remittance.Ref) ([]Posted, error) {
	lines, err := list(ctx, l.db, scanPostedLine, `
		SELECT e.book, e.remittance, e.seq, e.key, e.event, e.instruction, e.posted_at, e.hash, e.chain, l.account, l.amount
		FROM ledger_entry e JOIN ledger_line l ON l.book = e.book AND l.seq = e.seq
		WHERE e.book = $1 AND e.remittance = $2
		ORDER BY e.seq, l.line`, string(ref.Merchant), string(ref.Remittance))
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", ref, err)
	}
	var entries []Posted
	for _, p := range lines {
		if n := len(entries); n > 0 && entries[n-1].Seq == p.Seq {
			entries[n-1].Lines = append(entries[n-1].Lines, p.Lines...)
		} else {
			entries = append(entries, p)
		}
	}
	return entries, nil
}

// scanPostedLine reads an entry with one of its lines.
func scanPostedLine(rows *sql.Rows) (p Posted, err error) {
	var micros int64
	p.Lines = make([]Line, 1)
	err = rows.Scan(&p.Book, &p.Remittance, &p.Seq, &p.Key, &p.Event, &p.Instruction, &micros, &p.Hash, &p.Chain, &p.Lines[0].Account, &p.Lines[0].Amount)
	p.PostedAt = time.UnixMicro(micros).UTC()
	return p, err
}

// list starts afresh each time the transaction is tried, so that a retry does
// not count rows twice.
func list[T any](ctx context.Context, db *database.DB, scan func(*sql.Rows) (T, error), query string, args ...any) (all []T, err error) {
	err = db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		all = nil
		return each(ctx, tx, query, args, func(rows *sql.Rows) error {
			one, err := scan(rows)
			all = append(all, one)
			return err
		})
	})
	return all, err
}
