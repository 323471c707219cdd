package atm

import (
	"fmt"
	"strings"

	"soukin/remittance"
)

// Magic is what an amount makes the network do, for tests of the whole way.
type Magic struct {
	Amount remittance.Yen
	Name   string // of its counter, "magic:<name>"
	Does   string // for the documentation

	due     due  // happens by itself after issue
	atEnd   bool // the recipient is at the ATM when it is called off or time runs out
	lose    bool // the first answer is lost
	refused bool
}

// Magics lists the magic amounts.
func Magics() []Magic {
	return []Magic{
		{Amount: 4_000, Name: "atm_locked", due: dueLock,
			Does: "Locked at once, as after wrong entries. New numbers (reissue) can be used."},
		{Amount: 6_000, Name: "atm_withdrawn", due: duePay,
			Does: "Withdrawn by itself Moment after its issue."},
		{Amount: 7_000, Name: "atm_race", atEnd: true,
			Does: "The recipient stands at the ATM when it is called off or its time runs out: the cancellation is refused as `DISPENSING`, and Moment later the cash is withdrawn."},
		{Amount: 9_000, Name: "atm_answer_lost", lose: true,
			Does: "Issued, but the connection is cut before the first answer. The same request brings the numbers, an enquiry finds the issue."},
		{Amount: 13_000, Name: "atm_refused", refused: true,
			Does: "Refused at the request for good (`ISSUE_REFUSED`)."},
	}
}

func magicOf(amount remittance.Yen) Magic {
	for _, m := range Magics() {
		if m.Amount == amount {
			return m
		}
	}
	return Magic{}
}

// MagicTable renders the magic amounts for docs/sandbox.md.
func MagicTable() string {
	var b strings.Builder
	b.WriteString("| amount | name | what happens |\n|---|---|---|\n")
	for _, m := range Magics() {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", int64(m.Amount), m.Name, m.Does)
	}
	return b.String()
}
