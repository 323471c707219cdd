package books

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/calendar"
	"soukin/remittance"
)

// ErrKeyConflict is returned by [Books.Request] when an Idempotency-Key comes
// back with another content. Nothing is executed.
var ErrKeyConflict = errors.New("idempotency key was used for another request")

// Why the books refuse a request that is well formed.
const (
	RefusedAccount Refusal = "account" // there is no such account of ours
	RefusedPast    Refusal = "past"    // the designated day is over
	RefusedHoliday Refusal = "holiday" // banks are closed that day, and the holiday code says not to move it
	RefusedFunds   Refusal = "funds"   // the withdrawable amount is short
	RefusedLimit   Refusal = "limit"   // above the account's daily limit
	RefusedBranch  Refusal = "branch"  // the master knows no such bank or branch
)

// Refusal is why the books refuse a request.
type Refusal string

// RefusedError is returned by [Books.Request] and [Books.Quote] when the books
// do not allow the transfer. Nothing was recorded.
type RefusedError struct {
	Refusal Refusal
	Item    int // the line at fault, 0 for the whole request
}

// Error names the refusal and the line.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("refused: %s (line %d)", e.Refusal, e.Item)
}

// Quote checks an order against the books, funds excepted, and gives the fee of
// each line. Errors: [*RefusedError].
func (b *Books) Quote(ctx context.Context, o Order) (fees []remittance.Yen, at time.Time, err error) {
	err = b.write(ctx, func(t *txn) error {
		at = t.at
		if _, err := t.check(&o); err != nil {
			return err
		}
		for _, l := range o.Lines {
			fees = append(fees, b.rules.fee(l.BankCode))
		}
		return nil
	})
	return fees, at, err
}

// Request takes an order into the books: it is executed, booked or waits for
// approval. An order whose key is remembered is not taken again; its first
// answer comes back. Errors: [ErrKeyConflict], [*RefusedError].
func (b *Books) Request(ctx context.Context, o Order) (r Receipt, err error) {
	err = b.write(ctx, func(t *txn) error {
		if r, err = t.remembered(o); err != nil || r.Replayed {
			return err
		}
		if r, err = t.request(o); err != nil {
			return err
		}
		return t.remember(o, r)
	})
	return r, err
}

func (t *txn) remembered(o Order) (r Receipt, err error) {
	if o.Key == "" {
		return r, nil
	}
	var hash string
	var resultUS int64
	err = t.QueryRow(t.ctx, "SELECT hash, apply_no, result, result_us FROM answers WHERE client_id = $1 AND idem_key = $2 AND given_us > $3",
		o.ClientID, o.Key, us(t.at.Add(-t.b.rules.KeyRetention))).Scan(&hash, &r.ApplyNo, &r.Result, &resultUS)
	if errors.Is(err, sql.ErrNoRows) {
		return Receipt{}, nil
	}
	if err == nil && hash != o.Hash {
		return Receipt{}, ErrKeyConflict
	}
	r.ResultAt, r.Replayed = fromUS(resultUS), true
	return r, err
}

func (t *txn) remember(o Order, r Receipt) error {
	if o.Key == "" {
		return nil
	}
	_, err := t.Exec(t.ctx, `INSERT INTO answers (client_id, idem_key, hash, apply_no, result, result_us, given_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (client_id, idem_key) DO UPDATE SET hash = excluded.hash, apply_no = excluded.apply_no, result = excluded.result,
		result_us = excluded.result_us, given_us = excluded.given_us`,
		o.ClientID, o.Key, o.Hash, r.ApplyNo, string(r.Result), us(r.ResultAt), us(t.at))
	return err
}

func (t *txn) request(o Order) (Receipt, error) {
	a, err := t.check(&o)
	if err != nil {
		return Receipt{}, err
	}
	if err := t.checkLimit(o, a.DailyLimit); err != nil {
		return Receipt{}, err
	}
	if err := t.checkFunds(o); err != nil {
		return Receipt{}, err
	}
	if o.RemitterName == "" {
		o.RemitterName = a.NameKana
	}
	tr, err := t.record(o)
	if err != nil {
		return Receipt{}, fmt.Errorf("record transfer: %w", err)
	}
	switch {
	case o.Approval == ApprovalPassword:
		err = t.schedule(t.at.Add(t.b.rules.ApprovalExpiry), tr.ApplyNo, 0, stepExpireRequest)
	case o.Hidden > 0:
		err = t.schedule(t.at.Add(o.Hidden), tr.ApplyNo, 0, stepComplete)
	default:
		err = t.complete(tr)
	}
	return Receipt{ApplyNo: tr.ApplyNo, Result: tr.Result, ResultAt: tr.ResultAt}, err
}

// check judges an order by what can change from day to day, and moves its day
// as the holiday code says.
func (t *txn) check(o *Order) (Account, error) {
	a, err := account(t.ctx, t.Tx, o.AccountID)
	if errors.Is(err, ErrNotFound) {
		return a, &RefusedError{Refusal: RefusedAccount}
	}
	if err != nil {
		return a, err
	}
	if err := t.b.findBranches(o.Lines); err != nil {
		return a, err
	}
	o.Designated, err = t.b.executionDay(*o, t.at)
	return a, err
}

func (b *Books) findBranches(lines []Line) error {
	if b.directory == nil {
		return nil
	}
	for i := range lines {
		l := &lines[i]
		branch, ok := b.directory.Branch(l.BankCode, l.BranchCode)
		if !ok {
			return &RefusedError{RefusedBranch, l.Item}
		}
		l.BankKana, l.BankKanji, l.BranchKana, l.BranchKanji = branch.BankKana, branch.BankKanji, branch.BranchKana, branch.BranchKanji
	}
	return nil
}

// executionDay applies 振込指定日休日コード: on a day on which banks are closed,
// transfers to other banks move to the bank day after (1) or before (2), or are
// refused (3). A transfer between accounts of this bank runs on any day.
func (b *Books) executionDay(o Order, now time.Time) (string, error) {
	today := Day(now)
	if o.Designated < today {
		return "", &RefusedError{Refusal: RefusedPast}
	}
	day, err := time.ParseInLocation(time.DateOnly, o.Designated, calendar.JST)
	if err != nil {
		return "", err
	}
	if b.rules.EveryDay || !b.anyOther(o.Lines) || b.days.IsBankDay(day) {
		return o.Designated, nil
	}
	if o.HolidayCode == "3" {
		return "", &RefusedError{Refusal: RefusedHoliday}
	}
	moved := Day(b.nextBankDay(day, o.HolidayCode == "2"))
	if moved < today {
		return "", &RefusedError{Refusal: RefusedPast}
	}
	return moved, nil
}

func (b *Books) anyOther(lines []Line) bool {
	for _, l := range lines {
		if l.BankCode != b.rules.OwnBankCode {
			return true
		}
	}
	return false
}

func (b *Books) nextBankDay(day time.Time, back bool) time.Time {
	by := 1
	if back {
		by = -1
	}
	for !b.days.IsBankDay(day) {
		day = day.AddDate(0, 0, by)
	}
	return day
}

// checkLimit counts the order against what may be requested on one day.
func (t *txn) checkLimit(o Order, limit remittance.Yen) error {
	var today remittance.Yen
	err := t.QueryRow(t.ctx, `INSERT INTO requested (account_id, day, amount) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, day) DO UPDATE SET amount = requested.amount + excluded.amount RETURNING amount`, o.AccountID, Day(t.at), int64(o.Total())).Scan(&today)
	if err == nil && today > limit {
		return &RefusedError{Refusal: RefusedLimit}
	}
	return err
}

// checkFunds refuses what the balance does not cover if it is to run now. What
// runs later is looked at when it runs.
func (t *txn) checkFunds(o Order) error {
	if o.Approval != ApprovalNone || o.Hidden > 0 || o.Designated > Day(t.at) {
		return nil
	}
	_, withdrawable, err := funds(t.ctx, t.Tx, o.AccountID)
	if err != nil {
		return err
	}
	need := o.Total()
	for _, l := range o.Lines {
		need += t.b.rules.fee(l.BankCode)
	}
	if need > withdrawable {
		return &RefusedError{Refusal: RefusedFunds}
	}
	return nil
}

func (t *txn) record(o Order) (*Transfer, error) {
	applyNo, err := t.receiptNo()
	if err != nil {
		return nil, err
	}
	_, err = t.Exec(t.ctx, `INSERT INTO transfers (apply_no, account_id, client_id, idem_key, remitter_name, apply_comment, designated, approval, requested_us, requested_day, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, applyNo, o.AccountID, o.ClientID, o.Key, o.RemitterName, o.ApplyComment, o.Designated,
		string(o.Approval), us(t.at), Day(t.at), string(ResultPending))
	if err != nil {
		return nil, err
	}
	for _, l := range o.Lines {
		_, err = t.Exec(t.ctx, `INSERT INTO lines (apply_no, item_no, amount, fee, edi_info, bank_code, branch_code, bank_kana, branch_kana, bank_kanji, branch_kanji,
			account_type, number, payee, fate, return_code, fault) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			applyNo, l.Item, int64(l.Amount), int64(t.b.rules.fee(l.BankCode)), l.EDIInfo, l.BankCode, l.BranchCode, l.BankKana, l.BranchKana, l.BankKanji, l.BranchKanji,
			l.AccountType, l.Number, l.Payee, string(l.Fate), l.Return, l.Fault)
		if err != nil {
			return nil, err
		}
	}
	tr, err := t.load(applyNo)
	if err != nil {
		return nil, err
	}
	return tr, t.note(tr, 0, "")
}
