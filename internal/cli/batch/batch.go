package batch

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

// Service is the part of [orders.Service] that a batch needs.
type Service interface {
	Take(ctx context.Context, r orders.Request) (contract.State, []orders.Notice, error)
	Check(ctx context.Context, r orders.Request) (orders.Quote, error)
	Numbers(ctx context.Context, ref remittance.Ref) (vault.Numbers, error)
}

// Records is the part of [record.Record] that a batch needs.
type Records interface {
	Get(ctx context.Context, ref remittance.Ref) (record.Remittance, error)
}

// Batch is the rows of one file on their way. It is safe for concurrent use.
type Batch struct {
	merchant remittance.MerchantID

	mu   sync.Mutex
	rows []Row
}

// New makes a batch of the rows of a file for one merchant.
func New(merchant remittance.MerchantID, rows []orders.Row) *Batch {
	b := &Batch{merchant: merchant, rows: make([]Row, len(rows))}
	for i, r := range rows {
		r.Request.Merchant = string(merchant)
		row := Row{
			Line: r.Line, RemittanceID: r.Request.RemittanceID, Expected: r.Expect,
			Pattern: remittance.BankTransfer, request: r.Request, faults: r.Faults,
		}
		if pattern, err := remittance.ParsePattern(r.Request.Pattern); err == nil {
			row.Pattern = pattern
		}
		if amount, err := remittance.ParseYen(r.Request.Amount); err == nil {
			row.Amount = amount
		}
		b.rows[i] = row
	}
	return b
}

// Rows gives a copy of the rows, in the order of the file.
func (b *Batch) Rows() []Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Row(nil), b.rows...)
}

// Send takes the orders, at most parallel at a time, in the order of the file.
// Where an order is refused or does not get through, its row says so; called
// again, it takes those that did not get through. onRow, if not nil, is told after
// each row. The error is only that of ctx.
func (b *Batch) Send(ctx context.Context, s Service, parallel int, onRow func()) error {
	return b.each(ctx, parallel, onRow, func(ctx context.Context, row *Row) {
		state, notices, err := s.Take(ctx, row.request)
		if err != nil {
			row.fail(err)
			return
		}
		row.Notices = notices
		row.stand(state)
		if err := row.takeNumbers(ctx, s, state); err != nil {
			row.fail(err)
		}
	})
}

// Check is a dry run of Send: rows that could be taken end with the status
// "accepted", and nothing is stored or started.
func (b *Batch) Check(ctx context.Context, s Service, parallel int, onRow func()) error {
	return b.each(ctx, parallel, onRow, func(ctx context.Context, row *Row) {
		quote, err := s.Check(ctx, row.request)
		switch {
		case err != nil:
			row.fail(err)
		case quote.Existing != nil:
			row.stand(*quote.Existing)
		default:
			row.Status, row.Shortfall, row.Notices = string(remittance.Accepted), quote.Shortfall, quote.Notices
		}
	})
}

func (b *Batch) each(ctx context.Context, parallel int, onRow func(), do func(context.Context, *Row)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i := range b.rows {
		g.Go(func() error {
			row := b.at(i)
			if row.Status != "" && row.Status != NotSent {
				return ctx.Err() // it has its answer
			}
			if len(row.faults) > 0 {
				row.fail(row.faults)
			} else if ctx.Err() == nil {
				do(ctx, &row)
			}
			b.put(i, row)
			if onRow != nil {
				onRow()
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

func (b *Batch) at(i int) Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rows[i]
}

func (b *Batch) put(i int, row Row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rows[i] = row
}

// Refresh reads where the open rows stand now.
func (b *Batch) Refresh(ctx context.Context, records Records) error {
	for i, row := range b.Rows() {
		if row.Final || row.Status == NotSent || row.Status == "" {
			continue
		}
		now, err := records.Get(ctx, remittance.Ref{Merchant: b.merchant, Remittance: remittance.RemittanceID(row.RemittanceID)})
		if err != nil {
			return err
		}
		row.Status, row.Reason, row.Final = string(now.Status), string(now.Reason), now.Final
		row.RailRef, row.Shortfall, row.NeedsAttention = now.RailRef, now.Shortfall, now.NeedsAttention
		row.Deadline = now.Deadline
		row.explain(now.Reason)
		if !orders.NumbersOut(now) {
			row.Numbers = nil // worth nothing any more, and not to be mistaken for money
		}
		b.put(i, row)
	}
	return nil
}

// Settled reports that no row changes any more by itself.
func (b *Batch) Settled() bool {
	for _, r := range b.Rows() {
		if !r.Final && r.Status != NotSent {
			return false
		}
	}
	return true
}

// Waiting counts the rows that wait for funds, and adds up their amounts.
func (b *Batch) Waiting() (rows int, amount remittance.Yen) {
	for _, r := range b.Rows() {
		if r.Status == string(remittance.AwaitingFunds) {
			rows++
			amount += r.Amount
		}
	}
	return rows, amount
}

// Unexpected gives the rows that did not end as the file says.
func (b *Batch) Unexpected() []Row {
	var out []Row
	for _, r := range b.Rows() {
		if !r.AsExpected() {
			out = append(out, r)
		}
	}
	return out
}

// Follow refreshes at a pace until every row is settled or ctx ends, telling
// onChange each time something may have changed.
func (b *Batch) Follow(ctx context.Context, records Records, every time.Duration, onChange func()) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := b.Refresh(ctx, records); err != nil {
			return errors.Join(ctx.Err(), err)
		}
		onChange()
		if b.Settled() {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
