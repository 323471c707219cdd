package books

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"soukin/internal/database"
)

// Term is the day that an enquiry's range is about (振込照会対象期間区分).
type Term string

// The terms.
const (
	ByRequest     Term = "1" // 振込申請受付日
	ByDesignation Term = "2" // 振込指定日
)

func (t Term) column() string {
	if t == ByDesignation {
		return "designated"
	}
	return "requested_day"
}

// Class narrows an enquiry under ビジネスID管理 (振込照会対象取得区分).
type Class string

// The classes.
const (
	ClassAll      Class = "1"
	ClassApplied  Class = "2" // not accepted yet
	ClassAccepted Class = "3"
)

// StatusQuery asks for transfers of one account by day.
type StatusQuery struct {
	AccountID string
	From, To  string // days, YYYY-MM-DD; "" for open
	Term      Term
	Class     Class
	Statuses  []Status // none for all
	FromKey   string   // the first transfer's key, from the page before
}

// Transfers lists visible transfers by day and number, at most [PageSize], and
// the key of the next one or "". Errors: [ErrNotFound] for the account,
// [ErrPageKey].
func (b *Books) Transfers(ctx context.Context, q StatusQuery) (transfers []*Transfer, next string, at time.Time, err error) {
	where, args, err := q.where()
	if err != nil {
		return nil, "", at, err
	}
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		at = b.Now()
		if _, err := account(ctx, tx, q.AccountID); err != nil {
			return err
		}
		column := q.Term.column()
		if transfers, err = selectTransfers(ctx, tx, where+" ORDER BY "+column+", apply_no LIMIT "+strconv.Itoa(PageSize+1), args); err != nil {
			return err
		}
		if len(transfers) > PageSize {
			next = q.Term.key(transfers[PageSize])
			transfers = transfers[:PageSize]
		}
		return loadLines(ctx, tx, transfers)
	})
	return transfers, next, at, err
}

// key is 24 digits: the day, then the number.
func (t Term) key(tr *Transfer) string {
	day := Day(tr.RequestedAt)
	if t == ByDesignation {
		day = tr.Designated
	}
	return strings.ReplaceAll(day, "-", "") + tr.ApplyNo
}

func (q StatusQuery) where() (string, []any, error) {
	where, args := []string{"account_id = $1", "status <> 0"}, []any{q.AccountID}
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		where = append(where, condition)
	}
	column := q.Term.column()
	if q.From != "" {
		add(column+" >= ?", q.From)
	}
	if q.To != "" {
		add(column+" <= ?", q.To)
	}
	switch q.Class {
	case ClassApplied:
		add("accept_no = ''")
	case ClassAccepted:
		add("accept_no <> ''")
	}
	if len(q.Statuses) > 0 {
		var values []any
		for _, s := range q.Statuses {
			values = append(values, int(s))
		}
		add("status IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
	if q.FromKey != "" {
		if len(q.FromKey) != 24 {
			return "", nil, fmt.Errorf("%w %q must have 24 digits", ErrPageKey, q.FromKey)
		}
		day := q.FromKey[:4] + "-" + q.FromKey[4:6] + "-" + q.FromKey[6:8]
		add("("+column+", apply_no) >= (?, ?)", day, q.FromKey[8:])
	}
	return strings.Join(where, " AND "), args, nil
}

func selectTransfers(ctx context.Context, tx *database.Tx, where string, args []any) (transfers []*Transfer, err error) {
	rows, err := tx.Query(ctx, "SELECT "+transferColumns+" FROM transfers WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		tr, err := scanTransfer(rows.Scan)
		if err != nil {
			return nil, err
		}
		transfers = append(transfers, tr)
	}
	return transfers, rows.Err()
}

// Visible gives one transfer that status enquiries can show; found is false
// while it is 依頼中, for another account, and for numbers never given. Errors:
// [ErrNotFound] for the account.
func (b *Books) Visible(ctx context.Context, accountID, applyNo string) (tr *Transfer, found bool, at time.Time, err error) {
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		at = b.Now()
		if _, err := account(ctx, tx, accountID); err != nil {
			return err
		}
		list, err := selectTransfers(ctx, tx, "account_id = $1 AND apply_no = $2 AND status <> 0", []any{accountID, applyNo})
		if err != nil || len(list) == 0 {
			return err
		}
		tr, found = list[0], true
		return loadLines(ctx, tx, list)
	})
	return tr, found, at, err
}

// Filter narrows [Books.All].
type Filter struct {
	Key     string // idempotency key, "" for any
	ApplyNo string // "" for any
	After   string // 受付番号 to begin after, "" for the first page
	Limit   int    // 1 to PageSize
}

// All lists transfers with their history, by number. It is for the control API:
// no bank shows this.
func (b *Books) All(ctx context.Context, q Filter) (transfers []*Transfer, err error) {
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		transfers, err = selectTransfers(ctx, tx, "($1 = '' OR idem_key = $1) AND ($2 = '' OR apply_no = $2) AND apply_no > $3 ORDER BY apply_no LIMIT $4",
			[]any{q.Key, q.ApplyNo, q.After, min(max(q.Limit, 1), PageSize)})
		if err != nil {
			return err
		}
		if err := loadLines(ctx, tx, transfers); err != nil {
			return err
		}
		return loadHistory(ctx, tx, transfers)
	})
	return transfers, err
}
