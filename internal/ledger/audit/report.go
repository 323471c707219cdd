package audit

import "soukin/remittance"

// Report is the result of an audit. The zero Report is not OK: nothing was
// checked. As JSON:
//
//	{"ok":true,"checked":{"books":1,"entries":42},"findings":[]}
type Report struct {
	OK       bool           `json:"ok"`
	Checked  map[string]int `json:"checked"` // how many of each thing were looked at
	Findings []Finding      `json:"findings"`
	Omitted  int            `json:"omitted,omitempty"` // findings beyond MaxFindings
}

// Finding is one violated invariant. It carries no personal data.
type Finding struct {
	Check      string                  `json:"check"` // who found it: "ledger" here
	Rule       Rule                    `json:"rule"`
	Merchant   remittance.MerchantID   `json:"merchant,omitempty"`
	Remittance remittance.RemittanceID `json:"remittance_id,omitempty"`
	Entry      string                  `json:"entry,omitempty"` // key of the entry
	Sentence   string                  `json:"sentence"`        // what is wrong, for a person
}

// Rule names an invariant.
type Rule string

// The invariants of the ledger.
const (
	RuleUnbalanced     Rule = "unbalanced"              // the lines of an entry sum to zero
	RuleLines          Rule = "wrong_lines"             // the lines are those of the event
	RuleKey            Rule = "wrong_key"               // the key is that of the event and its subject
	RuleDuplicateKey   Rule = "duplicate_key"           // a key is in a book once
	RuleHash           Rule = "wrong_hash"              // the hash is that of the content
	RuleGap            Rule = "gap"                     // a book is numbered 1, 2, 3 …
	RuleChain          Rule = "wrong_chain"             // each entry is chained to the one before
	RuleHead           Rule = "wrong_head"              // the book ends with its last entry
	RuleOrphanLine     Rule = "orphan_line"             // every line belongs to an entry
	RuleNegative       Rule = "negative"                // no account was ever below zero that must not be
	RuleBalance        Rule = "wrong_balance"           // stored balances are those of the entries
	RulePosition       Rule = "wrong_position"          // stored positions are those of the entries
	RuleHeldTwice      Rule = "held_twice"              // a remittance is held once
	RulePartial        Rule = "partial_amount"          // its amount moves whole
	RuleTwoInFlight    Rule = "two_in_flight"           // one instruction is in flight at a time
	RuleNotInFlight    Rule = "not_in_flight"           // only what is in flight is settled or given back
	RulePaidTwice      Rule = "paid_twice"              // one instruction is paid
	RuleNotPaid        Rule = "not_paid"                // only what was paid comes back late
	RuleAfterEnd       Rule = "after_end"               // nothing moves after a release or a late return
	RuleFee            Rule = "fee_without_instruction" // a fee is due for an instruction that was given
	RuleRemittanceDebt Rule = "remittance_negative"     // a remittance moves no money of another one
)

// Rules lists the invariants that [Check] proves.
func Rules() []Rule {
	return []Rule{
		RuleUnbalanced, RuleLines, RuleKey, RuleDuplicateKey, RuleHash, RuleGap, RuleChain, RuleHead, RuleOrphanLine,
		RuleNegative, RuleBalance, RulePosition, RuleHeldTwice, RulePartial, RuleTwoInFlight, RuleNotInFlight,
		RulePaidTwice, RuleNotPaid, RuleAfterEnd, RuleFee, RuleRemittanceDebt,
	}
}

// MaxFindings is how many findings a report keeps.
const MaxFindings = 1000

// NewReport is a report in which nothing has been found wrong so far.
func NewReport() Report {
	return Report{OK: true, Checked: map[string]int{}, Findings: []Finding{}}
}

// Add records a violation; the report is no longer OK.
func (r *Report) Add(f Finding) {
	r.OK = false
	if len(r.Findings) >= MaxFindings {
		r.Omitted++
		return
	}
	r.Findings = append(r.Findings, f)
}

// Count adds n to the number of things looked at.
func (r *Report) Count(thing string, n int) {
	if r.Checked == nil {
		r.Checked = map[string]int{}
	}
	r.Checked[thing] += n
}
