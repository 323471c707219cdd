package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"soukin/internal/ledger"
	"soukin/remittance"
)

// book recomputes one merchant's book entry by entry.
type book struct {
	report      *Report
	merchant    remittance.MerchantID
	entries     int
	lastSeq     int64
	chain       string
	keys        map[string]bool
	balances    map[ledger.Account]remittance.Yen
	remittances map[remittance.RemittanceID]*trail
}

func newBook(report *Report, merchant remittance.MerchantID) *book {
	return &book{
		report:      report,
		merchant:    merchant,
		keys:        map[string]bool{},
		balances:    map[ledger.Account]remittance.Yen{},
		remittances: map[remittance.RemittanceID]*trail{},
	}
}

func (b *book) find(f Finding, sentence string, args ...any) {
	f.Check, f.Merchant, f.Sentence = "ledger", b.merchant, fmt.Sprintf(sentence, args...)
	b.report.Add(f)
}

// check takes the next entry; nil is passed over.
func (b *book) check(e *ledger.Posted) {
	if e == nil {
		return
	}
	b.entries++
	b.checkWriting(e)
	b.checkLines(e)
	b.checkBalances(e)
	if e.Event != ledger.EventFund {
		b.trail(e.Remittance).check(b, e)
	}
}

// checkWriting looks at what makes the book tamper-evident.
func (b *book) checkWriting(e *ledger.Posted) {
	about := Finding{Remittance: e.Remittance, Entry: e.Key}
	with := func(r Rule) Finding { about.Rule = r; return about }
	if b.keys[e.Key] {
		b.find(with(RuleDuplicateKey), "the key is in the book twice, again as number %d", e.Seq)
	}
	b.keys[e.Key] = true
	if want := wantedKey(e); e.Key != want && e.Event != ledger.EventFund {
		b.find(with(RuleKey), "the key of this %s should be %s", e.Event, want)
	}
	if e.Seq != b.lastSeq+1 {
		b.find(with(RuleGap), "number %d follows number %d", e.Seq, b.lastSeq)
	}
	if e.Hash != e.Content.Hash() {
		b.find(with(RuleHash), "the content was changed after it was posted, or the hash was")
	}
	if e.Chain != ledger.NextChain(b.chain, e.Hash, e.Seq, e.PostedAt) {
		b.find(with(RuleChain), "the entry does not follow from the one before: something was changed, removed or put in")
	}
	b.lastSeq, b.chain = e.Seq, e.Chain
}

func wantedKey(e *ledger.Posted) string {
	subject := e.Instruction
	if e.Event == ledger.EventHold || e.Event == ledger.EventRelease {
		subject = remittance.Ref{Merchant: e.Book, Remittance: e.Remittance}.String()
	}
	return string(e.Event) + ":" + subject
}

// eventKinds says, apart from the code that posts, which kind of account each
// event debits and credits.
var eventKinds = map[ledger.Event][2]ledger.Kind{
	ledger.EventFund:       {ledger.KindFunding, ledger.KindAvailable},
	ledger.EventHold:       {ledger.KindAvailable, ledger.KindHeld},
	ledger.EventInstruct:   {ledger.KindHeld, ledger.KindInFlight},
	ledger.EventSettle:     {ledger.KindInFlight, ledger.KindPaid},
	ledger.EventGiveBack:   {ledger.KindInFlight, ledger.KindHeld},
	ledger.EventRelease:    {ledger.KindHeld, ledger.KindAvailable},
	ledger.EventLateReturn: {ledger.KindPaid, ledger.KindAvailable},
	ledger.EventFee:        {ledger.KindFeesDue, ledger.KindIncome},
}

func (b *book) checkLines(e *ledger.Posted) {
	about := Finding{Remittance: e.Remittance, Entry: e.Key}
	var sum remittance.Yen
	for _, line := range e.Lines {
		sum += line.Amount
	}
	if sum != 0 {
		about.Rule = RuleUnbalanced
		b.find(about, "the lines sum to %d yen instead of zero", sum)
	}
	about.Rule = RuleLines
	if len(e.Lines) != 2 || e.Lines[0].Amount >= 0 || e.Lines[1].Amount <= 0 {
		b.find(about, "a %s has one debit and then one credit, this one has %d lines: %v", e.Event, len(e.Lines), e.Lines)
		return
	}
	for i, want := range eventKinds[e.Event] {
		kind, owner, err := e.Lines[i].Account.Parts()
		if err != nil || kind != want {
			b.find(about, "line %d of a %s is on an account of kind %s, this one is on %s", i+1, e.Event, want, e.Lines[i].Account)
		} else if ofMerchant(kind) && owner != string(b.merchant) {
			b.find(about, "line %d is on %s, which belongs to another merchant", i+1, e.Lines[i].Account)
		}
	}
}

func ofMerchant(k ledger.Kind) bool {
	return k == ledger.KindAvailable || k == ledger.KindHeld || k == ledger.KindFeesDue
}

// checkBalances runs the accounts forward: none may be below zero at any entry.
func (b *book) checkBalances(e *ledger.Posted) {
	for _, line := range e.Lines {
		b.balances[line.Account] += line.Amount
		kind, _, err := line.Account.Parts()
		if after := b.balances[line.Account]; after < 0 && line.Amount < 0 && (err != nil || !kind.MayBeNegative()) {
			b.find(Finding{Rule: RuleNegative, Remittance: e.Remittance, Entry: e.Key}, "%s stands at %d yen after entry %d", line.Account, after, e.Seq)
		}
	}
}

func (b *book) trail(id remittance.RemittanceID) *trail {
	t := b.remittances[id]
	if t == nil {
		t = &trail{instructed: map[string]bool{}}
		b.remittances[id] = t
	}
	return t
}

func keysOfBoth[K cmp.Ordered, A, B any](a map[K]A, b map[K]B) []K {
	all := map[K]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return slices.Sorted(maps.Keys(all))
}
