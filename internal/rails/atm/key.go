package atm

import (
	"strings"

	"soukin/remittance"
)

// Reference is what an instruction is called at the network (issue_id): the four
// parts of its key with dots between them, at most 80 of A-Z, a-z, 0-9, "-" and
// ".". No part may hold a dot, so that two keys never share a reference. The
// step and the generation are in it: a second try after a confirmed end is
// another issue.
func Reference(k remittance.Key) string { return strings.ReplaceAll(k.String(), "/", ".") }

// ParseReference is the inverse of [Reference], for notices. Errors wrap
// [remittance.ErrID].
func ParseReference(s string) (remittance.Key, error) {
	if strings.Contains(s, "/") {
		return remittance.ParseKey("") // a slash would pass for a dot
	}
	return remittance.ParseKey(strings.ReplaceAll(s, ".", "/"))
}
