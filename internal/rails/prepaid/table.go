package prepaid

import (
	"net/http"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

// The words of the document.
const (
	stateRefunded = "refunded"
	stateRefused  = "refused"

	codeNotFound = "NOT_FOUND"
	codeInvalid  = "INVALID"

	fieldPurchase = "purchase_id"
	fieldIssuer   = "issuer"
)

// refusals are the documented reasons of a refused refund.
var refusals = map[string]remittance.Reason{
	"WINDOW_PASSED":    remittance.RefundWindowPassed,
	"PURCHASE_UNKNOWN": remittance.PurchaseUnknown,
	"OVER_PURCHASE":    remittance.OverPurchase,
	"NO_PARTIAL":       remittance.NoPartialRefund,
	"NOT_CAPTURED":     remittance.RefusedByRail,
}

// reasonOf takes a word that is not listed for a refusal all the same: the
// state says so, the word only explains it.
func reasonOf(word string) remittance.Reason {
	if r, known := refusals[word]; known {
		return r
	}
	return remittance.RefusedByRail
}

// judgeSubmit says what an answer other than a result means for a refund.
func judgeSubmit(a call.Answer) *remittance.RailError {
	e, p := bearer.Otherwise(a), bearer.ProblemOf(a)
	switch {
	case a.Status == http.StatusBadRequest && p.Code == codeInvalid && p.LeftNothing():
		e.Outcome, e.Reason = remittance.OutcomeRejected, remittance.RefusedByRail
		if p.Field == fieldPurchase || p.Field == fieldIssuer {
			e.Reason = remittance.PurchaseUnknown
		}
	case a.Status == http.StatusServiceUnavailable:
		e.Reason = remittance.RailMaintenance
	}
	return e
}
