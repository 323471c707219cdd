package books

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"soukin/internal/database"
)

// CancelClass is what a cancel calls off (取消対象キー区分).
type CancelClass string

// The classes for transfers; 3 and 4 are for bulk transfers.
const (
	CancelApplication CancelClass = "1" // 振込申請取消: ビジネスID管理 only, while 申請中
	CancelAcceptance  CancelClass = "2" // 振込受付取消: while 予約中
)

// Cancel asks for a transfer to be called off. Errors: [ErrNotFound], and
// [ErrState] where the class does not fit the transfer's status or a cancel was
// asked for before and has not expired.
func (b *Books) Cancel(ctx context.Context, accountID, applyNo string, class CancelClass) (r Receipt, err error) {
	err = b.write(ctx, func(t *txn) error {
		tr, err := t.load(applyNo)
		if err != nil {
			return err
		}
		if tr.AccountID != accountID {
			return ErrNotFound
		}
		if err := t.cancellable(tr, class); err != nil {
			return err
		}
		r = Receipt{ApplyNo: applyNo, Result: ResultPending}
		if _, err := t.Exec(t.ctx, "INSERT INTO cancels (apply_no, seq, result) SELECT $1, COUNT(*) + 1, $2 FROM cancels WHERE apply_no = $1", applyNo, string(r.Result)); err != nil {
			return err
		}
		if tr.Approval == ApprovalPassword {
			return t.schedule(t.at.Add(b.rules.ApprovalExpiry), applyNo, 0, stepExpireCancel)
		}
		r.Result, r.ResultAt = ResultDone, t.at
		return t.callOff(tr)
	})
	return r, err
}

func (t *txn) cancellable(tr *Transfer, class CancelClass) error {
	last, err := lastCancel(t.ctx, t.Tx, tr.ApplyNo)
	if err != nil {
		return err
	}
	if last != nil && last.Result != ResultExpired {
		return fmt.Errorf("%w: a cancel was asked for already", ErrState)
	}
	if class == CancelApplication && tr.Status == Applied || class == CancelAcceptance && tr.Status == Booked {
		return nil
	}
	return fmt.Errorf("%w: status %d cannot be cancelled by class %s", ErrState, tr.Status, class)
}

// callOff ends a transfer that nothing was executed of.
func (t *txn) callOff(tr *Transfer) error {
	if err := t.closeCancel(tr, ResultDone); err != nil {
		return err
	}
	if tr.Status == Applied {
		return t.endApplication(tr, ApplyWithdrawn, Withdrawn)
	}
	if err := t.unschedule(tr.ApplyNo, stepExecute); err != nil {
		return err
	}
	apply := tr.ApplyStatus
	if apply == ApplyApproved {
		apply = ApplyApprovalRevoked
	}
	return t.setStatus(tr, BookingCalled, apply)
}

func lastCancel(ctx context.Context, tx *database.Tx, applyNo string) (*Receipt, error) {
	r := Receipt{ApplyNo: applyNo}
	var resultUS int64
	err := tx.QueryRow(ctx, "SELECT result, result_us FROM cancels WHERE apply_no = $1 ORDER BY seq DESC LIMIT 1", applyNo).Scan(&r.Result, &resultUS)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	r.ResultAt = fromUS(resultUS)
	return &r, err
}

// closeCancel gives the cancel that waits its result.
func (t *txn) closeCancel(tr *Transfer, r ResultCode) error {
	if err := t.unschedule(tr.ApplyNo, stepExpireCancel); err != nil {
		return err
	}
	var at int64
	if r == ResultDone {
		at = us(t.at)
	}
	_, err := t.Exec(t.ctx, "UPDATE cancels SET result = $2, result_us = $3 WHERE apply_no = $1 AND result = $4", tr.ApplyNo, string(r), at, string(ResultPending))
	return err
}

// expirePendingCancel is for a transfer whose execution overtakes its cancel.
func (t *txn) expirePendingCancel(tr *Transfer) error { return t.closeCancel(tr, ResultExpired) }

// Result is how the transfer's latest request stands: its cancel if there was
// one, else itself. Errors: [ErrNotFound].
func (b *Books) Result(ctx context.Context, accountID, applyNo string) (r Receipt, err error) {
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		tr, err := loadTransfer(ctx, tx, applyNo)
		if err != nil {
			return err
		}
		if tr.AccountID != accountID {
			return ErrNotFound
		}
		r = Receipt{ApplyNo: applyNo, Result: tr.Result, ResultAt: tr.ResultAt}
		cancel, err := lastCancel(ctx, tx, applyNo)
		if cancel != nil {
			r = *cancel
		}
		return err
	})
	return r, err
}

// Decision is what the account's owner does with a transfer that waits for approval.
type Decision string

// The decisions.
const (
	Approve  Decision = "approve"
	Withdraw Decision = "withdraw"
	SendBack Decision = "send-back" // ビジネスID管理 only
)

// Decide does what the account's owner would do in the bank's own screens: to
// the cancel that waits for the password, else to the transfer that waits.
// Errors: [ErrNotFound], [ErrState].
func (b *Books) Decide(ctx context.Context, applyNo string, d Decision) error {
	return b.write(ctx, func(t *txn) error {
		tr, err := t.load(applyNo)
		if err != nil {
			return err
		}
		cancel, err := lastCancel(t.ctx, t.Tx, applyNo)
		if err != nil {
			return err
		}
		return t.decide(tr, cancel, d)
	})
}

func (t *txn) decide(tr *Transfer, cancel *Receipt, d Decision) error {
	waiting := cancel != nil && cancel.Result == ResultPending
	unconfirmed := tr.Approval == ApprovalPassword && tr.Result == ResultPending
	switch {
	case waiting && d == Approve:
		return t.callOff(tr)
	case waiting && d == Withdraw:
		return t.closeCancel(tr, ResultExpired)
	case unconfirmed && d == Approve:
		if err := t.unschedule(tr.ApplyNo, stepExpireRequest); err != nil {
			return err
		}
		return t.complete(tr)
	case unconfirmed && d == Withdraw:
		return t.expireRequest(tr)
	case tr.Status == Applied && d == Approve:
		if err := t.unschedule(tr.ApplyNo, stepExpireApply); err != nil {
			return err
		}
		return t.accept(tr, ApplyApproved)
	case tr.Status == Applied && d == Withdraw:
		return t.endApplication(tr, ApplyWithdrawn, Withdrawn)
	case tr.Status == Applied && d == SendBack:
		return t.endApplication(tr, ApplySentBack, SentBack)
	}
	return fmt.Errorf("%w: status %d, result %s, nothing to %s", ErrState, tr.Status, tr.Result, d)
}
