package app

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/database"
	"soukin/remittance"
)

// OnCall gives the function that counts and times the calls to a rail:
// soukin_rail_call_seconds carries rail, call and outcome (the name of a
// [remittance.Outcome]); its count is the number of calls.
func (m *Metrics) OnCall(rail remittance.Rail) (func(operation string, outcome remittance.Outcome, took time.Duration), error) {
	h, err := m.meter.Float64Histogram("soukin_rail_call_seconds", metric.WithDescription("Calls to a counterparty, by outcome."))
	return func(operation string, outcome remittance.Outcome, took time.Duration) {
		//nolint:contextcheck // the observer is told after the call and has no context of its own
		h.Record(context.Background(), took.Seconds(), metric.WithAttributes(
			attribute.String("rail", string(rail)), attribute.String("call", operation), attribute.String("outcome", outcome.String())))
	}, err
}

// measuredBooks counts the steps of remittances.
type measuredBooks struct {
	activities.Books
	steps metric.Int64Counter
}

// MeasureBooks wraps our own books. soukin_remittance_steps_total counts the
// steps committed by this process by the status they led to; a step that is repeated after a
// crash counts again.
func (m *Metrics) MeasureBooks(books activities.Books) (activities.Books, error) {
	c, err := m.meter.Int64Counter("soukin_remittance_steps", metric.WithDescription("Steps of remittances, by the status they led to."))
	return &measuredBooks{books, c}, err
}

func (b *measuredBooks) Open(ctx context.Context, in contract.OpenInput) (contract.State, error) {
	state, err := b.Books.Open(ctx, in)
	if err == nil {
		b.note(ctx, state.Status)
	}
	return state, err
}

func (b *measuredBooks) Move(ctx context.Context, m contract.Move) (contract.MoveResult, error) {
	res, err := b.Books.Move(ctx, m)
	if err == nil && res.Shortfall == 0 {
		b.note(ctx, m.To)
	}
	return res, err
}

func (b *measuredBooks) note(ctx context.Context, to remittance.Status) {
	b.steps.Add(ctx, 1, metric.WithAttributes(attribute.String("status", string(to))))
}

// MeasureDatabase exposes what the database counts: transactions, those that
// were run again because others were in the way, and those that gave up.
func (m *Metrics) MeasureDatabase(db *database.DB) error {
	tx, err1 := m.meter.Int64ObservableCounter("soukin_ledger_transactions", metric.WithDescription("Transactions on our own database."))
	retries, err2 := m.meter.Int64ObservableCounter("soukin_ledger_retries", metric.WithDescription("Transactions run again, by the reason the database gave."))
	gaveUp, err3 := m.meter.Int64ObservableCounter("soukin_ledger_gave_up", metric.WithDescription("Transactions that ran out of retries."))
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	_, err := m.meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		s := db.Stats()
		o.ObserveInt64(tx, int64(s.Transactions))
		o.ObserveInt64(gaveUp, int64(s.GaveUp))
		for reason, n := range map[string]uint64{
			"serialization": s.RetriesSerialization, "deadlock": s.RetriesDeadlock, "busy": s.RetriesBusy,
		} {
			o.ObserveInt64(retries, int64(n), metric.WithAttributes(attribute.String("reason", reason)))
		}
		return nil
	}, tx, retries, gaveUp)
	return err
}
