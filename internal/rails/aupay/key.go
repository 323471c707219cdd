package aupay

import (
	"soukin/internal/rails/dotted"
	"soukin/remittance"
)

// Reference is the charge_id of an instruction, see [dotted.Reference].
func Reference(k remittance.Key) string { return dotted.Reference(k) }
