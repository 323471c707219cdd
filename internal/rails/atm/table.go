package atm

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// kind is what a call is for. The same answer means different things to an
// order and to an enquiry.
type kind int

const (
	issues kind = iota // has money paid out
	enquires
	cancels
	reissues
)

// verdict is what an error answer means for each kind of call.
type verdict [4]remittance.Outcome

const (
	unknown       = remittance.OutcomeUnknown
	rejected      = remittance.OutcomeRejected
	rateLimited   = remittance.OutcomeRateLimited
	misconfigured = remittance.OutcomeMisconfigured
)

// meaning is a code of the network: the status that it is believed with, what it
// means for each kind of call, and what to tell people.
type meaning struct {
	status int
	verdict
	reason remittance.Reason
}

// codeNotReceived answers an enquiry about an id that the network does not have.
const codeNotReceived = "ISSUE_NOT_FOUND"

// codes are the documented codes of the network.
var codes = map[string]meaning{
	"INVALID_REQUEST": {http.StatusBadRequest, verdict{issues: rejected, enquires: misconfigured, cancels: misconfigured, reissues: misconfigured}, remittance.RefusedByRail},
	codeNotReceived:   {http.StatusNotFound, verdict{}, remittance.ReasonNone},

	// What the network has under our id was ordered otherwise, and may be paid out.
	"ISSUE_ID_CONFLICT": {http.StatusConflict, verdict{}, remittance.WaitsForOperator},
	"ALREADY_WITHDRAWN": {http.StatusConflict, verdict{cancels: rejected, reissues: rejected}, remittance.ReasonNone},
	"DISPENSING":        {http.StatusConflict, verdict{cancels: rejected, reissues: rejected}, remittance.ReasonNone},
	"ALREADY_CANCELLED": {http.StatusConflict, verdict{reissues: rejected}, remittance.CancelledByUs},
	"ALREADY_EXPIRED":   {http.StatusConflict, verdict{reissues: rejected}, remittance.RecipientDeadline},
	"SUPERSEDED":        {http.StatusConflict, verdict{}, remittance.ReasonNone},

	"AMOUNT_OVER_LIMIT":       {http.StatusUnprocessableEntity, verdict{issues: rejected}, remittance.OverRailLimit},
	"AMOUNT_NOT_IN_THOUSANDS": {http.StatusUnprocessableEntity, verdict{issues: rejected}, remittance.RefusedByRail},
	"EXPIRY_PASSED":           {http.StatusUnprocessableEntity, verdict{issues: rejected}, remittance.RecipientDeadline},
	"ISSUE_REFUSED":           {http.StatusUnprocessableEntity, verdict{issues: rejected}, remittance.RefusedByRail},

	// Nothing says that the request was not executed before the door closed.
	"MAINTENANCE": {http.StatusServiceUnavailable, verdict{}, remittance.RailMaintenance},
}

// statuses are what counts where no documented code came with its status. A
// gate that refuses credentials, a method or a media type has executed nothing.
// The rest is unknown: a proxy may say it, even after the work was done.
var statuses = map[int]meaning{
	http.StatusUnauthorized:         {0, everyKind(misconfigured), remittance.CredentialsRefused},
	http.StatusForbidden:            {0, everyKind(misconfigured), remittance.CredentialsRefused},
	http.StatusMethodNotAllowed:     {0, everyKind(misconfigured), remittance.ReasonNone},
	http.StatusUnsupportedMediaType: {0, everyKind(misconfigured), remittance.ReasonNone},
	http.StatusTooManyRequests:      {0, everyKind(rateLimited), remittance.ReasonNone},
}

func everyKind(o remittance.Outcome) verdict { return verdict{o, o, o, o} }

// errNotReceived is in the cause of an enquiry's error where the network says
// that it does not have the issue.
var errNotReceived = errors.New("not received")

// judge says what an error answer means: by the network's code if it comes with
// the status it belongs to, else by the status.
func judge(k kind, a call.Answer) *remittance.RailError {
	var body struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(a.Body, &body) != nil {
		body.Error.Code = "" // a body of another shape was not written by the network
	}
	code := plainCode(body.Error.Code)
	out := &remittance.RailError{Code: strings.TrimSpace("HTTP " + strconv.Itoa(a.Status) + " " + code), RetryAfter: a.RetryAfter}
	m, known := codes[code]
	if !known || m.status != a.Status {
		m = statuses[a.Status]
	} else if code == codeNotReceived && k == enquires {
		out.Cause = errNotReceived
	}
	out.Outcome, out.Reason = m.verdict[k], m.reason
	return out
}

// plainCode lets through what can be a code, so that nothing else can get into
// an operator's screen.
func plainCode(s string) string {
	if len(s) > 40 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return ""
	}
	return s
}
