package books

import (
	"context"
	"errors"
	"fmt"
	"time"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/remittance"
)

// ErrConflict is wrapped by every refusal that waiting cannot mend: an id taken
// by another order, a number taken by another step, a step or postings that are
// not allowed.
var ErrConflict = activities.ErrConflict

var _ activities.Books = (*Books)(nil)

// Books moves record and ledger of one migrated database. It is safe for use by
// many goroutines and processes.
type Books struct {
	db     *database.DB
	ledger *ledger.Ledger
}

// New gives the books of a database in which record and ledger are migrated.
func New(db *database.DB, l *ledger.Ledger) *Books { return &Books{db, l} }

func conflict(ref remittance.Ref, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %w", ErrConflict, ref, fmt.Errorf(format, args...))
}

// StateOf is the record's row as workflows and clients see it.
func StateOf(r record.Remittance) contract.State {
	return contract.State{
		Ref: r.Ref, Pattern: r.Pattern, Amount: r.Amount, Status: r.Status, Reason: r.Reason, Final: r.Final,
		Seq: r.Seq, Generation: r.Generation, Account: r.Account, RailRef: r.RailRef, Code: r.Code, Deadline: r.Deadline,
		NeedsAttention: r.NeedsAttention, Shortfall: r.Shortfall, OpenedAt: r.CreatedAt,
		Rail: r.Rail, InFlight: r.InFlight, Instructed: r.Instructed, Ways: r.Ways,
	}
}

// openHash marks the steps that Open makes: no move is ever the same as one.
const openHash = "open"

// Open records an order as accepted and, where the balance covers it, holds its
// money and instructs it (processing), or only holds it (awaiting_recipient)
// when in.HoldOnly is set; else it stands at awaiting_funds with the shortfall
// and in.FundingDeadline. An order that is open already comes back as it
// stands, marked as inherited when another owner opened it. Errors:
// [ErrConflict] when the id is taken by an order with another request hash, or
// the order cannot be one.
func (b *Books) Open(ctx context.Context, in contract.OpenInput) (contract.State, error) {
	if err := checkOrder(in); err != nil {
		return contract.State{}, conflict(in.Order.Ref, "%w", err)
	}
	var state contract.State
	err := b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		row := covered(in)
		fresh, err := record.Insert(ctx, tx, row)
		switch {
		case err != nil:
			return err
		case fresh:
			row, err = b.open(ctx, tx, in, row)
			state = StateOf(row)
		default:
			state, err = reopened(ctx, tx, in)
		}
		return err
	})
	if err != nil {
		return contract.State{}, refusal(in.Order.Ref, err)
	}
	return state, nil
}

func checkOrder(in contract.OpenInput) error {
	o := in.Order
	if _, err := remittance.ParseRef(string(o.Merchant), string(o.Remittance)); err != nil {
		return err
	}
	switch {
	case o.Amount < 1 || o.Amount > remittance.LegalCap:
		return fmt.Errorf("%w: %d yen is not between 1 and %d", remittance.ErrAmount, o.Amount, remittance.LegalCap)
	case o.Fee < 0 || o.Fee > remittance.LegalCap:
		return fmt.Errorf("%w: a fee of %d yen is not between 0 and %d", remittance.ErrAmount, o.Fee, remittance.LegalCap)
	case o.RequestHash == "" || in.At.IsZero() || in.FundingDeadline.IsZero():
		return errors.New("an order needs its request hash, its time and its funding deadline")
	case in.HoldOnly && in.RecipientDeadline.IsZero():
		return errors.New("an order whose account the recipient names needs the recipient's deadline")
	case !in.HoldOnly && o.Account == "" && needsAccount(o.Pattern.Rail()):
		return errors.New("an order that is instructed at once needs its account")
	case !in.HoldOnly && o.Pattern == remittance.Choice:
		return errors.New("a choice cannot be instructed before its recipient has picked")
	}
	_, err := remittance.ParsePattern(string(o.Pattern))
	return err
}

// covered is the row of a new order whose money is there.
func covered(in contract.OpenInput) record.Remittance {
	o, at := in.Order, moment(in.At)
	row := record.Remittance{
		Ref: o.Ref, Pattern: o.Pattern, Amount: o.Amount, Fee: o.Fee, RequestHash: o.RequestHash, Owner: in.Owner,
		Status: remittance.Processing, Reason: remittance.WaitsForRail, Seq: 2, Generation: 1, Instructed: 1,
		Account: o.Account, CreatedAt: at, UpdatedAt: at, Rail: o.Pattern.Rail(), InFlight: true, Ways: in.Ways,
	}
	if in.HoldOnly {
		deadline := moment(in.RecipientDeadline)
		row.Status, row.Reason, row.Instructed, row.Deadline, row.InFlight = remittance.AwaitingRecipient, remittance.WaitsForRecipient, 0, &deadline, false
	}
	return row
}

// open takes the money of a new order. A balance that is too short, which is
// the rarer case, turns the row into one that waits for funds.
func (b *Books) open(ctx context.Context, tx *database.Tx, in contract.OpenInput, row record.Remittance) (record.Remittance, error) {
	accepted := record.Step{Seq: 1, At: row.CreatedAt, To: remittance.Accepted, Actor: remittance.ActorMerchant,
		Generation: 1, Account: row.Account, Rail: row.Rail, Fee: row.Fee, MoveHash: openHash}
	if err := record.Append(ctx, tx, row.Ref, accepted); err != nil {
		return row, err
	}
	postings := []contract.Posting{contract.PostHold, contract.PostInstruct}
	if in.HoldOnly {
		postings = postings[:1]
	}
	entries, err := entriesOf(row, postings)
	if err != nil {
		return row, err
	}
	err = b.ledger.Post(ctx, tx, entries...)
	var short *ledger.InsufficientError
	if errors.As(err, &short) {
		postings = nil
		row, err = uncovered(ctx, tx, in, row, short.Shortfall)
	}
	if err != nil {
		return row, err
	}
	return row, record.Append(ctx, tx, row.Ref, record.Step{
		Seq: 2, At: row.CreatedAt, From: remittance.Accepted, To: row.Status, Reason: row.Reason, Actor: remittance.ActorSystem,
		Generation: 1, Account: row.Account, Deadline: row.Deadline, Postings: texts(postings), Rail: row.Rail, Fee: row.Fee, MoveHash: openHash,
	})
}

func uncovered(ctx context.Context, tx *database.Tx, in contract.OpenInput, row record.Remittance, short remittance.Yen) (record.Remittance, error) {
	deadline := moment(in.FundingDeadline)
	row.Status, row.Reason, row.Instructed, row.InFlight = remittance.AwaitingFunds, remittance.WaitsForFunds, 0, false
	row.Deadline, row.Shortfall = &deadline, short
	_, err := record.Advance(ctx, tx, row.Seq, row) // nobody else has seen the row yet
	return row, err
}

func reopened(ctx context.Context, tx *database.Tx, in contract.OpenInput) (contract.State, error) {
	row, err := record.Load(ctx, tx, in.Order.Ref)
	if err != nil {
		return contract.State{}, err
	}
	if row.RequestHash != in.Order.RequestHash {
		return contract.State{}, conflict(row.Ref, "the id is taken by an order with another body")
	}
	state := StateOf(row)
	state.Inherited = row.Owner != in.Owner
	return state, nil
}

// refusal turns what the ledger will never allow into a conflict. Errors of the
// database stay what they are: trying again may mend them.
func refusal(ref remittance.Ref, err error) error {
	for _, final := range []error{ledger.ErrConflict, ledger.ErrNotAllowed, ledger.ErrEntry} {
		if errors.Is(err, final) {
			return conflict(ref, "%w", err)
		}
	}
	return err
}

// moment is a time as the database keeps it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
