package books

import (
	"fmt"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/sandbox/faults"
)

// note writes the transfer's present status into its history.
func (t *txn) note(tr *Transfer, item int, returnCode string) error {
	_, err := t.Exec(t.ctx, `INSERT INTO history (apply_no, seq, at_us, status, item_no, return_code)
		SELECT $1, COUNT(*) + 1, $2, $3, $4, $5 FROM history WHERE apply_no = $1`, tr.ApplyNo, us(t.at), int(tr.Status), item, returnCode)
	return err
}

func (t *txn) setStatus(tr *Transfer, s Status, apply ApplyStatus) error {
	tr.Status, tr.ApplyStatus = s, apply
	if _, err := t.Exec(t.ctx, "UPDATE transfers SET status = $2, apply_status = $3 WHERE apply_no = $1", tr.ApplyNo, int(s), string(apply)); err != nil {
		return err
	}
	return t.note(tr, 0, "")
}

func (t *txn) setResult(tr *Transfer, r ResultCode) error {
	tr.Result, tr.ResultAt = r, time.Time{}
	if r == ResultDone {
		tr.ResultAt = t.at
	}
	_, err := t.Exec(t.ctx, "UPDATE transfers SET result = $2, result_us = $3 WHERE apply_no = $1", tr.ApplyNo, string(r), us(tr.ResultAt))
	return err
}

// complete ends 依頼中: the request is through.
func (t *txn) complete(tr *Transfer) error {
	if err := t.setResult(tr, ResultDone); err != nil {
		return err
	}
	if tr.Approval == ApprovalBusinessID {
		if err := t.setStatus(tr, Applied, ApplyPending); err != nil {
			return err
		}
		return t.schedule(t.at.Add(t.b.rules.ApprovalExpiry), tr.ApplyNo, 0, stepExpireApply)
	}
	return t.accept(tr, ApplyAutomatic)
}

// expireRequest ends 依頼中 without the request having become one: status
// enquiries never show it.
func (t *txn) expireRequest(tr *Transfer) error {
	if err := t.unschedule(tr.ApplyNo, stepExpireRequest); err != nil {
		return err
	}
	return t.setResult(tr, ResultExpired)
}

// endApplication ends a transfer that nobody approved.
func (t *txn) endApplication(tr *Transfer, a ApplyStatus, s Status) error {
	if err := t.unschedule(tr.ApplyNo, stepExpireApply); err != nil {
		return err
	}
	return t.setStatus(tr, s, a)
}

// accept gives the transfer its 受付番号 and executes it, or books it for its day.
func (t *txn) accept(tr *Transfer, a ApplyStatus) error {
	no, err := t.receiptNo()
	if err != nil {
		return err
	}
	tr.AcceptNo, tr.AcceptedAt = no, t.at
	if err := t.rollDay(tr); err != nil {
		return err
	}
	if _, err := t.Exec(t.ctx, "UPDATE transfers SET accept_no = $2, accepted_us = $3, designated = $4, apply_status = $5 WHERE apply_no = $1",
		tr.ApplyNo, no, us(t.at), tr.Designated, string(a)); err != nil {
		return err
	}
	tr.ApplyStatus = a
	if tr.Designated == Day(t.at) {
		return t.execute(tr)
	}
	if err := t.setStatus(tr, Booked, a); err != nil {
		return err
	}
	day, err := time.ParseInLocation(time.DateOnly, tr.Designated, calendar.JST)
	if err != nil {
		return err
	}
	return t.schedule(day.Add(t.b.rules.BookingRunsAt), tr.ApplyNo, 0, stepExecute)
}

// rollDay moves the day of a transfer whose approval came after it.
func (t *txn) rollDay(tr *Transfer) error {
	if tr.Designated >= Day(t.at) {
		return nil
	}
	today := Order{Designated: Day(t.at), HolidayCode: "1", Lines: tr.Lines}
	day, err := t.b.executionDay(today, t.at)
	tr.Designated = day
	return err
}

// execute looks at the funds and gives every line its fate. A transfer of
// several lines is executed as a whole or not at all.
func (t *txn) execute(tr *Transfer) error {
	if err := t.expirePendingCancel(tr); err != nil {
		return err
	}
	_, withdrawable, err := funds(t.ctx, t.Tx, tr.AccountID)
	if err != nil {
		return err
	}
	short := tr.Amount()+tr.Fee() > withdrawable
	for i := range tr.Lines {
		l := &tr.Lines[i]
		switch {
		case short:
			err = t.setLine(tr, l, NotExecuted)
		case l.Fate == FateNotExecuted:
			err = t.struck(l, t.setLine(tr, l, NotExecuted))
		case l.Fate == FateRetried:
			err = t.struck(l, t.hold(tr, l, Retrying, t.b.rules.HeldDelay))
		case l.Fate == FateHeld:
			err = t.struck(l, t.hold(tr, l, InProcess, t.b.rules.HeldDelay))
		case t.b.rules.ProcessingDelay > 0:
			err = t.hold(tr, l, InProcess, t.b.rules.ProcessingDelay)
		default:
			err = t.settle(tr, l)
		}
		if err != nil {
			return err
		}
	}
	return t.note(tr, 0, "")
}

func (t *txn) hold(tr *Transfer, l *Line, s Status, d time.Duration) error {
	if err := t.setLine(tr, l, s); err != nil {
		return err
	}
	return t.schedule(t.at.Add(d), tr.ApplyNo, l.Item, stepSettle)
}

// settle debits a line and its fee, once, and lets its fate take its course.
func (t *txn) settle(tr *Transfer, l *Line) error {
	where := posting{account: tr.AccountID, applyNo: tr.ApplyNo, item: l.Item}
	debit, fee := where, where
	debit.kind, debit.amount, debit.remarks = kindTransfer, l.Amount, "振込 "+l.Payee
	fee.kind, fee.amount, fee.remarks = kindFee, l.Fee, "振込手数料"
	for _, p := range []posting{debit, fee} {
		if p.amount == 0 {
			continue
		}
		if _, err := t.post(p); err != nil {
			return err
		}
	}
	if err := t.setLine(tr, l, Executed); err != nil {
		return err
	}
	rules := t.b.rules
	switch l.Fate {
	case FateReturned:
		return t.schedule(t.at.Add(rules.BounceDelay), tr.ApplyNo, l.Item, stepReturn)
	case FateReturnedLater:
		return t.schedule(t.at.Add(rules.LateBounceDelay), tr.ApplyNo, l.Item, stepReturn)
	case FateRecalled, FateRecallRefused:
		return t.schedule(t.at.Add(rules.BounceDelay), tr.ApplyNo, l.Item, stepRecall)
	}
	return nil
}

func (t *txn) recall(tr *Transfer, l *Line) error {
	if err := t.setLine(tr, l, Recalling); err != nil {
		return err
	}
	return t.struck(l, t.schedule(t.at.Add(t.b.rules.RecallDelay), tr.ApplyNo, l.Item, stepRecallEnd))
}

func (t *txn) endRecall(tr *Transfer, l *Line) error {
	if l.Fate == FateRecallRefused {
		return t.setLine(tr, l, RecallRefused)
	}
	return t.comeBack(tr, l, Recalled)
}

// comeBack credits a line's amount; its fee stays with the bank. The statement
// says which transfer came back and why: the contract has no field for the
// reason in its enquiries.
func (t *txn) comeBack(tr *Transfer, l *Line, s Status) error {
	_, err := t.post(posting{account: tr.AccountID, kind: kindReturn, amount: l.Amount, remarks: ReturnRemarks(tr.ApplyNo, l.Item, l.Return), applyNo: tr.ApplyNo, item: l.Item})
	if err != nil {
		return err
	}
	if err := t.setLine(tr, l, s); err != nil || s != Returned {
		return err
	}
	return t.struck(l, nil)
}

// ReturnRemarks is the 摘要 of the statement's line for money that came back:
// "資金返却 02 名義相違 2026112100000001-1", the reason's code and name (absent
// after a recall), then the transfer's number and line.
func ReturnRemarks(applyNo string, item int, code string) string {
	where := fmt.Sprintf("%s-%d", applyNo, item)
	for _, c := range faults.ReturnCodes() {
		if c.Code == code {
			return "資金返却 " + c.Code + " " + c.Name + " " + where
		}
	}
	return "組戻資金返却 " + where
}

// struck counts a fault that came true, unless it failed to.
func (t *txn) struck(l *Line, err error) error {
	if err != nil || l.Fault == "" {
		return err
	}
	return faults.FiredIn(t.ctx, t.Tx, faults.Kind(l.Fault))
}

// setLine moves one line, and with it the transfer; the caller notes it.
func (t *txn) setLine(tr *Transfer, l *Line, s Status) error {
	l.Status = s
	if _, err := t.Exec(t.ctx, "UPDATE lines SET status = $3 WHERE apply_no = $1 AND item_no = $2", tr.ApplyNo, l.Item, int(s)); err != nil {
		return err
	}
	tr.Status = whole(tr.Lines)
	_, err := t.Exec(t.ctx, "UPDATE transfers SET status = $2 WHERE apply_no = $1", tr.ApplyNo, int(tr.Status))
	return err
}
