package ganb

import (
	"fmt"
	"strings"
	"time"

	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/faults"
)

// Magic is what a payee's account number makes the sandbox do. The number works
// with every bank, branch and name, so that a merchant can use it in tests of
// the whole way. What concerns the call (an answer lost, a refusal) holds for
// the request that contains such a line; what concerns the transfer's fate
// holds for the line.
type Magic struct {
	Number string // payee's account number
	Name   string // of its counter, "magic:<name>"
	Does   string // for the documentation
	Life   string // the statuses that an enquiry sees, for the documentation

	refuse   *Code // the request and its fee enquiry get this detail, each time
	first    *Code // the first attempt gets this error, nothing is executed
	cut      bool  // the first attempt is cut before execution
	lose     lose
	slow     bool
	twice    bool
	hidden   bool
	approval books.Approval
	fate     books.Fate
	ret      string
}

type lose int

const (
	loseNever lose = iota
	loseOnce
	loseAlways
)

// Magics lists every magic value in the order of its number.
func Magics() []Magic {
	all := []Magic{
		{Name: "executed", Does: "Executed at once, as any other number is.", Life: "20"},
		{Name: "refused_name", Does: "Refused at the request: the payee's name is wrong (field error 220001).", Life: "none", refuse: &detailPayee},
		{Name: "refused_payee", Does: "Refused at the request: the payee's account cannot be confirmed (field error 220011).", Life: "none", refuse: &detailUnknown},
		{Name: "refused_other", Does: "Refused at the request with an error code that no document explains (SB9999).", Life: "none", refuse: &detailUndefined},
		{Name: "answer_lost", Does: "Executed, but the connection is cut before the answer, at every attempt. Only an enquiry by date tells what happened.", Life: "20", lose: loseAlways},
		{Name: "answer_lost_once", Does: "Executed, but the connection is cut before the answer at the first attempt. The same Idempotency-Key brings the answer.", Life: "20", lose: loseOnce},
		{Name: "cut_once", Does: "The connection is cut before anything is executed at the first attempt; the next is executed.", Life: "20", cut: true},
		{Name: "rate_limited_once", Does: "429 at the first attempt; the next is executed.", Life: "20", first: &codeRate},
		{Name: "maintenance_once", Does: "503 at the first attempt; the next is executed.", Life: "20", first: &codeMaintenance},
		{Name: "server_error_once", Does: "500 at the first attempt, nothing executed; the next is executed.", Life: "20", first: &codeServer},
		{Name: "slow", Does: "Executed, but the answer takes SlowAnswer of real time.", Life: "20", slow: true},
		{Name: "held", Does: "Stays 手続中 for HeldDelay, so until the clock is moved; then executed.", Life: "12 → 20", fate: books.FateHeld},
		{Name: "retried", Does: "Stays リトライ中 for HeldDelay; then executed.", Life: "13 → 20", fate: books.FateRetried},
		{Name: "hidden", Does: "Invisible to /transfer/status for HiddenDelay: only /transfer/request-result shows it, with resultCode 2; then executed.", Life: "– → 20", hidden: true},
		{Name: "approval_password", Does: "Waits for the transaction password: resultCode 2, invisible to /transfer/status, until approved through the control API; resultCode 8 after ApprovalExpiry or when withdrawn.", Life: "– → 20", approval: books.ApprovalPassword},
		{Name: "approval_business_id", Does: "Waits for approval under ビジネスID管理: resultCode 1, 申請中, until approved, sent back or withdrawn through the control API, or until ApprovalExpiry.", Life: "2 → 20, 3, 4 or 5", approval: books.ApprovalBusinessID},
		{Name: "not_executed", Does: "Accepted, then 手続不成立: no money moves, no fee.", Life: "40", fate: books.FateNotExecuted},
		{Name: "recalled", Does: "Executed; a recall begins after BounceDelay and brings the money back after RecallDelay.", Life: "20 → 24 → 25", fate: books.FateRecalled},
		{Name: "recall_refused", Does: "Executed; a recall begins after BounceDelay and is refused after RecallDelay: the payee keeps the money.", Life: "20 → 24 → 26", fate: books.FateRecallRefused},
		{Name: "delivered_twice", Does: "A proxy delivers the request twice: executed once with an Idempotency-Key, twice without.", Life: "20", twice: true},
	}
	for i := range all {
		all[i].Number = number(i + 1)
	}
	for i, r := range faults.Returns() {
		all = append(all, returning(i, r))
	}
	return all
}

const firstMagic = 9000000

func number(n int) string { return fmt.Sprintf("%07d", firstMagic+n) }

// returning puts the seven reasons at 9000021 to 27, and the same days later at
// 9000031 to 37.
func returning(i int, r faults.Return) Magic {
	m := Magic{Number: number(21 + i), Name: string(r.Kind()), Life: "20 → 22", fate: books.FateReturned, ret: r.Code}
	when := "BounceDelay"
	if r.Later {
		m.Number, m.fate, when = number(31+i-len(faults.ReturnCodes())), books.FateReturnedLater, "LateBounceDelay"
	}
	m.Does = fmt.Sprintf("Executed; comes back after %s: %s %s (`%s`). The fee stays paid.", when, r.Code, r.Name, r.Reason)
	return m
}

var magicByNumber = func() map[string]Magic {
	byNumber := map[string]Magic{}
	for _, m := range Magics() {
		byNumber[m.Number] = m
	}
	return byNumber
}()

// MagicTable renders the magic values for docs/sandbox.md.
func MagicTable() string {
	var b strings.Builder
	b.WriteString("| payee's account number | name | what happens | transferStatus |\n|---|---|---|---|\n")
	for _, m := range Magics() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", m.Number, m.Name, m.Does, m.Life)
	}
	return b.String()
}

// CodeTable renders the error codes for docs/sandbox.md.
func CodeTable() string {
	var b strings.Builder
	b.WriteString("| code | HTTP | message | where it comes from |\n|---|---|---|---|\n")
	for _, c := range Codes() {
		status := "detail"
		if c.HTTP != 0 {
			status = fmt.Sprint(c.HTTP)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Code, status, c.Meaning, c.Source)
	}
	return b.String()
}

// callMagic is the magic of a call: that of the first line whose number asks
// for something beyond the line's own fate; the zero Magic for none.
func callMagic(lines []books.Line) Magic {
	for _, l := range lines {
		if m, ok := magicByNumber[l.Number]; ok && m.concernsCall() {
			return m
		}
	}
	return Magic{}
}

func (m Magic) concernsCall() bool {
	return m.first != nil || m.cut || m.lose != loseNever || m.slow || m.twice || m.hidden || m.approval != ""
}

// setFates gives each line what its number or the fault plan has in store.
func (a *API) setFates(o *books.Order, identity string) {
	plan := a.faults.Plan()
	for i := range o.Lines {
		l := &o.Lines[i]
		if m, ok := magicByNumber[l.Number]; ok {
			if m.fate != books.FateExecuted {
				l.Fate, l.Return, l.Fault = m.fate, m.ret, string(faults.Magic(m.Name))
			}
			continue
		}
		if r, ok := plan.Return(identity, l.Item); ok {
			l.Fate, l.Return, l.Fault = books.FateReturned, r.Code, string(r.Kind())
			if r.Later {
				l.Fate = books.FateReturnedLater
			}
		}
	}
}

// approvalAndVisibility is how this request is approved, and how long it stays
// 依頼中.
func (a *API) approvalAndVisibility(m Magic) (books.Approval, time.Duration) {
	approval, hidden := a.books.Rules().Approval, a.books.Rules().VisibilityDelay
	if m.approval != "" {
		approval = m.approval
	}
	if m.hidden {
		hidden = a.settings.HiddenDelay
	}
	return approval, hidden
}
