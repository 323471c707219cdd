package books

import (
	"context"
	"errors"
	"time"

	"soukin/contract"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/remittance"
)

// lateReturn is the posting of a late return, for the timeline only: no
// workflow can ask for it.
const lateReturn contract.Posting = "late_return"

// LateReturn says that money came back after it was final.
type LateReturn struct {
	remittance.Ref
	At       time.Time
	Actor    remittance.Actor
	Code     string // the rail's own code
	Evidence string // what was seen and where; must not name the recipient
}

// LateReturn takes in money that came back after the remittance was paid: it
// goes to the merchant's balance, and the remittance stands at returned for
// good. Said again, it changes nothing. Errors: [ErrConflict] when the
// remittance is not paid.
func (b *Books) LateReturn(ctx context.Context, in LateReturn) (contract.State, error) {
	if in.At.IsZero() || in.Actor == "" {
		return contract.State{}, conflict(in.Ref, "a late return needs its time and its actor")
	}
	var state contract.State
	err := b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for {
			row, moved, err := b.lateReturn(ctx, tx, in)
			state = StateOf(row)
			if moved || err != nil {
				return err
			}
		}
	})
	if err != nil {
		return contract.State{}, refusal(in.Ref, err)
	}
	return state, nil
}

func (b *Books) lateReturn(ctx context.Context, tx *database.Tx, in LateReturn) (record.Remittance, bool, error) {
	row, err := record.Load(ctx, tx, in.Ref)
	switch {
	case errors.Is(err, record.ErrNotFound):
		return row, false, conflict(in.Ref, "it was never opened")
	case err != nil:
		return row, false, err
	case row.Status == remittance.Returned && row.Reason == remittance.LateReturn:
		return row, true, nil
	case row.Status != remittance.Paid:
		return row, false, conflict(in.Ref, "it is %s, so nothing can come back late", row.Status)
	}
	entry, err := ledger.LateReturn(instructionOf(row), row.Rail, row.Amount)
	if err != nil {
		return row, false, err
	}
	next := row
	next.Status, next.Reason, next.Code, next.Seq, next.UpdatedAt = remittance.Returned, remittance.LateReturn, in.Code, row.Seq+1, moment(in.At)
	moved, err := record.Advance(ctx, tx, row.Seq, next)
	if err != nil || !moved {
		return row, false, err
	}
	err = record.Append(ctx, tx, row.Ref, record.Step{
		Seq: next.Seq, At: next.UpdatedAt, From: row.Status, To: next.Status, Reason: next.Reason, Actor: in.Actor, Final: true,
		Generation: next.Generation, Account: next.Account, RailRef: next.RailRef, Code: in.Code, NeedsAttention: next.NeedsAttention,
		Evidence: in.Evidence, Postings: []string{string(lateReturn)}, MoveHash: string(lateReturn), Rail: row.Rail, Fee: row.Fee,
	})
	if err != nil {
		return row, false, err
	}
	return next, true, b.ledger.Post(ctx, tx, entry)
}
