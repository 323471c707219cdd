package books

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"soukin/contract"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/remittance"
)

// Move commits one step with its postings. The same step again changes nothing.
// A hold that the balance does not cover commits nothing and reports the
// shortfall. Errors: [ErrConflict].
func (b *Books) Move(ctx context.Context, m contract.Move) (contract.MoveResult, error) {
	hash, err := hashOf(m)
	if err != nil {
		return contract.MoveResult{}, conflict(m.Ref, "%w", err)
	}
	err = b.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for {
			moved, err := b.move(ctx, tx, m, hash)
			if moved || err != nil {
				return err
			}
			// Another step was committed since the row was read: look again.
		}
	})
	var short *ledger.InsufficientError
	if errors.As(err, &short) {
		return contract.MoveResult{Shortfall: short.Shortfall}, nil
	}
	return contract.MoveResult{}, refusal(m.Ref, err)
}

func (b *Books) move(ctx context.Context, tx *database.Tx, m contract.Move, hash string) (bool, error) {
	row, err := record.Load(ctx, tx, m.Ref)
	if errors.Is(err, record.ErrNotFound) {
		return false, conflict(m.Ref, "it was never opened")
	}
	if err != nil {
		return false, err
	}
	if m.Seq <= row.Seq {
		return true, sameStep(ctx, tx, m, hash)
	}
	if err := checkMove(row, m); err != nil {
		return false, conflict(m.Ref, "%w", err)
	}
	next, step := after(row, m, hash)
	entries, err := entriesOf(next, m.Postings)
	if err != nil {
		return false, err
	}
	moved, err := record.Advance(ctx, tx, row.Seq, next)
	if err != nil || !moved {
		return false, err
	}
	if err := record.Append(ctx, tx, m.Ref, step); err != nil {
		return false, err
	}
	return true, b.ledger.Post(ctx, tx, entries...)
}

// sameStep is nil when the step was committed before.
func sameStep(ctx context.Context, tx *database.Tx, m contract.Move, hash string) error {
	stored, err := record.StepAt(ctx, tx, m.Ref, m.Seq)
	if errors.Is(err, record.ErrNotFound) {
		return conflict(m.Ref, "there is no step %d", m.Seq)
	}
	if err != nil {
		return err
	}
	if stored.MoveHash != hash {
		return conflict(m.Ref, "step %d is taken by %q → %s (%s)", m.Seq, stored.From, stored.To, stored.Reason)
	}
	return nil
}

// after is the row and the line of the timeline that a step leads to.
func after(row record.Remittance, m contract.Move, hash string) (record.Remittance, record.Step) {
	var deadline *time.Time
	if m.Deadline != nil {
		d := moment(*m.Deadline)
		deadline = &d
	}
	next := row
	next.Status, next.Reason, next.Final, next.Seq, next.Generation = m.To, m.Reason, m.Final, m.Seq, m.Generation
	next.RailRef, next.Code, next.Deadline, next.NeedsAttention, next.UpdatedAt = m.RailRef, m.Code, deadline, m.NeedsAttention, moment(m.At)
	if m.Account != "" {
		next.Account = m.Account
	}
	if m.To != remittance.AwaitingFunds {
		next.Shortfall = 0
	}
	next.Ways, next.InFlight = m.Ways, inFlightAfter(row.InFlight, m.Postings)
	if slices.Contains(m.Postings, contract.PostInstruct) {
		next.Instructed = m.Generation
		if m.Rail != "" {
			// Where an earlier instruction went says nothing of this one.
			next.Rail, next.Fee, next.Account = m.Rail, m.Fee, m.Account
		}
	}
	return next, record.Step{
		Seq: m.Seq, At: next.UpdatedAt, From: m.From, To: m.To, Reason: m.Reason, Actor: m.Actor, Final: m.Final,
		Generation: m.Generation, Account: next.Account, RailRef: m.RailRef, Code: m.Code, Deadline: deadline,
		NeedsAttention: m.NeedsAttention, Evidence: m.Evidence, Note: m.Note, Postings: texts(m.Postings), MoveHash: hash,
		Rail: next.Rail, Fee: next.Fee,
	}
}

func inFlightAfter(before bool, postings []contract.Posting) bool {
	for _, p := range postings {
		switch p {
		case contract.PostInstruct:
			before = true
		case contract.PostGiveBack, contract.PostSettle:
			before = false
		}
	}
	return before
}

// hashOf is the identity of a step: everything but its clock. A worker that
// dies after the commit and before Temporal knows of it makes the workflow ask
// again, with a later now and a later deadline.
func hashOf(m contract.Move) (string, error) {
	m.At, m.Deadline = time.Time{}, nil
	text, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("encode step: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
