package prepaid

import (
	"fmt"
	"strings"

	"soukin/remittance"
)

// Reference is the refund_id of an instruction:
// "<merchant>.<remittance_id>.<step>.<generation>". None of the four has a dot
// in it, so two keys never share a reference.
func Reference(k remittance.Key) string { return strings.ReplaceAll(k.String(), "/", ".") }

// ParseReference is the inverse of [Reference]. Errors wrap [remittance.ErrID].
func ParseReference(s string) (remittance.Key, error) {
	if strings.Contains(s, "/") {
		return remittance.Key{}, fmt.Errorf("%w: refund_id %q must be <merchant>.<remittance_id>.<step>.<generation>", remittance.ErrID, s)
	}
	return remittance.ParseKey(strings.ReplaceAll(s, ".", "/"))
}
