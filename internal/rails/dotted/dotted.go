package dotted

import (
	"fmt"
	"strings"

	"soukin/remittance"
)

// Reference is "<merchant>.<remittance_id>.<step>.<generation>". None of the
// four has a dot in it, so two keys never share a reference. The step and the
// generation are in it: a second try after a confirmed end is another
// instruction.
func Reference(k remittance.Key) string { return strings.ReplaceAll(k.String(), "/", ".") }

// Parse is the inverse of [Reference]; field is what the counterparty calls it.
// Errors wrap [remittance.ErrID].
func Parse(field, s string) (remittance.Key, error) {
	if strings.Contains(s, "/") { // it would pass for a dot
		return remittance.Key{}, fmt.Errorf("%w: %s %q must be <merchant>.<remittance_id>.<step>.<generation>", remittance.ErrID, field, s)
	}
	return remittance.ParseKey(strings.ReplaceAll(s, ".", "/"))
}
