package amazon

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

// The states of a gift.
const (
	stateLoaded    = "loaded"
	stateCreated   = "created"
	stateClaimed   = "claimed"
	stateCancelled = "cancelled"
)

// gift is one line of the books.
type gift struct {
	requestID string
	operation string
	user      string
	amount    remittance.Yen
	state     string
	at        time.Time
}

const (
	selectGift = `SELECT request_id, operation, user_id, amount, state, executed_at FROM amazon_gifts WHERE request_id = $1`
	insertGift = `INSERT INTO amazon_gifts (request_id, operation, user_id, amount, state, executed, executed_at) VALUES ($1, $2, $3, $4, $5, 1, $6)`
	setState   = `UPDATE amazon_gifts SET state = $2 WHERE request_id = $1`
	spent      = `SELECT COALESCE(SUM(amount), 0) FROM amazon_gifts WHERE state <> 'cancelled'`
	insertUser = `INSERT INTO amazon_users (user_id, magic, since) VALUES ($1, $2, $3) ON CONFLICT (user_id) DO NOTHING`
	selectUser = `SELECT magic FROM amazon_users WHERE user_id = $1`
	listUsers  = `SELECT u.user_id, COALESCE(SUM(g.amount), 0) FROM amazon_users u LEFT JOIN amazon_gifts g ON g.user_id = u.user_id
GROUP BY u.user_id ORDER BY u.user_id`
	listGifts = `SELECT request_id, amount, executed, state FROM amazon_gifts WHERE request_id > $1 ORDER BY request_id LIMIT $2`
)

func readGift(ctx context.Context, tx *database.Tx, requestID string) (g gift, found bool, err error) {
	var at int64
	err = tx.QueryRow(ctx, selectGift, requestID).Scan(&g.requestID, &g.operation, &g.user, &g.amount, &g.state, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return gift{}, false, nil
	}
	g.at = time.UnixMicro(at).UTC()
	return g, err == nil, err
}

// give executes a gift, or finds the one that the request id already brought.
func (a *Amazon) give(ctx context.Context, g gift) (given gift, refused *failure, err error) {
	err = a.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		given, refused = gift{}, nil
		old, found, err := readGift(ctx, tx, g.requestID)
		if err != nil {
			return err
		}
		if found {
			given, refused = old, old.differs(g)
			return nil
		}
		if refused, err = a.refuses(ctx, tx, g); refused != nil || err != nil {
			return err
		}
		given = g
		given.at = a.env.Now().UTC()
		_, err = tx.Exec(ctx, insertGift, g.requestID, g.operation, g.user, int64(g.amount), g.state, given.at.UnixMicro())
		return err
	})
	return given, refused, err
}

// differs says what is wrong with a request whose id was used before.
func (g gift) differs(asked gift) *failure {
	switch {
	case g.operation != asked.operation || g.user != asked.user:
		return &failIDUsed
	case g.amount != asked.amount:
		return &failDenomination
	}
	return nil
}

// refuses says what the books have against a new gift.
func (a *Amazon) refuses(ctx context.Context, tx *database.Tx, g gift) (*failure, error) {
	if g.operation == opLoad {
		var magic string
		err := tx.QueryRow(ctx, selectUser, g.user).Scan(&magic)
		if errors.Is(err, sql.ErrNoRows) {
			return &failUser, nil
		}
		if err != nil {
			return nil, err
		}
		if m, ok := magicUser(magic); ok {
			return &m.fail, nil
		}
	}
	left, err := a.left(ctx, tx)
	if err == nil && left < g.amount {
		return &failFunds, nil
	}
	return nil, err
}

func (a *Amazon) left(ctx context.Context, tx *database.Tx) (remittance.Yen, error) {
	var gone remittance.Yen
	err := tx.QueryRow(ctx, spent).Scan(&gone)
	return a.set.Funds - gone, err
}

func (a *Amazon) funds(ctx context.Context) (left remittance.Yen, err error) {
	err = a.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		left, err = a.left(ctx, tx)
		return err
	})
	return left, err
}

// cancel takes an unclaimed code back. Cancelling again is no error.
func (a *Amazon) cancel(ctx context.Context, requestID, cardID string) (refused *failure, err error) {
	err = a.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		g, found, err := readGift(ctx, tx, requestID)
		refused = a.refusesCancel(g, found, cardID)
		if err != nil || refused != nil || g.state == stateCancelled {
			return err
		}
		_, err = tx.Exec(ctx, setState, requestID, stateCancelled)
		return err
	})
	return refused, err
}

func (a *Amazon) refusesCancel(g gift, found bool, cardID string) *failure {
	switch {
	case !found:
		return &failNoSuchGift
	case g.operation == opLoad:
		return &failNotPermitted
	case cardID != "" && cardID != a.cardID(g.requestID):
		return &failCardID
	case g.state == stateClaimed:
		return &failClaimed
	case g.state == stateCreated && a.env.Now().Sub(g.at) > a.set.CancelWindow:
		return &failTooLate
	}
	return nil
}

var (
	errNoSuchCode = errors.New("there is no code under this request id")
	errNotOpen    = errors.New("the code cannot be claimed")
)

// claim is what its recipient does with a code at Amazon.
func (a *Amazon) claim(ctx context.Context, requestID string) error {
	return a.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		g, found, err := readGift(ctx, tx, requestID)
		switch {
		case err != nil:
			return err
		case !found || g.operation != opCreate:
			return errNoSuchCode
		case g.state != stateCreated:
			return fmt.Errorf("%w: it is %s", errNotOpen, g.state)
		}
		_, err = tx.Exec(ctx, setState, requestID, stateClaimed)
		return err
	})
}

// Executions implements [counterparty.Counterparty].
func (a *Amazon) Executions(ctx context.Context, after string, limit int) ([]counterparty.Execution, error) {
	found, err := a.env.ReadExecutions(ctx, listGifts, after, limit)
	for i := range found {
		found[i].Undone = found[i].State == stateCancelled
	}
	return found, err
}
