package record

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// MaxPage is the most remittances that one page holds.
const MaxPage = 1000

// ErrPage is wrapped by errors about a page's limit or cursor, or a filter's date.
var ErrPage = errors.New("list")

var jst = time.FixedZone("JST", 9*60*60)

// Day is a calendar day in Japan. The zero Day is "no day".
type Day struct{ start time.Time }

// ParseDay reads YYYY-MM-DD. Errors wrap [ErrPage].
func ParseDay(s string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, jst)
	if err != nil {
		return Day{}, fmt.Errorf("%w: day %q must be written as in 2026-11-21", ErrPage, s)
	}
	return Day{t}, nil
}

// DayOf gives the day in Japan on which t falls.
func DayOf(t time.Time) Day {
	y, m, d := t.In(jst).Date()
	return Day{time.Date(y, m, d, 0, 0, 0, 0, jst)}
}

// String is YYYY-MM-DD.
func (d Day) String() string { return d.start.Format(time.DateOnly) }

// Filter selects remittances; an empty field selects all.
type Filter struct {
	Merchant remittance.MerchantID
	Pattern  remittance.Pattern
	Statuses []remittance.Status
	// From and To are the first and the last day, in Japan, on which the order
	// was taken.
	From, To Day
	// NeedsAttention selects those that an operator must look at.
	NeedsAttention bool
}

// Page is a part of a list. Next continues it and is empty on the last page.
type Page struct {
	Remittances []Remittance `json:"remittances"`
	Next        string       `json:"next,omitempty"`
}

// List gives remittances, the newest first, limit at a time (1 to [MaxPage]).
// The cursor is empty for the first page and the page's Next for the following
// one; it stays good when remittances are added meanwhile. Errors: [ErrPage].
func (r *Record) List(ctx context.Context, f Filter, limit int, cursor string) (Page, error) {
	if limit < 1 || limit > MaxPage {
		return Page{}, fmt.Errorf("%w: limit %d must be between 1 and %d", ErrPage, limit, MaxPage)
	}
	where := f.where()
	if cursor != "" {
		if err := where.after(cursor); err != nil {
			return Page{}, err
		}
	}
	query := fmt.Sprintf("%s%s ORDER BY created_at DESC, merchant DESC, remittance_id DESC LIMIT %d", remittanceColumns, where, limit+1)
	var page Page
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, where.args...)
		if err != nil {
			return fmt.Errorf("list remittances: %w", err)
		}
		page.Remittances, err = collect(rows, scanRemittance)
		return err
	})
	if err == nil && len(page.Remittances) > limit {
		page.Remittances = page.Remittances[:limit]
		page.Next = cursorAt(page.Remittances[limit-1])
	}
	return page, err
}

type conditions struct {
	texts []string
	args  []any
}

// add takes a condition whose %s stand for the placeholders of args.
func (c *conditions) add(text string, args ...any) {
	marks := make([]any, len(args))
	for i, arg := range args {
		c.args = append(c.args, arg)
		marks[i] = fmt.Sprintf("$%d", len(c.args))
	}
	c.texts = append(c.texts, fmt.Sprintf(text, marks...))
}

func (c *conditions) String() string {
	if len(c.texts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.texts, " AND ")
}

func (f Filter) where() *conditions {
	var c conditions
	if f.Merchant != "" {
		c.add("merchant = %s", string(f.Merchant))
	}
	if f.Pattern != "" {
		c.add("pattern = %s", string(f.Pattern))
	}
	if len(f.Statuses) > 0 {
		args := make([]any, len(f.Statuses))
		for i, s := range f.Statuses {
			args[i] = string(s)
		}
		c.add("status IN (%s"+strings.Repeat(", %s", len(args)-1)+")", args...)
	}
	if f.From != (Day{}) {
		c.add("created_at >= %s", micros(f.From.start))
	}
	if f.To != (Day{}) {
		c.add("created_at < %s", micros(f.To.start.AddDate(0, 0, 1)))
	}
	if f.NeedsAttention {
		c.add("needs_attention")
	}
	return &c
}

type place struct {
	At         int64                   `json:"t"`
	Merchant   remittance.MerchantID   `json:"m"`
	Remittance remittance.RemittanceID `json:"r"`
}

func cursorAt(r Remittance) string {
	text, err := json.Marshal(place{micros(r.CreatedAt), r.Merchant, r.Ref.Remittance})
	if err != nil {
		panic(err) // strings and a number always encode
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func (c *conditions) after(cursor string) error {
	var p place
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.Merchant == "" || p.Remittance == "" {
		return fmt.Errorf("%w: cursor %q is not one that a page gave; start again without a cursor", ErrPage, cursor)
	}
	c.add("(created_at, merchant, remittance_id) < (%s, %s, %s)", p.At, string(p.Merchant), string(p.Remittance))
	return nil
}

// WaitingForFunds gives a merchant's remittances that wait for its balance, the
// oldest first.
func (r *Record) WaitingForFunds(ctx context.Context, m remittance.MerchantID) ([]Remittance, error) {
	return r.all(ctx, `WHERE merchant = $1 AND status = $2 ORDER BY created_at, remittance_id`, string(m), string(remittance.AwaitingFunds))
}

// OpenWithAccount gives a merchant's remittances that are not final and name
// the account, the oldest first.
func (r *Record) OpenWithAccount(ctx context.Context, m remittance.MerchantID, a remittance.AccountID) ([]Remittance, error) {
	return r.all(ctx, `WHERE merchant = $1 AND account = $2 AND NOT final ORDER BY created_at, remittance_id`, string(m), string(a))
}

func (r *Record) all(ctx context.Context, where string, args ...any) ([]Remittance, error) {
	var out []Remittance
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, remittanceColumns+" "+where, args...)
		if err != nil {
			return fmt.Errorf("list remittances: %w", err)
		}
		out, err = collect(rows, scanRemittance)
		return err
	})
	return out, err
}
