package batch

import (
	"context"

	"soukin/internal/books"
	"soukin/internal/record"
	"soukin/remittance"
)

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
