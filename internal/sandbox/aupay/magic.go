package aupay

import (
	"fmt"
	"strings"

	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

// Magic is what the last four digits of a member number make the sandbox do.
// The digits before them are free, so that every test can have a member of its
// own.
type Magic struct {
	Ending string // last four digits of the member number
	Name   string // of its counter, "magic:aupay_<name>"
	Does   string // for the documentation

	unknown     bool
	unverified  bool
	balance     remittance.Yen // at first
	noDay       bool           // may be charged nothing in a day
	spends      bool           // empties the wallet as soon as a charge was refused for its limit
	maintenance bool           // the first call is met by maintenance
	loses       counterparty.Lose
}

const endingLength = 4

// Magics lists every magic value in the order of its ending.
func Magics() []Magic {
	all := []Magic{
		{Name: "ordinary", Does: "Charged, as every other member is: verified, with an empty wallet at first."},
		{Name: "full", Does: "Holds 999,999 yen at first: more than 1 yen is refused, `WALLET_LIMIT`.", balance: 999_999},
		{Name: "not_verified", Does: "Refused, `NOT_VERIFIED`, until verified on the member's page or through the control API.", unverified: true},
		{Name: "unknown", Does: "Refused, `UNKNOWN_MEMBER`.", unknown: true},
		{Name: "daily_limit", Does: "Refused, `MEMBER_DAILY_LIMIT`, until the control API gives another limit.", noDay: true},
		{Name: "full_once", Does: "Holds 999,999 yen at first and spends them as soon as a charge was refused, `WALLET_LIMIT`: the next charge fits.", balance: 999_999, spends: true},
		{Name: "maintenance_once", Does: "503 `MAINTENANCE` at the first call for this member, nothing recorded; the next is charged.", maintenance: true},
		{Name: "answer_lost_once", Does: "Charged, but the connection is cut before the answer to the first call for each charge_id. The same charge_id brings the answer.", loses: counterparty.LoseOnce},
		{Name: "answer_lost", Does: "Charged, but the connection is cut before the answer, at every POST. Only the enquiry tells.", loses: counterparty.LoseAlways},
	}
	for i := range all {
		all[i].Ending = fmt.Sprintf("%0*d", endingLength, i+1)
	}
	return all
}

var magicByEnding = func() map[string]Magic {
	byEnding := map[string]Magic{}
	for _, m := range Magics() {
		byEnding[m.Ending] = m
	}
	return byEnding
}()

// magicOf is the magic of a well-formed member number; an ending that has none
// is ordinary.
func magicOf(number string) Magic {
	return magicByEnding[number[len(number)-endingLength:]]
}

// MagicTable renders the magic values for docs/sandbox.md.
func MagicTable() string {
	var b strings.Builder
	b.WriteString("| member number | name | what happens |\n|---|---|---|\n")
	for _, m := range Magics() {
		fmt.Fprintf(&b, "| `100000000000%s` | `aupay_%s` | %s |\n", m.Ending, m.Name, m.Does)
	}
	return b.String()
}
