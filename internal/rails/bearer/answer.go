package bearer

import (
	"encoding/json"
	"net/http"
	"strconv"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// Problem is the body of every answer that is no result.
type Problem struct {
	Code  string `json:"code"`
	Field string `json:"field"`
	// Recorded says whether the call left a trace. Only a plain false counts as
	// no: a gateway on the way that answers in the counterparty's place has no such
	// field.
	Recorded *bool `json:"recorded"`
}

// LeftNothing reports that the counterparty itself says that this call was not
// executed and left no trace.
func (p Problem) LeftNothing() bool { return p.Recorded != nil && !*p.Recorded }

// ProblemOf reads a problem; one that cannot be read is empty.
func ProblemOf(a call.Answer) Problem {
	var p Problem
	if json.Unmarshal(a.Body, &p) != nil {
		return Problem{}
	}
	return p
}

// Otherwise judges every answer that a rail's own table does not list:
// 401 and 403 are for an operator, 429 is for later, and of everything else
// nobody knows what happened.
func Otherwise(a call.Answer) *remittance.RailError {
	e := &remittance.RailError{Code: CodeOf(a), RetryAfter: a.RetryAfter}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Outcome, e.Reason = remittance.OutcomeMisconfigured, remittance.CredentialsRefused
	case http.StatusTooManyRequests:
		e.Outcome = remittance.OutcomeRateLimited
	}
	return e
}

// CodeOf is "HTTP 503 MAINTENANCE": codes only, never a message, which may
// repeat what was sent.
func CodeOf(a call.Answer) string {
	s := "HTTP " + strconv.Itoa(a.Status)
	if code := Plain(ProblemOf(a).Code); code != "" {
		s += " " + code
	}
	return s
}

// Contradiction is the error about an answer that is not what the document says.
func Contradiction(what string) *remittance.RailError {
	return &remittance.RailError{Code: "answer does not fit: " + what}
}

const maxCode = 40

// Plain lets through what the documents call a code, capital letters, digits
// and "_", so that nothing else gets onto an operator's screen.
func Plain(code string) string {
	if len(code) > maxCode {
		return ""
	}
	for _, r := range code {
		if r != '_' && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return ""
		}
	}
	return code
}
