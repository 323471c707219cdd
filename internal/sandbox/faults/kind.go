package faults

import (
	"fmt"
	"strings"

	"soukin/remittance"
)

// Kind names one way in which a call or a transfer goes wrong. Its text is the
// wire form in plans and counters.
type Kind string

// The faults of a call. At most one of them strikes a call, besides latency.
const (
	None          Kind = ""
	Latency       Kind = "latency"        // the call waits before anything happens
	RefusedBefore Kind = "refused_before" // the connection is cut, nothing was executed
	AnswerLost    Kind = "answer_lost"    // executed, then the connection is cut
	Duplicate     Kind = "duplicate"      // a proxy delivers the request twice
	RateLimited   Kind = "rate_limited"   // 429
	Maintenance   Kind = "maintenance"    // 503
	ServerError   Kind = "server_error"   // 500, nothing was executed
)

const (
	bounceNow   = "bounce_"
	bounceLater = "bounce_later_"
)

// ReturnCode is a bank's reason for money that could not be credited, as
// GMO-PG's Result_Detail numbers it.
type ReturnCode struct {
	Code   string            // two digits
	Reason remittance.Reason // what it means in our vocabulary
	Name   string            // four full-width characters, as the sandbox's bank shows it
}

// ReturnCodes lists the seven reasons in the order of their codes.
func ReturnCodes() []ReturnCode {
	return []ReturnCode{
		{"01", remittance.NoSuchAccount, "口座なし"},
		{"02", remittance.NameMismatch, "名義相違"},
		{"03", remittance.AccountNumberMismatch, "番号相違"},
		{"04", remittance.AccountTypeMismatch, "科目相違"},
		{"05", remittance.AccountClosed, "解約済み"},
		{"06", remittance.AcceptanceError, "受入不可"},
		{"09", remittance.NotCreditable, "入金不能"},
	}
}

// Return is how a transfer comes back: with which reason, and whether days later.
type Return struct {
	ReturnCode
	Later bool
}

// Kind is the fault that makes a transfer come back this way.
func (r Return) Kind() Kind {
	if r.Later {
		return bounceLater + Kind(r.Code)
	}
	return bounceNow + Kind(r.Code)
}

// Returns lists every way a transfer can come back: seven reasons soon, then
// the same seven days later.
func Returns() []Return {
	var out []Return
	for _, later := range []bool{false, true} {
		for _, c := range ReturnCodes() {
			out = append(out, Return{c, later})
		}
	}
	return out
}

// CallKinds lists the faults of which one may strike a call, in the order in
// which a plan's rates are laid side by side.
func CallKinds() []Kind {
	return []Kind{RefusedBefore, AnswerLost, Duplicate, RateLimited, Maintenance, ServerError}
}

// Kinds lists every fault.
func Kinds() []Kind {
	out := append([]Kind{Latency}, CallKinds()...)
	for _, r := range Returns() {
		out = append(out, r.Kind())
	}
	return out
}

// Table renders the faults for docs/sandbox.md.
func Table() string {
	does := map[Kind]string{
		Latency:       "the call waits up to `max_latency_ms` of real time before anything happens; another fault may strike besides",
		RefusedBefore: "the connection is cut, nothing was executed",
		AnswerLost:    "executed, then the connection is cut",
		Duplicate:     "a proxy delivers a POST twice; the client gets the second answer",
		RateLimited:   "429 `WG_ERR_154`, nothing was executed",
		Maintenance:   "503 `WG_ERR_300`, nothing was executed",
		ServerError:   "500, nothing was executed",
	}
	for _, r := range Returns() {
		when := "BounceDelay"
		if r.Later {
			when = "LateBounceDelay"
		}
		does[r.Kind()] = fmt.Sprintf("a line comes back %s after its execution: %s %s (`%s`)", when, r.Code, r.Name, r.Reason)
	}
	var b strings.Builder
	b.WriteString("| kind | what happens |\n|---|---|\n")
	for _, k := range Kinds() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", k, does[k])
	}
	return b.String()
}
