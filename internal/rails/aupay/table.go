package aupay

import (
	"net/http"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

// The words of the document.
const (
	stateExecuted = "executed"
	stateRefused  = "refused"

	codeNotFound    = "NOT_FOUND"
	codeInvalid     = "INVALID"
	codeMaintenance = "MAINTENANCE"

	fieldMember = "member_number"
)

// refusals are the documented reasons of a refused charge.
var refusals = map[string]remittance.Reason{
	"WALLET_LIMIT":       remittance.WalletFull,
	"UNKNOWN_MEMBER":     remittance.UnknownMember,
	"NOT_VERIFIED":       remittance.MemberNotVerified,
	"MEMBER_DAILY_LIMIT": remittance.RecipientLimit,
	"AMOUNT":             remittance.OverRailLimit,
}

// reasonOf takes a word that is not listed for a refusal all the same: the
// state says so, the word only explains it.
func reasonOf(word string) remittance.Reason {
	if r, known := refusals[word]; known {
		return r
	}
	return remittance.RefusedByRail
}

// judgeSubmit says what an answer other than a result means for a charge.
func judgeSubmit(a call.Answer) *remittance.RailError {
	e, p := bearer.Otherwise(a), bearer.ProblemOf(a)
	switch {
	case !p.LeftNothing():
	case a.Status == http.StatusBadRequest && p.Code == codeInvalid:
		e.Outcome, e.Reason = remittance.OutcomeRejected, remittance.RefusedByRail
		if p.Field == fieldMember {
			e.Reason = remittance.UnknownMember // the recipient mistyped it, and can mend it
		}
	case a.Status == http.StatusServiceUnavailable && p.Code == codeMaintenance:
		e.Outcome, e.Reason = remittance.OutcomeRejected, remittance.RailMaintenance
	}
	return e
}
