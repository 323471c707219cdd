package books

import (
	"context"
	"strconv"
	"strings"

	"soukin/internal/database"
)

const transferColumns = `apply_no, account_id, client_id, idem_key, remitter_name, apply_comment, designated, approval, requested_us, result, result_us,
	apply_status, status, accept_no, accepted_us`

func scanTransfer(scan func(...any) error) (*Transfer, error) {
	var tr Transfer
	var requested, result, accepted int64
	err := scan(&tr.ApplyNo, &tr.AccountID, &tr.ClientID, &tr.Key, &tr.RemitterName, &tr.ApplyComment, &tr.Designated, &tr.Approval, &requested, &tr.Result, &result,
		&tr.ApplyStatus, &tr.Status, &tr.AcceptNo, &accepted)
	tr.RequestedAt, tr.ResultAt, tr.AcceptedAt = fromUS(requested), fromUS(result), fromUS(accepted)
	return &tr, err
}

// load reads a transfer with its lines. Errors: [ErrNotFound].
func (t *txn) load(applyNo string) (*Transfer, error) {
	return loadTransfer(t.ctx, t.Tx, applyNo)
}

func loadTransfer(ctx context.Context, tx *database.Tx, applyNo string) (*Transfer, error) {
	tr, err := scanTransfer(tx.QueryRow(ctx, "SELECT "+transferColumns+" FROM transfers WHERE apply_no = $1", applyNo).Scan)
	if err != nil {
		return nil, notFound(err)
	}
	return tr, loadLines(ctx, tx, []*Transfer{tr})
}

// loadLines fills in the lines of all the transfers at once.
func loadLines(ctx context.Context, tx *database.Tx, transfers []*Transfer) error {
	if len(transfers) == 0 {
		return nil
	}
	byNo, in, args := among(transfers)
	rows, err := tx.Query(ctx, `SELECT apply_no, item_no, amount, fee, edi_info, bank_code, branch_code, bank_kana, branch_kana, bank_kanji, branch_kanji,
		account_type, number, payee, fate, return_code, fault, status,
		(SELECT COUNT(*) FROM statement s WHERE s.apply_no = lines.apply_no AND s.item_no = lines.item_no AND s.kind = 'transfer')
		FROM lines WHERE apply_no IN (`+in+`) ORDER BY apply_no, item_no`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var applyNo string
		var l Line
		if err := rows.Scan(&applyNo, &l.Item, &l.Amount, &l.Fee, &l.EDIInfo, &l.BankCode, &l.BranchCode, &l.BankKana, &l.BranchKana, &l.BankKanji, &l.BranchKanji,
			&l.AccountType, &l.Number, &l.Payee, &l.Fate, &l.Return, &l.Fault, &l.Status, &l.Executed); err != nil {
			return err
		}
		byNo[applyNo].Lines = append(byNo[applyNo].Lines, l)
	}
	return rows.Err()
}

func loadHistory(ctx context.Context, tx *database.Tx, transfers []*Transfer) error {
	if len(transfers) == 0 {
		return nil
	}
	byNo, in, args := among(transfers)
	rows, err := tx.Query(ctx, "SELECT apply_no, at_us, status, item_no, return_code FROM history WHERE apply_no IN ("+in+") ORDER BY apply_no, seq", args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var applyNo string
		var at int64
		var e Event
		if err := rows.Scan(&applyNo, &at, &e.Status, &e.Item, &e.Return); err != nil {
			return err
		}
		e.At = fromUS(at)
		byNo[applyNo].History = append(byNo[applyNo].History, e)
	}
	return rows.Err()
}

func among(transfers []*Transfer) (byNo map[string]*Transfer, in string, args []any) {
	byNo = map[string]*Transfer{}
	places := make([]string, len(transfers))
	for i, tr := range transfers {
		byNo[tr.ApplyNo] = tr
		places[i] = "$" + strconv.Itoa(i+1)
		args = append(args, tr.ApplyNo)
	}
	return byNo, strings.Join(places, ", "), args
}
