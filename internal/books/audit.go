package books

import (
	"context"
	"database/sql"
	"fmt"

	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/remittance"
)

// The invariants between record and ledger. Each is found from the stored rows
// alone, by rules written down here a second time, so that a mistake in the
// code that writes does not hide itself.
const (
	RuleTimeline   audit.Rule = "timeline"            // steps 1, 2, 3 … each follow the one before, and the last is where it stands
	RuleTransition audit.Rule = "transition"          // each step was allowed
	RuleMoney      audit.Rule = "money_elsewhere"     // the money lies where the status says; paid means paid, whole and once
	RuleEntries    audit.Rule = "entries_unlike_line" // the ledger has the entries that the timeline names, for the order's amount and fee
	RuleShortfall  audit.Rule = "shortfall"           // only what waits for funds lacks some
	RuleNoRecord   audit.Rule = "no_record"           // money moves for remittances on record only
)

// Rules lists the invariants that [Audit] proves beside those of the ledger.
func Rules() []audit.Rule {
	return []audit.Rule{RuleTimeline, RuleTransition, RuleMoney, RuleEntries, RuleShortfall, RuleNoRecord}
}

// auditBatch bounds the memory that an audit needs.
const auditBatch = 500

// Audit proves the invariants of the ledger and those between record and
// ledger, each on one snapshot of the database. An error means that the audit
// could not be done, not that something is wrong.
func Audit(ctx context.Context, db *database.DB) (audit.Report, error) {
	report, err := audit.Check(ctx, db)
	if err != nil {
		return audit.Report{}, err
	}
	found := audit.NewReport()
	err = db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		found = audit.NewReport()
		return auditRecord(ctx, tx, &found)
	})
	if err != nil {
		return audit.Report{}, fmt.Errorf("audit the record: %w", err)
	}
	for _, f := range found.Findings {
		report.Add(f)
	}
	report.Omitted += found.Omitted
	for thing, n := range found.Checked {
		report.Count(thing, n)
	}
	return report, nil
}

func auditRecord(ctx context.Context, tx *database.Tx, report *audit.Report) error {
	merchants, err := query(ctx, tx, `SELECT DISTINCT merchant FROM remittances ORDER BY 1`, nil, func(rows *sql.Rows) (m remittance.MerchantID, err error) {
		err = rows.Scan(&m)
		return m, err
	})
	if err != nil {
		return err
	}
	for _, m := range merchants {
		if err := auditMerchant(ctx, tx, report, m); err != nil {
			return fmt.Errorf("merchant %s: %w", m, err)
		}
	}
	return auditStrays(ctx, tx, report)
}

func auditMerchant(ctx context.Context, tx *database.Tx, report *audit.Report, m remittance.MerchantID) error {
	for last := ""; ; {
		batch, err := readBatch(ctx, tx, m, last)
		if err != nil {
			return err
		}
		for _, s := range batch {
			s.audit(report)
			report.Count("records", 1)
			report.Count("steps", len(s.steps))
		}
		if len(batch) < auditBatch {
			return nil
		}
		last = string(batch[len(batch)-1].row.Ref.Remittance)
	}
}

const strays = `SELECT DISTINCT e.book, e.remittance FROM ledger_entry e
WHERE e.remittance <> '' AND NOT EXISTS (SELECT 1 FROM remittances r WHERE r.merchant = e.book AND r.remittance_id = e.remittance)
ORDER BY 1, 2`

func auditStrays(ctx context.Context, tx *database.Tx, report *audit.Report) error {
	refs, err := query(ctx, tx, strays, nil, func(rows *sql.Rows) (r remittance.Ref, err error) {
		err = rows.Scan(&r.Merchant, &r.Remittance)
		return r, err
	})
	for _, r := range refs {
		report.Add(audit.Finding{Check: "record", Rule: RuleNoRecord, Merchant: r.Merchant, Remittance: r.Remittance,
			Sentence: "the ledger moved money for a remittance that is not on record"})
	}
	return err
}

// whereMoneyIs is the table of the package comment once more, apart from the
// one that writers use.
func whereMoneyIs(s remittance.Status, final bool, reason remittance.Reason) []ledger.Place {
	switch s {
	case remittance.Accepted, remittance.AwaitingFunds:
		return []ledger.Place{ledger.PlaceNone}
	case remittance.AwaitingRecipient:
		return []ledger.Place{ledger.PlaceHeld, ledger.PlaceInFlight}
	case remittance.Processing, remittance.Checking, remittance.Sent:
		return []ledger.Place{ledger.PlaceInFlight}
	case remittance.Paid:
		return []ledger.Place{ledger.PlacePaid}
	case remittance.Returned:
		switch {
		case !final:
			return []ledger.Place{ledger.PlaceHeld}
		case reason == remittance.LateReturn:
			return []ledger.Place{ledger.PlaceReturnedLate}
		}
		return []ledger.Place{ledger.PlaceReleased}
	case remittance.Failed, remittance.Cancelled, remittance.Expired:
		return []ledger.Place{ledger.PlaceNone, ledger.PlaceReleased}
	}
	return nil
}

func query[T any](ctx context.Context, tx *database.Tx, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err below reports what matters
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
