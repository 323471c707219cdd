package batch

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

// Row is one remittance of a file and where it stands.
type Row struct {
	Line         int                `json:"line,omitempty"`
	RemittanceID string             `json:"remittance_id"`
	Pattern      remittance.Pattern `json:"pattern"`
	Amount       remittance.Yen     `json:"amount"` // 0 where the file's amount cannot be read
	// Status is a [remittance.Status]; "refused" for an order that was refused
	// before anything was held; "not_sent" for one that could not be delivered
	// and may be sent again; empty before it was sent.
	Status   string `json:"status"`
	Expected string `json:"expected,omitempty"`
	// Reason is a [remittance.Reason], or the rule that refused the order.
	Reason  string       `json:"reason,omitempty"`
	Message *orders.Text `json:"message,omitempty"`
	Final   bool         `json:"final"`
	// RailRef is the bank's number of the instruction.
	RailRef        string          `json:"rail_ref,omitempty"`
	Shortfall      remittance.Yen  `json:"shortfall,omitempty"`
	NeedsAttention bool            `json:"needs_attention,omitempty"`
	Deadline       *time.Time      `json:"deadline,omitempty"` // until when it waits
	Notices        []orders.Notice `json:"-"`                  // what was changed in the payee's details

	// Err is why the order was not taken, with everything that is wrong with it.
	Err error `json:"-"`

	request orders.Request
	faults  orders.Faults
}

// The statuses of rows that are no remittance.
const (
	Refused = orders.ExpectRefused
	NotSent = "not_sent"
)

// AsExpected reports whether the row has ended as the file says. A row without
// expectation is fine however it ends.
func (r Row) AsExpected() bool {
	return r.Final && (r.Expected == "" || r.Expected == r.Status)
}

// Service is the part of [orders.Service] that a batch needs.
type Service interface {
	Take(ctx context.Context, r orders.Request) (contract.State, []orders.Notice, error)
	Check(ctx context.Context, r orders.Request) (orders.Quote, error)
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
// Where an order is refused or does not get through, its row says so. onRow, if
// not nil, is told after each row. The error is only that of ctx.
func (b *Batch) Send(ctx context.Context, s Service, parallel int, onRow func()) error {
	return b.each(ctx, parallel, onRow, func(ctx context.Context, row *Row) {
		state, notices, err := s.Take(ctx, row.request)
		if err != nil {
			row.fail(err)
			return
		}
		row.Notices = notices
		row.stand(state)
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

// fail says on the row why its order was not taken. No answer is not a
// refusal: the order may have been taken, and sending it again is safe.
func (r *Row) fail(err error) {
	r.Status, r.Final, r.Err = Refused, true, err
	faults := orders.FaultsOf(err)
	if len(faults) == 0 {
		r.Status, r.Final = NotSent, false
		r.Message = &orders.Text{Ja: err.Error(), En: err.Error()}
		return
	}
	r.Reason = string(faults[0].Rule)
	message := orders.Text{}
	for i, f := range faults {
		if f.Code == orders.CodeUnavailable {
			r.Status, r.Final = NotSent, false
		}
		if i > 0 {
			message.En += " "
		}
		message.Ja += f.Sentence(remittance.Ja)
		message.En += f.Sentence(remittance.En)
	}
	r.Message = &message
}

func (r *Row) stand(s contract.State) {
	r.Status, r.Reason, r.Final, r.Err = string(s.Status), string(s.Reason), s.Final, nil
	r.Amount, r.RailRef, r.Shortfall, r.NeedsAttention = s.Amount, s.RailRef, s.Shortfall, s.NeedsAttention
	r.Deadline = s.Deadline
	r.explain(s.Reason)
}

func (r *Row) explain(why remittance.Reason) {
	r.Message = nil
	if why != remittance.ReasonNone {
		r.Message = &orders.Text{Ja: why.Sentence(remittance.Ja), En: why.Sentence(remittance.En)}
	}
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

// watchable is how many open remittances are followed when none is named.
const watchable = 500

// Watch makes a batch of remittances that are on record already: those of the
// given ids, or all that are open. expect, if not empty, is how each must end.
// Errors: [remittance.ErrID], [record.ErrNotFound].
func Watch(ctx context.Context, r *record.Record, merchant remittance.MerchantID, ids []string, expect string) (*Batch, error) {
	found, err := watched(ctx, r, merchant, ids)
	if err != nil {
		return nil, err
	}
	b := &Batch{merchant: merchant}
	for _, rem := range found {
		row := Row{RemittanceID: string(rem.Ref.Remittance), Pattern: rem.Pattern, Expected: expect}
		row.stand(books.StateOf(rem))
		b.rows = append(b.rows, row)
	}
	return b, nil
}

func watched(ctx context.Context, r *record.Record, merchant remittance.MerchantID, ids []string) ([]record.Remittance, error) {
	var out []record.Remittance
	for _, id := range ids {
		ref, err := remittance.ParseRef(string(merchant), id)
		if err != nil {
			return nil, err
		}
		rem, err := r.Get(ctx, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, rem)
	}
	if len(ids) > 0 {
		return out, nil
	}
	// Returned ones may be open or not; the others on this list are.
	page, err := r.List(ctx, record.Filter{Merchant: merchant, Statuses: append(open(), remittance.Returned)}, watchable, "")
	for _, rem := range page.Remittances {
		if !rem.Final {
			out = append(out, rem)
		}
	}
	return out, err
}

func open() []remittance.Status {
	var out []remittance.Status
	for _, s := range remittance.Statuses() {
		if !s.Ended() {
			out = append(out, s)
		}
	}
	return out
}
