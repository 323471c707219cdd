package atm

import (
	"soukin/internal/rails/dotted"
	"soukin/remittance"
)

// Reference is what an instruction is called at the network (issue_id), see
// [dotted.Reference].
func Reference(k remittance.Key) string { return dotted.Reference(k) }

// ParseReference is the inverse of [Reference], for notices. Errors wrap
// [remittance.ErrID].
func ParseReference(s string) (remittance.Key, error) { return dotted.Parse("issue_id", s) }
