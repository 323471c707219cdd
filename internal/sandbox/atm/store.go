package atm

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"time"

	"soukin/internal/database"
	"soukin/internal/sandbox/faults"
)

const (
	issueColumns = `SELECT i.issue_id, i.serial, i.amount, i.expires_at, i.state, i.reissues, i.wrong, i.ended_at, i.due, i.due_at, i.dispensing, n.customer, n.confirmation
FROM atm_issues i JOIN atm_numbers n ON n.issue_id = i.issue_id AND n.n = i.reissues`
	issueByID      = issueColumns + ` WHERE i.issue_id = $1`
	issueByNumber  = issueColumns + ` WHERE n.customer = $1`
	issuesAfter    = issueColumns + ` WHERE i.issue_id > $1 ORDER BY i.issue_id LIMIT $2`
	issuesThatFall = `SELECT issue_id FROM atm_issues WHERE state IN ('issued', 'locked') AND ((NOT dispensing AND expires_at <= $1) OR (due <> '' AND due_at <= $1))
ORDER BY issue_id LIMIT 100`
	insertIssue = `INSERT INTO atm_issues (issue_id, serial, amount, expires_at, state, due, due_at)
VALUES ($1, (SELECT COALESCE(MAX(serial), 0) + 1 FROM atm_issues), $2, $3, $4, $5, $6) RETURNING serial`
	insertNumbers = `INSERT INTO atm_numbers (customer, confirmation, issue_id, n) VALUES ($1, $2, $3, $4) ON CONFLICT (customer) DO NOTHING`
	changeIssue   = `UPDATE atm_issues SET state = $2, reissues = $3, wrong = $4, ended_at = $5, due = $6, due_at = $7, dispensing = $8 WHERE issue_id = $1`
	insertPayout  = `INSERT INTO atm_payouts (issue_id, amount, paid_at) VALUES ($1, $2, $3)`
)

// errNoIssue is returned where the books have no such issue.
var errNoIssue = errors.New("no such issue")

func scanIssue(row scanner) (*issue, error) {
	var (
		i              issue
		expires, dueAt int64
		ended          sql.NullInt64
	)
	err := row.Scan(&i.id, &i.serial, &i.amount, &expires, &i.state, &i.reissues, &i.wrong, &ended, &i.due, &dueAt, &i.dispensing,
		&i.numbers.customer, &i.numbers.confirmation)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoIssue
	}
	if err != nil {
		return nil, fmt.Errorf("read issue: %w", err)
	}
	i.expiresAt, i.dueAt = time.UnixMicro(expires).UTC(), time.UnixMicro(dueAt).UTC()
	if ended.Valid {
		i.endedAt = time.UnixMicro(ended.Int64).UTC()
	}
	return &i, nil
}

// load gives an issue as it stands now: what fell due has happened. Errors:
// [errNoIssue].
func (n *Network) load(ctx context.Context, tx *database.Tx, query, key string) (*issue, error) {
	i, err := scanIssue(tx.QueryRow(ctx, query, key))
	if err != nil {
		return nil, err
	}
	before := *i
	happened := i.catchUp(n.env.Now(), n.set.Moment)
	if *i == before {
		return i, nil
	}
	return i, n.record(ctx, tx, i, happened...)
}

// catchUpAll lets happen everything that fell due.
func (n *Network) catchUpAll(ctx context.Context) error {
	for {
		due, err := collect(ctx, n, func(row scanner) (id string, err error) { return id, row.Scan(&id) }, issuesThatFall, n.env.Now().UnixMicro())
		if err != nil || len(due) == 0 {
			return err
		}
		for _, id := range due {
			if _, err := n.enquire(ctx, id); err != nil {
				return err
			}
		}
	}
}

// insert books a new issue with its first numbers.
func (n *Network) insert(ctx context.Context, tx *database.Tx, i *issue) error {
	err := tx.QueryRow(ctx, insertIssue, i.id, int64(i.amount), i.expiresAt.UnixMicro(), string(i.state), string(i.due), i.dueAt.UnixMicro()).Scan(&i.serial)
	if err != nil {
		return fmt.Errorf("insert issue: %w", err)
	}
	return n.giveNumbers(ctx, tx, i)
}

// giveNumbers gives the issue numbers that nobody had before.
func (n *Network) giveNumbers(ctx context.Context, tx *database.Tx, i *issue) error {
	for {
		fresh := numbers{randomDigits(9), randomDigits(6)}
		res, err := tx.Exec(ctx, insertNumbers, fresh.customer, fresh.confirmation, i.id, i.reissues)
		if err != nil {
			return fmt.Errorf("give numbers: %w", err)
		}
		if count, err := res.RowsAffected(); err != nil || count == 1 {
			i.numbers = fresh
			return err
		}
	}
}

func randomDigits(n int64) string {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil)
	v, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic(err) // the reader never fails, see its documentation
	}
	return fmt.Sprintf("%0*d", n, v)
}

// record writes how the issue stands after what happened to it: the cash that
// went out, and the notices about it, in the same transaction.
func (n *Network) record(ctx context.Context, tx *database.Tx, i *issue, happened ...event) error {
	ended := sql.NullInt64{Int64: i.endedAt.UnixMicro(), Valid: !i.endedAt.IsZero()}
	_, err := tx.Exec(ctx, changeIssue, i.id, string(i.state), i.reissues, i.wrong, ended, string(i.due), i.dueAt.UnixMicro(), i.dispensing)
	if err != nil {
		return fmt.Errorf("change issue: %w", err)
	}
	for _, e := range happened {
		if e.kind == eventWithdrawn {
			if _, err := tx.Exec(ctx, insertPayout, i.id, int64(i.amount), e.at.UnixMicro()); err != nil {
				return fmt.Errorf("pay out: %w", err)
			}
		}
		if err := n.queueNotice(ctx, tx, i, e); err != nil {
			return err
		}
	}
	return nil
}

// fired counts that a magic amount had its way.
func fired(ctx context.Context, tx *database.Tx, m Magic) error {
	if m.Name == "" {
		return nil
	}
	return faults.FiredIn(ctx, tx, faults.Magic(m.Name))
}
