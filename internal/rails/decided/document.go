package decided

import (
	"net/http"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Words that all these documents share.
const (
	stateRefused = "refused"

	codeNotFound = "NOT_FOUND"
	codeInvalid  = "INVALID"
)

// Document is what one counterparty's document calls things, and where it
// differs.
type Document struct {
	Rail remittance.Rail
	// Submit and Enquire are the names of both calls in metrics.
	Submit, Enquire string
	// Path takes an instruction by POST, and by GET a reference behind it.
	Path string
	// Reference names the field of the reference, Done the state of what was executed.
	Reference, Done string
	// Refusals are the documented reasons of a refusal. A word that is not listed
	// refuses all the same: the state says so, the word only explains it.
	Refusals map[string]remittance.Reason
	// Invalid says which fields have a reason of their own when their form is
	// wrong, because people can mend them.
	Invalid map[string]remittance.Reason
	// Closed judges 503. It is given an unknown outcome without a reason.
	Closed func(*remittance.RailError, bearer.Problem)
	// Read reads the document's result.
	Read func(body []byte) (Result, error)
}

// Result is a result as it was answered.
type Result struct {
	Reference string
	Amount    remittance.Yen
	State     string
	Reason    string // only of a refusal
	Number    string // the counterparty's, only of what was executed
}

func (d Document) reasonOf(word string) remittance.Reason {
	if r, known := d.Refusals[word]; known {
		return r
	}
	return remittance.RefusedByRail
}

// judge says what an answer other than a result means for an instruction.
func (d Document) judge(a call.Answer) *remittance.RailError {
	e, p := bearer.Otherwise(a), bearer.ProblemOf(a)
	switch {
	case a.Status == http.StatusBadRequest && p.Code == codeInvalid && p.LeftNothing():
		e.Outcome, e.Reason = remittance.OutcomeRejected, remittance.RefusedByRail
		if r, known := d.Invalid[p.Field]; known {
			e.Reason = r
		}
	case a.Status == http.StatusServiceUnavailable:
		d.Closed(e, p)
	}
	return e
}

// stateOf reads a result and holds it against what was asked for.
func (d Document) stateOf(a call.Answer, ref string, amount remittance.Yen) (State, *remittance.RailError) {
	r, err := d.Read(a.Body)
	switch {
	case err != nil:
		return State{}, bearer.Contradiction("not readable")
	case r.Reference != ref:
		return State{}, bearer.Contradiction("another " + d.Reference)
	case r.Amount != amount:
		return State{}, bearer.Contradiction("another amount")
	case r.State == d.Done && r.Number != "" && r.Reason == "":
		return State{Stage: Done, Number: r.Number}, nil
	case r.State == stateRefused && r.Number == "" && r.Reason != "":
		return State{Stage: Refused, Reason: d.reasonOf(r.Reason), Code: bearer.Plain(r.Reason)}, nil
	}
	return State{}, bearer.Contradiction("neither " + d.Done + " nor " + stateRefused)
}
