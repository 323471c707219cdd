package record

import (
	"context"
	"fmt"

	"soukin/internal/database"
	"soukin/remittance"
)

// Story is a remittance with its whole timeline.
type Story struct {
	Remittance Remittance
	Steps      []Step
}

// Stories gives a merchant's remittances with their timelines in the order of
// their ids, limit at a time, from the one after an id on. Audits walk the
// record with it inside their own transaction.
func Stories(ctx context.Context, tx *database.Tx, m remittance.MerchantID, after remittance.RemittanceID, limit int) ([]Story, error) {
	rows, err := tx.Query(ctx, remittanceColumns+` WHERE merchant = $1 AND remittance_id > $2 ORDER BY remittance_id LIMIT $3`,
		string(m), string(after), limit)
	if err != nil {
		return nil, fmt.Errorf("read remittances: %w", err)
	}
	found, err := collect(rows, scanRemittance)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	steps, err := stepsBetween(ctx, tx, m, after, found[len(found)-1].Ref.Remittance)
	if err != nil {
		return nil, err
	}
	out := make([]Story, len(found))
	for i, r := range found {
		out[i] = Story{r, steps[r.Ref.Remittance]}
	}
	return out, nil
}

const stepsOfMany = `SELECT remittance_id, ` + stepFields + ` FROM timeline
WHERE merchant = $1 AND remittance_id > $2 AND remittance_id <= $3 ORDER BY remittance_id, seq`

func stepsBetween(ctx context.Context, tx *database.Tx, m remittance.MerchantID, after, last remittance.RemittanceID) (map[remittance.RemittanceID][]Step, error) {
	rows, err := tx.Query(ctx, stepsOfMany, string(m), string(after), string(last))
	if err != nil {
		return nil, fmt.Errorf("read timelines: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err below reports what matters
	out := make(map[remittance.RemittanceID][]Step)
	for rows.Next() {
		var id remittance.RemittanceID
		s, err := scanStep(prefixed{rows, &id})
		if err != nil {
			return nil, err
		}
		out[id] = append(out[id], s)
	}
	return out, rows.Err()
}

// prefixed scans one column before those of what it is given to.
type prefixed struct {
	scanner
	first any
}

func (p prefixed) Scan(dest ...any) error { return p.scanner.Scan(append([]any{p.first}, dest...)...) }
