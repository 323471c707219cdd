package prepaid

import (
	"fmt"
	"strings"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

// Magic is what the last part of a purchase id makes the sandbox do.
type Magic struct {
	N    int    // the last part of the purchase id
	Name string // of its counter, "magic:prepaid_<name>"
	Does string // for the documentation

	unknown     bool
	notCaptured bool
	first       func() counterparty.Answer // the first call for each refund_id gets this, nothing is recorded
	cut         bool                       // the first call is cut before anything happens
	loses       counterparty.Lose
}

// firstMagic is the first number that means something; those before are
// ordinary.
const firstMagic = 901

// Magics lists every magic value in the order of its number.
func Magics() []Magic {
	all := []Magic{
		{Name: "unknown", Does: "Refused, `PURCHASE_UNKNOWN`: there is no such purchase.", unknown: true},
		{Name: "not_captured", Does: "Refused, `NOT_CAPTURED`: the purchase was authorised, never taken.", notCaptured: true},
		{Name: "answer_lost_once", Does: "Refunded, but the connection is cut before the answer to the first call for each refund_id. The same refund_id brings the answer.", loses: counterparty.LoseOnce},
		{Name: "answer_lost", Does: "Refunded, but the connection is cut before the answer, at every POST. Only the enquiry tells.", loses: counterparty.LoseAlways},
		{Name: "cut_once", Does: "The connection is cut before anything happens at the first call for each refund_id; the next is refunded.", cut: true},
		{Name: "maintenance_once", Does: "503 `MAINTENANCE` at the first call for each refund_id, nothing recorded; the next is refunded.", first: func() counterparty.Answer { return turnedAway(faults.Maintenance) }},
		{Name: "rate_limited_once", Does: "429 `RATE_LIMITED` at the first call for each refund_id; the next is refunded.", first: func() counterparty.Answer { return turnedAway(faults.RateLimited) }},
		{Name: "server_error_once", Does: "500 `SERVER_ERROR` at the first call for each refund_id, nothing recorded; the next is refunded.", first: func() counterparty.Answer { return turnedAway(faults.ServerError) }},
	}
	for i := range all {
		all[i].N = firstMagic + i
	}
	return all
}

var magicByNumber = func() map[int]Magic {
	byNumber := map[int]Magic{}
	for _, m := range Magics() {
		byNumber[m.N] = m
	}
	return byNumber
}()

// magicOf is the magic of a purchase id; the zero Magic for none.
func magicOf(purchase string) Magic {
	id, ok := parseID(purchase)
	if !ok {
		return Magic{}
	}
	return magicByNumber[id.n]
}

// MagicTable renders the magic values for docs/sandbox.md.
func MagicTable() string {
	var b strings.Builder
	b.WriteString("| purchase id | name | what happens |\n|---|---|---|\n")
	for _, m := range Magics() {
		fmt.Fprintf(&b, "| `…-%d` | `prepaid_%s` | %s |\n", m.N, m.Name, m.Does)
	}
	return b.String()
}
