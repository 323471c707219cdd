package bank

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// refusalBody is the documented body of an error: ErrorResponse, and for a 400
// on a transfer TransferError.
type refusalBody struct {
	Code     text         `json:"errorCode"`
	Message  text         `json:"errorMessage"`
	Details  []detailBody `json:"errorDetails"`
	Transfer []struct {
		Details []detailBody `json:"errorDetails"`
	} `json:"transferErrorDetails"`
}

type detailBody struct {
	Code    text `json:"errorDetailsCode"`
	Message text `json:"errorDetailsMessage"`
}

func (b refusalBody) details() []detailBody {
	all := b.Details
	for _, line := range b.Transfer {
		all = append(all, line.Details...)
	}
	return all
}

// judge says what an error answer means, in the order of how sure it is: the
// operator's own list of codes, the codes we know, words that say the bank has
// the instruction already or that our account is the matter, named field errors,
// the HTTP status.
func (c *Client) judge(k kind, a call.Answer) *remittance.RailError {
	var body refusalBody
	readable := json.Unmarshal(a.Body, &body) == nil
	if !readable {
		// A body of another shape was not written by the bank's API.
		body = refusalBody{}
	}
	out := &remittance.RailError{Code: codeText(a.Status, body), RetryAfter: a.RetryAfter}
	if m, ok := c.meaningOf(a.Status, body); ok {
		out.Outcome, out.Reason = k.limit(m.Outcome), m.Reason
		return out
	}
	v := httpStatuses[a.Status]
	out.Outcome = v[k]
	switch {
	case a.Status == http.StatusBadRequest && (!readable || k == instructs && body.says(alreadyThere)):
		out.Outcome = remittance.OutcomeUnknown
	case a.Status == http.StatusBadRequest && k != cancels && body.says(aboutOurAccount):
		out.Outcome, out.Reason = remittance.OutcomeMisconfigured, remittance.RefusedByRail
	case a.Status == http.StatusBadRequest && body.namesTheLine():
		out.Outcome, out.Reason = fieldErrors[k], remittance.BadDetails
	case a.Status == http.StatusBadRequest && len(body.details()) > 0:
		out.Outcome = fieldErrors[k]
	}
	switch {
	case out.Outcome == remittance.OutcomeRejected && out.Reason == remittance.ReasonNone:
		out.Reason = remittance.RefusedByRail
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		out.Reason = remittance.CredentialsRefused
	}
	return out
}

// meaningOf looks the codes up, the operator's list first.
func (c *Client) meaningOf(status int, body refusalBody) (CodeMeaning, bool) {
	codes := []text{body.Code}
	for _, d := range body.details() {
		codes = append(codes, d.Code)
	}
	for _, code := range codes {
		if m, ok := c.set.ErrorCodes[string(code)]; ok {
			return m, true
		}
	}
	for _, code := range codes {
		if m, ok := errorCodes[string(code)]; ok && m.from <= status && status <= m.to {
			return m.CodeMeaning, true
		}
	}
	return CodeMeaning{}, false
}

// limit keeps an enquiry from ever speaking of a rejection.
func (k kind) limit(o remittance.Outcome) remittance.Outcome {
	if k == enquires && o == remittance.OutcomeRejected {
		return remittance.OutcomeMisconfigured
	}
	return o
}

// namesTheLine reports whether something is wrong with the payee's line, not
// with the request around it.
func (b refusalBody) namesTheLine() bool {
	for _, line := range b.Transfer {
		if len(line.Details) > 0 {
			return true
		}
	}
	return false
}

func (b refusalBody) says(words []string) bool {
	said := string(b.Message)
	for _, d := range b.details() {
		said += "\n" + string(d.Message)
	}
	said = strings.ToLower(said)
	for _, word := range words {
		if strings.Contains(said, word) {
			return true
		}
	}
	return false
}

// codeText is "HTTP 400 E0001/220001": codes only, never the messages, which
// may repeat what was sent.
func codeText(status int, body refusalBody) string {
	s := "HTTP " + strconv.Itoa(status)
	if code := plainCode(body.Code); code != "" {
		s += " " + code
	}
	seen := map[string]bool{}
	for _, d := range body.details() {
		code := plainCode(d.Code)
		if code != "" && !seen[code] && len(seen) < maxCodes {
			seen[code] = true
			s += "/" + code
		}
	}
	return s
}

// maxCodes bounds how many codes of one answer are shown to operators.
const maxCodes = 5

// plainCode lets through what the specification calls a code (10 letters,
// digits and "_"), so that nothing else can get into an operator's screen.
func plainCode(t text) string {
	if len(t) > 10 {
		return ""
	}
	for _, r := range t {
		if r != '_' && !isAlphanumeric(string(r)) {
			return ""
		}
	}
	return string(t)
}
