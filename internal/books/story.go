package books

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/record"
	"soukin/remittance"
)

// story is all there is about one remittance.
type story struct {
	row     record.Remittance
	steps   []record.Step
	entries []moneyEntry
}

// moneyEntry is what an audit needs of an entry; amount is its credit.
type moneyEntry struct {
	remittance  remittance.RemittanceID
	event       ledger.Event
	instruction string
	amount      remittance.Yen
}

const entriesBetween = `SELECT e.remittance, e.event, e.instruction, l.amount
FROM ledger_entry e JOIN ledger_line l ON l.book = e.book AND l.seq = e.seq AND l.amount > 0
WHERE e.book = $1 AND e.remittance > $2 AND e.remittance <= $3 ORDER BY e.seq`

func readBatch(ctx context.Context, tx *database.Tx, m remittance.MerchantID, after string) ([]*story, error) {
	found, err := record.Stories(ctx, tx, m, remittance.RemittanceID(after), auditBatch)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	last := found[len(found)-1].Remittance.Ref.Remittance
	entries, err := query(ctx, tx, entriesBetween, []any{string(m), after, string(last)}, func(rows *sql.Rows) (e moneyEntry, err error) {
		err = rows.Scan(&e.remittance, &e.event, &e.instruction, &e.amount)
		return e, err
	})
	if err != nil {
		return nil, err
	}
	byID := make(map[remittance.RemittanceID]*story, len(found))
	out := make([]*story, len(found))
	for i, f := range found {
		out[i] = &story{row: f.Remittance, steps: f.Steps}
		byID[f.Remittance.Ref.Remittance] = out[i]
	}
	for _, e := range entries {
		if s := byID[e.remittance]; s != nil { // the others are strays
			s.entries = append(s.entries, e)
		}
	}
	return out, nil
}

type finder func(rule audit.Rule, sentence string, args ...any)

func (s *story) audit(report *audit.Report) {
	find := func(rule audit.Rule, sentence string, args ...any) {
		report.Add(audit.Finding{Check: "record", Rule: rule, Merchant: s.row.Merchant, Remittance: s.row.Ref.Remittance,
			Sentence: fmt.Sprintf(sentence, args...)})
	}
	s.auditSteps(find)
	s.auditEntries(find)
	s.auditMoney(find)
}

func (s *story) auditSteps(find finder) {
	var before record.Step
	for i, step := range s.steps {
		if step.Seq != i+1 {
			find(RuleTimeline, "step %d is where step %d should be", step.Seq, i+1)
		}
		if step.From != before.To {
			find(RuleTimeline, "step %d starts from %q, but the one before led to %q", step.Seq, step.From, before.To)
		}
		if err := remittance.Transition(step.From, step.To); err != nil && step.From != step.To {
			find(RuleTransition, "step %d: %v", step.Seq, err)
		}
		lastWord := step.Final && step.To == before.To && step.Note != "" && len(step.Postings) == 0
		if before.Final && step.Reason != remittance.LateReturn && !lastWord {
			find(RuleTransition, "step %d follows the end", step.Seq)
		}
		before = step
	}
	r := s.row
	if r.Seq != len(s.steps) {
		find(RuleTimeline, "it stands at step %d, but %d are on the timeline", r.Seq, len(s.steps))
	} else if before.To != r.Status || before.Final != r.Final || before.Reason != r.Reason || before.Generation != r.Generation || before.Account != r.Account ||
		before.Rail != r.Rail || before.Fee != r.Fee {
		find(RuleTimeline, "it stands at %s (final: %t), but the last step led to %s (final: %t)", r.Status, r.Final, before.To, before.Final)
	}
	if r.Shortfall != 0 && r.Status != remittance.AwaitingFunds {
		find(RuleShortfall, "%s yen are lacking although it is %s", r.Shortfall, r.Status)
	}
}

// auditEntries puts the postings of the timeline beside the ledger's entries.
func (s *story) auditEntries(find finder) {
	var want []moneyEntry
	for _, step := range s.steps {
		for _, p := range step.Postings {
			e := moneyEntry{s.row.Ref.Remittance, ledger.Event(p), "", s.row.Amount}
			if e.event == ledger.EventFee {
				e.amount = step.Fee
			}
			if e.event != ledger.EventHold && e.event != ledger.EventRelease {
				e.instruction = remittance.Key{Ref: s.row.Ref, Step: step.Rail.Step(), Generation: step.Generation}.String()
			}
			if e.amount != 0 {
				want = append(want, e)
			}
		}
	}
	for i := range max(len(want), len(s.entries)) {
		switch {
		case i >= len(s.entries):
			find(RuleEntries, "the timeline has a %s of %d yen that is not in the ledger", want[i].event, want[i].amount)
		case i >= len(want):
			find(RuleEntries, "the ledger has a %s of %d yen that is not on the timeline", s.entries[i].event, s.entries[i].amount)
		case want[i] != s.entries[i]:
			find(RuleEntries, "entry %d is a %s of %d yen for %q, but the timeline says a %s of %d yen for %q", i+1,
				s.entries[i].event, s.entries[i].amount, s.entries[i].instruction, want[i].event, want[i].amount, want[i].instruction)
		}
	}
}

// lies is where each event leaves the money.
var lies = map[ledger.Event]ledger.Place{
	ledger.EventHold: ledger.PlaceHeld, ledger.EventInstruct: ledger.PlaceInFlight, ledger.EventSettle: ledger.PlacePaid,
	ledger.EventGiveBack: ledger.PlaceHeld, ledger.EventRelease: ledger.PlaceReleased, ledger.EventLateReturn: ledger.PlaceReturnedLate,
}

// auditMoney needs no sums: the ledger's own audit proves that a remittance's
// money moves whole and is paid once at most.
func (s *story) auditMoney(find finder) {
	at := ledger.PlaceNone
	for _, e := range s.entries {
		if e.event != ledger.EventFee {
			at = lies[e.event]
		}
	}
	r := s.row
	if !slices.Contains(whereMoneyIs(r.Status, r.Final, r.Reason), at) || r.InFlight != (at == ledger.PlaceInFlight) {
		find(RuleMoney, "it is %s (final: %t), but its money is %q", r.Status, r.Final, at)
	}
	ended := r.Status == remittance.Paid || r.Status == remittance.Failed || r.Status == remittance.Cancelled || r.Status == remittance.Expired
	if ended && !r.Final {
		find(RuleMoney, "it is %s and not final", r.Status)
	}
}
