package amazon

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// answerBody is what every answer says of itself. Successes carry status at the
// top, failures inside agcodResponse, and the door in front of the API answers
// in a shape of its own (__type, Message).
type answerBody struct {
	Status   string `json:"status"`
	Response struct {
		Status string `json:"status"`
	} `json:"agcodResponse"`
	Code    string `json:"errorCode"`
	Type    string `json:"errorType"`
	Message string `json:"message"`
	Door    string `json:"__type"`
}

const (
	statusSuccess = "SUCCESS"
	statusResend  = "RESEND"
)

// judge gives nil for a SUCCESS and what everything else means, in the order of
// how sure it is: the door, the operator's own list of error types, the types we
// know, the class of the code. What is left is unknown.
func (c *Client) judge(k kind, a call.Answer) *remittance.RailError {
	var body answerBody
	if json.Unmarshal(a.Body, &body) != nil {
		// A body of another shape was not written by the API.
		body = answerBody{}
	}
	class := strings.ToUpper(body.Code)
	out := &remittance.RailError{Code: codeText(a.Status, body), RetryAfter: a.RetryAfter}
	switch {
	case a.Status == http.StatusTooManyRequests, throttled(body):
		out.Outcome = remittance.OutcomeRateLimited
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, refusesKeys(body):
		out.Outcome, out.Reason = remittance.OutcomeMisconfigured, remittance.CredentialsRefused
	case a.Status >= 500, body.says(statusResend), class == "F100", class == "F400", class == "F500":
		out.Outcome = remittance.OutcomeUnknown
	case a.Status == http.StatusOK && class == "" && body.Type == "" && body.says(statusSuccess):
		return nil
	case a.Status >= 200 && a.Status < 400 && class == "":
		out.Code = "answer without a status we know"
	default:
		m := c.meaningOf(k, class, body)
		out.Outcome, out.Reason = m.Outcome, m.Reason
	}
	return out
}

// says reads the status in both shapes; an answer with both must agree.
func (b answerBody) says(status string) bool {
	top, nested := b.Status, b.Response.Status
	return (top != "" || nested != "") && (top == "" || strings.EqualFold(top, status)) && (nested == "" || strings.EqualFold(nested, status))
}

func throttled(b answerBody) bool {
	return strings.EqualFold(b.Code, "Throttled") || strings.EqualFold(b.Code, "ThrottlingException") ||
		strings.EqualFold(b.Type, "Throttled") || strings.EqualFold(b.Type, "ThrottlingException") || strings.HasSuffix(b.Door, "ThrottlingException")
}

// refusesKeys knows the names that AWS services give to a signature they do not
// take, whatever status comes with them.
func refusesKeys(b answerBody) bool {
	for _, name := range []string{"InvalidSignatureException", "IncompleteSignatureException", "MissingAuthenticationTokenException",
		"UnrecognizedClientException", "AccessDeniedException"} {
		if strings.HasSuffix(b.Door, name) {
			return true
		}
	}
	return false
}

func (c *Client) meaningOf(k kind, class string, b answerBody) Meaning {
	if m, ok := c.set.ErrorTypes[b.Type]; ok {
		return k.limit(m)
	}
	if m, ok := errorTypes[k][strings.ToLower(b.Type)]; ok && m.class == class {
		return k.limit(m.Meaning)
	}
	switch {
	case class == "F600" && k == cancels:
		return Meaning{remittance.OutcomeRejected, remittance.ReasonNone}
	// A signature that does not fit is an F200 without a type of its own
	// (gift-codes-errors, "most common error codes").
	case class == "F200" && strings.Contains(strings.ToLower(b.Message), "signature"):
		return Meaning{remittance.OutcomeMisconfigured, remittance.CredentialsRefused}
	}
	return Meaning{}
}

// limit keeps a question from ever speaking of a rejection.
func (k kind) limit(m Meaning) Meaning {
	if k == asks && m.Outcome == remittance.OutcomeRejected {
		m.Outcome = remittance.OutcomeMisconfigured
	}
	return m
}

// codeText is "HTTP 400 F300 InsufficientFunds": the code and the type only,
// never the message, which may repeat what was sent.
func codeText(status int, b answerBody) string {
	s := "HTTP " + strconv.Itoa(status)
	for _, part := range []string{b.Code, b.Type} {
		if isName(part) {
			s += " " + part
		}
	}
	return s
}

// isName lets through what the API calls a code or a type, so that nothing else
// can get onto an operator's screen.
func isName(s string) bool {
	if s == "" || len(s) > 60 {
		return false
	}
	for _, r := range s {
		if !('0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z') {
			return false
		}
	}
	return true
}
