package reconcile

import (
	"context"
	"fmt"
	"slices"

	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/rails/amazon"
	"soukin/internal/rails/atm"
	"soukin/internal/rails/aupay"
	"soukin/internal/rails/bank"
	"soukin/internal/rails/prepaid"
	"soukin/internal/record"
	"soukin/remittance"
)

// known is everything that was ever instructed.
type known struct {
	remittances []*executions
	at          map[place]*instruction
}

// place is where an instruction is in a counterparty's books.
type place struct {
	rail      remittance.Rail
	reference string
}

// executions is one remittance with what the counterparties did for it.
type executions struct {
	ref          remittance.Ref
	position     ledger.Position
	instructions []*instruction
}

// instruction is one generation, on whichever rail.
type instruction struct {
	of       *executions
	rail     remittance.Rail
	key      string
	amount   remittance.Yen
	executed int
	live     int // executed and not come back
}

// instructions lists every instruction that can have been sent: the ledger has an
// entry for each, committed before the call. The record leads to them, over all
// merchants.
func (s Sources) instructions(ctx context.Context) (*known, error) {
	k := &known{at: map[place]*instruction{}}
	for cursor := ""; ; {
		page, err := s.Record.List(ctx, record.Filter{}, record.MaxPage, cursor)
		if err != nil {
			return k, err
		}
		for _, row := range page.Remittances {
			if err := s.add(ctx, k, row.Ref); err != nil {
				return k, err
			}
		}
		if cursor = page.Next; cursor == "" {
			return k, nil
		}
	}
}

func (s Sources) add(ctx context.Context, k *known, ref remittance.Ref) error {
	position, err := s.Ledger.Position(ctx, ref)
	if err != nil {
		return err
	}
	entries, err := s.Ledger.Entries(ctx, ref)
	if err != nil {
		return err
	}
	e := &executions{ref: ref, position: position}
	k.remittances = append(k.remittances, e)
	for _, entry := range entries {
		if entry.Event != ledger.EventInstruct {
			continue
		}
		i, key, err := read(entry)
		if err != nil {
			return err
		}
		i.of = e
		e.instructions = append(e.instructions, i)
		k.at[place{i.rail, s.reference(i.rail, key)}] = i
	}
	return nil
}

func read(entry ledger.Posted) (*instruction, remittance.Key, error) {
	key, err := remittance.ParseKey(entry.Instruction)
	if err != nil {
		return nil, key, fmt.Errorf("entry %s: %w", entry.Key, err)
	}
	i := &instruction{key: entry.Instruction}
	for _, line := range entry.Lines {
		kind, owner, err := line.Account.Parts()
		if err != nil {
			return nil, key, fmt.Errorf("entry %s: %w", entry.Key, err)
		}
		if kind == ledger.KindInFlight {
			i.rail, i.amount = remittance.Rail(owner), line.Amount
		}
	}
	return i, key, nil
}

// reference is what an instruction is called at its counterparty.
func (s Sources) reference(rail remittance.Rail, key remittance.Key) string {
	switch rail {
	case remittance.RailATM:
		return atm.Reference(key)
	case remittance.RailAmazon:
		return amazon.Reference(s.AmazonPartner, key)
	case remittance.RailAuPay:
		return aupay.Reference(key)
	case remittance.RailPrepaid:
		return prepaid.Reference(key)
	}
	return bank.Reference(key)
}

// instructed says whether anything was ever sent to a rail.
func (k *known) instructed(rail remittance.Rail) bool {
	for at := range k.at {
		if at.rail == rail {
			return true
		}
	}
	return false
}

// note takes one line of a counterparty's books.
func (k *known) note(rail remittance.Rail, l line, report *audit.Report) {
	i, mine := k.at[place{rail, l.reference}]
	if !mine {
		report.Add(audit.Finding{Check: string(rail), Rule: RuleStranger, Sentence: fmt.Sprintf("the counterparty has %s, which no remittance on record instructed", l.name)})
		return
	}
	if l.amount != i.amount {
		i.find(report, RuleAmount, "%s is of %s, the remittance of %s", l.name, l.amount, i.amount)
	}
	i.executed += l.executed
	if i.executed > 1 {
		i.find(report, RuleExecutedTwice, "%s was executed %d times", i.key, i.executed)
	}
	if !l.undone {
		i.live += l.executed
	}
}

// compare looks at a remittance when the counterparties on the given rails have
// been read.
func (e *executions) compare(rails []remittance.Rail, report *audit.Report) {
	live := 0
	for _, i := range e.instructions {
		if !slices.Contains(rails, i.rail) {
			continue
		}
		live += i.live
		current := i.key == e.position.Instruction
		switch {
		case current && e.position.Place == ledger.PlacePaid:
			if i.live == 0 {
				i.find(report, RulePaid, "the ledger says paid, the counterparty did not execute %s, or it came back", i.key)
			}
		case current && e.position.Place == ledger.PlaceInFlight:
		case i.live > 0:
			i.find(report, RuleNotPaid, "the counterparty executed %s and it did not come back, the ledger says it is not paid", i.key)
		}
	}
	if live > 1 {
		last := e.instructions[len(e.instructions)-1]
		last.find(report, RuleTwoLive, "%d instructions of it were executed and did not come back, over all rails", live)
	}
}

func (i *instruction) find(report *audit.Report, rule audit.Rule, format string, args ...any) {
	report.Add(audit.Finding{Check: string(i.rail), Rule: rule, Merchant: i.of.ref.Merchant, Remittance: i.of.ref.Remittance, Sentence: fmt.Sprintf(format, args...)})
}
