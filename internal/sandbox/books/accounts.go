package books

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/database"
	"soukin/remittance"
)

const accountColumns = "account_id, branch_code, branch_name, type_code, number, is_primary, name, name_kana, daily_limit"

func scanAccount(scan func(...any) error) (a Account, err error) {
	err = scan(&a.ID, &a.BranchCode, &a.BranchName, &a.TypeCode, &a.Number, &a.Primary, &a.Name, &a.NameKana, &a.DailyLimit)
	return a, err
}

func account(ctx context.Context, tx *database.Tx, id string) (Account, error) {
	a, err := scanAccount(tx.QueryRow(ctx, "SELECT "+accountColumns+" FROM accounts WHERE account_id = $1", id).Scan)
	return a, notFound(err)
}

// Accounts lists our accounts, the primary one first.
func (b *Books) Accounts(ctx context.Context) (accounts []Account, err error) {
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		accounts, err = allAccounts(ctx, tx)
		return err
	})
	return accounts, err
}

func allAccounts(ctx context.Context, tx *database.Tx) (accounts []Account, err error) {
	rows, err := tx.Query(ctx, "SELECT "+accountColumns+" FROM accounts ORDER BY is_primary DESC, account_id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanAccount(rows.Scan)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, a)
	}
	return accounts, rows.Err()
}

// Balance is what an account holds.
type Balance struct {
	Account       Account
	Balance       remittance.Yen
	Withdrawable  remittance.Yen // Balance less what transfers in process withhold
	PreviousDay   remittance.Yen // at the end of yesterday
	PreviousMonth remittance.Yen // at the end of last month
}

// Totals is what ever moved on an account. Balance = Opening + Deposits -
// Executed - Fees + Returned.
type Totals struct {
	Opening, Deposits, Executed, Fees, Returned remittance.Yen
}

// Balances gives the balance of one account, or of all for "". Errors:
// [ErrNotFound].
func (b *Books) Balances(ctx context.Context, accountID string) (balances []Balance, at time.Time, err error) {
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		at = b.Now()
		accounts, err := allAccounts(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if accountID != "" && accountID != a.ID {
				continue
			}
			balance, err := balanceOf(ctx, tx, a, at)
			if err != nil {
				return err
			}
			balances = append(balances, balance)
		}
		if accountID != "" && len(balances) == 0 {
			return ErrNotFound
		}
		return nil
	})
	return balances, at, err
}

func balanceOf(ctx context.Context, tx *database.Tx, a Account, at time.Time) (b Balance, err error) {
	b.Account = a
	if b.Balance, b.Withdrawable, err = funds(ctx, tx, a.ID); err != nil {
		return b, err
	}
	day := at.In(calendar.JST)
	midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, calendar.JST)
	if b.PreviousDay, err = balanceBefore(ctx, tx, a.ID, midnight); err != nil {
		return b, err
	}
	b.PreviousMonth, err = balanceBefore(ctx, tx, a.ID, midnight.AddDate(0, 0, 1-day.Day()))
	return b, err
}

// funds is the balance and what of it is not withheld for transfers in process.
func funds(ctx context.Context, tx *database.Tx, accountID string) (balance, withdrawable remittance.Yen, err error) {
	var withheld remittance.Yen
	err = tx.QueryRow(ctx, `SELECT balance, (SELECT COALESCE(SUM(l.amount + l.fee), 0) FROM lines l JOIN transfers t ON t.apply_no = l.apply_no
		WHERE l.status IN ($2, $3) AND t.account_id = accounts.account_id) FROM accounts WHERE account_id = $1`,
		accountID, int(InProcess), int(Retrying)).Scan(&balance, &withheld)
	return balance, balance - withheld, notFound(err)
}

func balanceBefore(ctx context.Context, tx *database.Tx, accountID string, at time.Time) (balance remittance.Yen, err error) {
	err = tx.QueryRow(ctx, "SELECT balance FROM statement WHERE account_id = $1 AND posted_us < $2 ORDER BY posted_us DESC LIMIT 1", accountID, us(at)).Scan(&balance)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return balance, err
}

// Totals adds up everything that ever moved on an account. Errors:
// [ErrNotFound].
func (b *Books) Totals(ctx context.Context, accountID string) (t Totals, err error) {
	of := map[kind]*remittance.Yen{kindOpening: &t.Opening, kindDeposit: &t.Deposits, kindTransfer: &t.Executed, kindFee: &t.Fees, kindReturn: &t.Returned}
	err = b.read(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := account(ctx, tx, accountID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT kind, SUM(amount) FROM statement WHERE account_id = $1 GROUP BY kind", accountID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k kind
			var sum remittance.Yen
			if err := rows.Scan(&k, &sum); err != nil {
				return err
			}
			*of[k] = sum
		}
		return rows.Err()
	})
	return t, err
}
