package prepaid

import (
	"soukin/internal/rails/dotted"
	"soukin/remittance"
)

// Reference is the refund_id of an instruction, see [dotted.Reference].
func Reference(k remittance.Key) string { return dotted.Reference(k) }

// ParseReference is the inverse of [Reference]. Errors wrap [remittance.ErrID].
func ParseReference(s string) (remittance.Key, error) { return dotted.Parse("refund_id", s) }
