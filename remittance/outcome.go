package remittance

import (
	"fmt"
	"time"
)

// Outcome is what the other side may have done with an instruction. The zero
// value is OutcomeUnknown on purpose: whoever forgets to decide has not
// decided that it is safe to send again.
type Outcome int

// The outcomes. Only NotSent and Rejected say that no money can move for this key.
const (
	OutcomeUnknown       Outcome = iota // it may have been executed: enquire
	OutcomeAccepted                     // executed or taken on for good
	OutcomePending                      // taken, not decided: enquire
	OutcomeRejected                     // refused for this key, for good
	OutcomeNotSent                      // no byte reached the other side
	OutcomeRateLimited                  // turned away at the door: later, same key
	OutcomeMisconfigured                // our credentials or settings are wrong: an operator acts, the remittance waits
)

var outcomeNames = [...]string{"unknown", "accepted", "pending", "rejected", "not_sent", "rate_limited", "misconfigured"}

// String gives the snake-case name used in logs and metrics.
func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomeNames) {
		return outcomeNames[OutcomeUnknown]
	}
	return outcomeNames[o]
}

// RailError is the only error an adapter of a counterparty returns. It carries
// no personal data: Code is the counterparty's own code or a phase of the call
// ("HTTP 500", "timeout after send"), never a body or a URL with parameters.
type RailError struct {
	Outcome    Outcome
	Reason     Reason        // what to tell people; ReasonNone where the outcome says it all
	Code       string        // the counterparty's code, for operators
	RetryAfter time.Duration // when the other side said to come back; 0 if it did not
	Cause      error
}

// Error is plain text without personal data.
func (e *RailError) Error() string {
	s := e.Outcome.String()
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Reason != ReasonNone {
		s = fmt.Sprintf("%s: %s", s, e.Reason)
	}
	return s
}

// Unwrap gives the transport's error, for logs only.
func (e *RailError) Unwrap() error { return e.Cause }
