package books

import (
	"context"
	"fmt"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/database"
	"soukin/remittance"
)

type kind string

const (
	kindOpening  kind = "opening"
	kindDeposit  kind = "deposit"
	kindTransfer kind = "transfer"
	kindFee      kind = "fee"
	kindReturn   kind = "return"
)

func (k kind) direction() Direction {
	if k == kindTransfer || k == kindFee {
		return Out
	}
	return In
}

type posting struct {
	account                                  string
	kind                                     kind
	amount                                   remittance.Yen
	remarks                                  string
	applicant, bankKana, branchKana, ediInfo string
	applyNo                                  string
	item                                     int
}

// post moves a balance and writes the statement's line for it. The line's key
// is the time, pushed on by microseconds where that one is taken.
func (t *txn) post(p posting) (Item, error) {
	change := int64(p.amount)
	if p.kind.direction() == Out {
		change = -change
	}
	var balance, posted int64
	err := t.QueryRow(t.ctx, `UPDATE accounts SET balance = balance + $2, last_us = MAX($3, last_us + 1) WHERE account_id = $1 RETURNING balance, last_us`,
		p.account, change, us(t.at)).Scan(&balance, &posted)
	if err != nil {
		return Item{}, fmt.Errorf("post %s: %w", p.kind, notFound(err))
	}
	_, err = t.Exec(t.ctx, `INSERT INTO statement (account_id, posted_us, kind, amount, balance, remarks, applicant, bank_kana, branch_kana, edi_info, apply_no, item_no)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		p.account, posted, string(p.kind), int64(p.amount), balance, p.remarks, p.applicant, p.bankKana, p.branchKana, p.ediInfo, p.applyNo, p.item)
	if err != nil {
		return Item{}, fmt.Errorf("post %s: %w", p.kind, err)
	}
	return Item{Key: itemKey(posted), PostedAt: fromUS(posted), Direction: p.kind.direction(), Amount: p.amount, Balance: yen(balance), Remarks: p.remarks,
		Applicant: p.applicant, BankKana: p.bankKana, BranchKana: p.branchKana, EDIInfo: p.ediInfo}, nil
}

func itemKey(posted int64) string {
	at := fromUS(posted)
	return at.Format("20060102150405") + fmt.Sprintf("%06d", at.Nanosecond()/1000)
}

func parseItemKey(key string) (time.Time, error) {
	if len(key) == 20 {
		if at, err := time.ParseInLocation("20060102150405.000000", key[:14]+"."+key[14:], calendar.JST); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%w %q must be the key of an item", ErrPageKey, key)
}

// Deposit is an incoming transfer to an account of ours.
type Deposit struct {
	AccountID            string
	Amount               remittance.Yen
	Applicant            string // 依頼人名, half-width, up to 48
	BankKana, BranchKana string // where it comes from, half-width, up to 30 and 15
	EDIInfo              string // half-width, up to 20
}

// Deposit books an incoming transfer. Errors: [ErrNotFound] for the account.
func (b *Books) Deposit(ctx context.Context, d Deposit) (item Item, err error) {
	err = b.write(ctx, func(t *txn) error {
		remarks := "振込"
		for _, part := range []string{d.EDIInfo, d.Applicant} {
			if part != "" {
				remarks += " " + part
			}
		}
		item, err = t.post(posting{account: d.AccountID, kind: kindDeposit, amount: d.Amount, remarks: remarks,
			applicant: d.Applicant, bankKana: d.BankKana, branchKana: d.BranchKana, ediInfo: d.EDIInfo})
		return err
	})
	return item, err
}

// PageSize is the most that one enquiry returns (取得上限件数).
const PageSize = 500

// StatementQuery asks for part of an account's statement.
type StatementQuery struct {
	AccountID    string
	From, To     string // days, YYYY-MM-DD; "" for open
	FromKey      string // the first item's key, from the page before; "" for the first page
	DepositsOnly bool   // incoming transfers only
}

// Statement lists items in the order in which they were posted, at most
// [PageSize], and the key of the next one or "". Errors: [ErrNotFound] for the
// account, [ErrPageKey].
func (b *Books) Statement(ctx context.Context, q StatementQuery) (items []Item, next string, err error) {
	from, to, err := q.bounds()
	if err != nil {
		return nil, "", err
	}
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := account(ctx, tx, q.AccountID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT posted_us, kind, amount, balance, remarks, applicant, bank_kana, branch_kana, edi_info FROM statement
			WHERE account_id = $1 AND posted_us >= $2 AND posted_us < $3 AND (kind = 'deposit' OR NOT $4) ORDER BY posted_us LIMIT $5`,
			q.AccountID, from, to, q.DepositsOnly, PageSize+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var it Item
			var posted int64
			var k kind
			if err := rows.Scan(&posted, &k, &it.Amount, &it.Balance, &it.Remarks, &it.Applicant, &it.BankKana, &it.BranchKana, &it.EDIInfo); err != nil {
				return err
			}
			it.Key, it.PostedAt, it.Direction = itemKey(posted), fromUS(posted), k.direction()
			items = append(items, it)
		}
		return rows.Err()
	})
	if len(items) > PageSize {
		items, next = items[:PageSize], items[PageSize].Key
	}
	return items, next, err
}

func (q StatementQuery) bounds() (from, to int64, err error) {
	from, to = 0, 1<<62
	if q.From != "" {
		day, err := time.ParseInLocation(time.DateOnly, q.From, calendar.JST)
		if err != nil {
			return 0, 0, err
		}
		from = us(day)
	}
	if q.To != "" {
		day, err := time.ParseInLocation(time.DateOnly, q.To, calendar.JST)
		if err != nil {
			return 0, 0, err
		}
		to = us(day.AddDate(0, 0, 1))
	}
	if q.FromKey != "" {
		at, err := parseItemKey(q.FromKey)
		if err != nil {
			return 0, 0, err
		}
		from = max(from, us(at))
	}
	return from, to, nil
}
