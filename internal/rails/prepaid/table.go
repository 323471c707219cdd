package prepaid

import (
	"encoding/json"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/decided"
	"soukin/remittance"
)

var document = decided.Document{
	Rail: remittance.RailPrepaid, Submit: "refund", Enquire: "refund-state", Path: "/refunds", Reference: "refund_id", Done: "refunded",
	Refusals: map[string]remittance.Reason{
		"WINDOW_PASSED":    remittance.RefundWindowPassed,
		"PURCHASE_UNKNOWN": remittance.PurchaseUnknown,
		"OVER_PURCHASE":    remittance.OverPurchase,
		"NO_PARTIAL":       remittance.NoPartialRefund,
		"NOT_CAPTURED":     remittance.RefusedByRail,
	},
	Invalid: map[string]remittance.Reason{
		"purchase_id": remittance.PurchaseUnknown,
		"issuer":      remittance.PurchaseUnknown,
	},
	Closed: closed,
	Read:   read,
}

// closed refuses nothing, see the package comment: the reason only tells an
// operator why it takes longer.
func closed(e *remittance.RailError, _ bearer.Problem) { e.Reason = remittance.RailMaintenance }

type refundBody struct {
	RefundID   string         `json:"refund_id"`
	Issuer     string         `json:"issuer"`
	PurchaseID string         `json:"purchase_id"`
	Amount     remittance.Yen `json:"amount"`
}

func read(body []byte) (decided.Result, error) {
	var b struct {
		RefundID string         `json:"refund_id"`
		Amount   remittance.Yen `json:"amount"`
		State    string         `json:"state"`
		Reason   string         `json:"reason"`
		RefundNo string         `json:"refund_no"`
	}
	err := json.Unmarshal(body, &b)
	return decided.Result{Reference: b.RefundID, Amount: b.Amount, State: b.State, Reason: b.Reason, Number: b.RefundNo}, err
}
