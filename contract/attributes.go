package contract

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
)

// Search attributes. They are plain text in Temporal: codes, ids and dates,
// never personal data. An operator reads from a list of remittances alone what
// each one waits for (RemitWaitsFor), why (RemitReason) and until when
// (RemitDeadline).
var (
	AttrStatus         = temporal.NewSearchAttributeKeyKeyword("RemitStatus")
	AttrRail           = temporal.NewSearchAttributeKeyKeyword("RemitRail")
	AttrMerchant       = temporal.NewSearchAttributeKeyKeyword("RemitMerchant")
	AttrWaitsFor       = temporal.NewSearchAttributeKeyKeyword("RemitWaitsFor")
	AttrReason         = temporal.NewSearchAttributeKeyKeyword("RemitReason")
	AttrAmount         = temporal.NewSearchAttributeKeyInt64("RemitAmount")
	AttrDeadline       = temporal.NewSearchAttributeKeyTime("RemitDeadline")
	AttrNeedsAttention = temporal.NewSearchAttributeKeyBool("RemitNeedsAttention")
)

// SearchAttributes is what a namespace must have registered before the first remittance.
func SearchAttributes() map[string]enums.IndexedValueType {
	keys := []temporal.SearchAttributeKey{AttrStatus, AttrRail, AttrMerchant, AttrWaitsFor, AttrReason, AttrAmount, AttrDeadline, AttrNeedsAttention}
	out := make(map[string]enums.IndexedValueType, len(keys))
	for _, k := range keys {
		out[k.GetName()] = k.GetValueType()
	}
	return out
}
