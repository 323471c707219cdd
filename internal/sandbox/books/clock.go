package books

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/database"
)

// ErrClock is returned by [Books.Advance] for a duration that is not positive.
var ErrClock = errors.New("the sandbox's clock only goes forward")

func (b *Books) loadClock(ctx context.Context) error {
	var moved int64
	err := b.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT moved_us FROM sandbox_clock WHERE id = 1").Scan(&moved)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("load clock: %w", err)
	}
	b.moved.Store(moved)
	return nil
}

// Now is the sandbox's time, in Japan's time zone and to the microsecond.
func (b *Books) Now() time.Time {
	return b.now().Add(b.Moved()).Truncate(time.Microsecond).In(calendar.JST)
}

// Moved is how far the sandbox's clock is ahead of the one it is based on.
func (b *Books) Moved() time.Duration {
	return time.Duration(b.moved.Load()) * time.Microsecond
}

// Advance moves the clock forward and lets happen what falls due, each step
// dated with its own time. The move survives a restart.
func (b *Books) Advance(ctx context.Context, d time.Duration) error {
	if d < time.Microsecond {
		return fmt.Errorf("%w: advance is %v, must be at least 1µs", ErrClock, d)
	}
	var moved int64
	err := b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO sandbox_clock (id, moved_us) VALUES (1, $1)
			ON CONFLICT (id) DO UPDATE SET moved_us = sandbox_clock.moved_us + excluded.moved_us RETURNING moved_us`, d.Microseconds()).Scan(&moved)
	})
	if err != nil {
		return fmt.Errorf("advance clock: %w", err)
	}
	storeMax(&b.moved, moved)
	return b.CatchUp(ctx)
}

// storeMax keeps the clock from stepping back when two advances finish in the
// other order than they committed.
func storeMax(v interface {
	Load() int64
	CompareAndSwap(int64, int64) bool
}, n int64) {
	for {
		old := v.Load()
		if old >= n || v.CompareAndSwap(old, n) {
			return
		}
	}
}

// CatchUp lets happen what has fallen due.
func (b *Books) CatchUp(ctx context.Context) error {
	var first sql.NullInt64
	err := b.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT MIN(due_us) FROM due").Scan(&first)
	})
	if err != nil {
		return fmt.Errorf("look for due steps: %w", err)
	}
	if !first.Valid || first.Int64 > us(b.Now()) {
		return nil
	}
	return b.write(ctx, func(*txn) error { return nil })
}

type step string

// The steps that happen by themselves.
const (
	stepComplete      step = "complete"       // a hidden request becomes visible
	stepExpireRequest step = "expire_request" // the password never came
	stepExpireApply   step = "expire_apply"   // nobody approved
	stepExpireCancel  step = "expire_cancel"  // the password for the cancel never came
	stepExecute       step = "execute"        // the booked day has come
	stepSettle        step = "settle"         // processing of a line ends
	stepReturn        step = "return"         // a line comes back
	stepRecall        step = "recall"         // a recall of a line begins
	stepRecallEnd     step = "recall_end"     // and ends
)

func (t *txn) schedule(at time.Time, applyNo string, item int, s step) error {
	seq, err := t.next("due")
	if err != nil {
		return err
	}
	_, err = t.Exec(t.ctx, "INSERT INTO due (seq, due_us, apply_no, item_no, step) VALUES ($1, $2, $3, $4, $5)", seq, us(at), applyNo, item, string(s))
	return err
}

func (t *txn) unschedule(applyNo string, s step) error {
	_, err := t.Exec(t.ctx, "DELETE FROM due WHERE apply_no = $1 AND step = $2", applyNo, string(s))
	return err
}

func (b *Books) takeDueSteps(ctx context.Context, tx *database.Tx, now time.Time) error {
	for {
		var at int64
		var applyNo string
		var item int
		var s step
		err := tx.QueryRow(ctx, `DELETE FROM due WHERE seq = (SELECT seq FROM due WHERE due_us <= $1 ORDER BY due_us, seq LIMIT 1)
			RETURNING due_us, apply_no, item_no, step`, us(now)).Scan(&at, &applyNo, &item, &s)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := (&txn{tx, ctx, b, fromUS(at)}).take(applyNo, item, s); err != nil {
			return fmt.Errorf("%s of %s: %w", s, applyNo, err)
		}
	}
}

func (t *txn) take(applyNo string, item int, s step) error {
	tr, err := t.load(applyNo)
	if err != nil {
		return err
	}
	switch s {
	case stepComplete:
		return t.complete(tr)
	case stepExpireRequest:
		return t.expireRequest(tr)
	case stepExpireApply:
		return t.endApplication(tr, ApplyTimedOut, ApplyExpired)
	case stepExpireCancel:
		return t.closeCancel(tr, ResultExpired)
	case stepExecute:
		return t.execute(tr)
	}
	line := &tr.Lines[item-1]
	if err := t.takeLine(tr, line, s); err != nil {
		return err
	}
	if line.Status == Returned {
		return t.note(tr, item, line.Return)
	}
	return t.note(tr, item, "")
}

func (t *txn) takeLine(tr *Transfer, l *Line, s step) error {
	switch s {
	case stepSettle:
		return t.settle(tr, l)
	case stepReturn:
		return t.comeBack(tr, l, Returned)
	case stepRecall:
		return t.recall(tr, l)
	case stepRecallEnd:
		return t.endRecall(tr, l)
	}
	return fmt.Errorf("step %q is not known", s)
}
