package bank

import (
	"strings"

	"soukin/remittance"
)

// statusPage is TransferStatusResponse of the specification.
type statusPage struct {
	BaseDate text    `json:"baseDate"`
	Count    text    `json:"count"`
	Entries  []entry `json:"transferDetails"`
	Paging   []struct {
		HasNext boolean `json:"hasNext"`
		NextKey text    `json:"nextItemKey"`
	} `json:"transferQueryBulkResponses"`
}

// check refuses an answer that could pass for "no such transfer" without
// saying so: count is required by the specification.
func (p statusPage) check() error {
	switch {
	case p.Count == "":
		return mismatch("answer without a count")
	case len(p.Entries) == 0 && strings.Trim(string(p.Count), "0") != "":
		return mismatch("answer counts transfers it does not show")
	}
	return nil
}

// entry is TransferDetail of the specification, as far as it is used.
type entry struct {
	Status text `json:"transferStatus"`
	Words  text `json:"transferStatusName"`
	Fee    text `json:"transferDetailFee"`
	Apply  []struct {
		ApplyNo text `json:"applyNo"`
		Details []struct {
			At      text `json:"applyDatetime"`
			Status  text `json:"applyStatus"`
			Comment text `json:"applyComment"`
		} `json:"transferApplyDetails"`
	} `json:"transferApplies"`
	Accept []struct {
		AcceptNo text `json:"acceptNo"`
	} `json:"transferAccepts"`
	Orders []struct {
		Lines []line `json:"transferInfos"`
	} `json:"transferResponses"`
}

// line is TransferInfo of the specification.
type line struct {
	Amount      text     `json:"transferAmount"`
	EDI         text     `json:"ediInfo"`
	BankCode    text     `json:"beneficiaryBankCode"`
	BranchCode  text     `json:"beneficiaryBranchCode"`
	AccountType text     `json:"accountTypeCode"`
	Number      text     `json:"accountNumber"`
	Unable      []unable `json:"unableDetailInfos"`
}

// unable is UnableDetailInfo of the specification.
type unable struct {
	Detail text    `json:"transferDetailStatus"` // 1 手続済, 2 手続不成立
	Refund text    `json:"refundStatus"`         // 1 組戻手続中, 2 組戻済, 3 組戻不成立
	Repaid boolean `json:"isRepayment"`
}

// contradictsExecution: a transfer with this beside it is not plainly executed.
func (u unable) contradictsExecution() bool {
	return u.Detail == "2" || u.Refund == "1" || u.Refund == "2" || bool(u.Repaid)
}

func (e entry) applyNo() string {
	for _, a := range e.Apply {
		if a.ApplyNo != "" {
			return string(a.ApplyNo)
		}
	}
	return ""
}

func (e entry) acceptNo() string {
	for _, a := range e.Accept {
		if a.AcceptNo != "" {
			return string(a.AcceptNo)
		}
	}
	return ""
}

// applied is the latest application: its status, and when it was made.
func (e entry) applied() (status, at text) {
	for _, a := range e.Apply {
		for _, d := range a.Details {
			if d.At >= at { // one form of fixed length: text order is time order
				status, at = d.Status, d.At
			}
		}
	}
	return status, at
}

func (e entry) lines() []line {
	var all []line
	for _, o := range e.Orders {
		all = append(all, o.Lines...)
	}
	return all
}

// references are the marks of ours that the transfer carries.
func (e entry) references() []string {
	var refs []string
	for _, l := range e.lines() {
		refs = appendReference(refs, l.EDI)
	}
	for _, a := range e.Apply {
		for _, d := range a.Details {
			refs = appendReference(refs, d.Comment)
		}
	}
	return refs
}

func appendReference(refs []string, t text) []string {
	if isReference(string(t)) {
		return append(refs, string(t))
	}
	return refs
}

func (e entry) carries(ref string) bool {
	for _, r := range e.references() {
		if r == ref {
			return true
		}
	}
	return false
}

// meaning puts what the bank says in several places together. Where they
// contradict each other the stage is unknown.
func (e entry) meaning() meaning {
	apply, _ := e.applied()
	if e.Status == "" {
		return applyStatuses[string(apply)]
	}
	m := transferStatuses[string(e.Status)]
	if m.stage == StageReturned {
		m.reason = returnReason(string(e.Words), m.reason)
	}
	applied, known := applyStatuses[string(apply)]
	if known && applied.stage == StageNotExecuted && (m.stage.moneyLeft() || m.stage.Outcome() == remittance.OutcomePending) {
		return meaning{}
	}
	if m.stage == StageExecuted {
		for _, l := range e.lines() {
			for _, u := range l.Unable {
				if u.contradictsExecution() {
					return meaning{}
				}
			}
		}
	}
	return m
}

// code is what the bank said, for operators.
func (e entry) code() string {
	apply, _ := e.applied()
	code := plainCode(e.Status)
	if a := plainCode(apply); a != "" && (code == "" || e.meaning().stage == StageUnknown) {
		code = strings.TrimSpace(code + " apply " + a)
	}
	return code
}

// stateFor says what became of ordered, if this is it. An entry that does not
// fit is an error for an operator.
func (e entry) stateFor(ordered Transfer) (State, error) {
	lines := e.lines()
	if len(lines) != 1 {
		return State{}, contradiction("not a transfer of one line")
	}
	l := lines[0]
	amount, err := l.Amount.yen()
	if err != nil {
		return State{}, mismatch("amount cannot be read")
	}
	if amount != ordered.Amount {
		return State{}, contradiction("the amount at the bank is not the one ordered")
	}
	if refs := e.references(); len(refs) > 0 && !e.carries(Reference(ordered.Key)) {
		return State{}, contradiction("the reference at the bank is not the one ordered")
	}
	s := e.state(amount)
	s.PayeeMatches = l.pays(ordered.Payee)
	return s, nil
}

// state says what the entry says, whoever ordered it.
func (e entry) state(amount remittance.Yen) State {
	m := e.meaning()
	_, at := e.applied()
	s := State{
		ApplyNo: e.applyNo(), AcceptNo: e.acceptNo(), Stage: m.stage, Reason: m.reason, Code: e.code(),
		Amount: amount, AppliedAt: parseInstant(at),
	}
	if refs := e.references(); len(refs) > 0 {
		s.Reference = refs[0]
	}
	if fee, err := e.Fee.yen(); err == nil && fee >= 0 {
		s.Fee = fee
	}
	return s
}

func (l line) pays(p Payee) bool {
	return string(l.BankCode) == p.BankCode && string(l.BranchCode) == p.BranchCode &&
		string(l.AccountType) == p.AccountType && leftZero(string(l.Number)) == leftZero(p.Number)
}

// leftZero undoes a number that lost its zeros on the way through JSON.
func leftZero(number string) string {
	return strings.Repeat("0", max(0, 7-len(number))) + number
}

func contradiction(what string) error {
	return &remittance.RailError{Reason: remittance.WaitsForOperator, Code: what}
}
