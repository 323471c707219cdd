package problem

import (
	"net/http"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

// body is always whole where it is known whether anything was recorded: who asks
// must not have to guess what is meant by the absence of a field.
type body struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Field    string `json:"field,omitempty"`
	Recorded bool   `json:"recorded"`
}

// Refuse says no to a call that left no trace.
func Refuse(status int, code, message string) counterparty.Answer {
	return counterparty.Answer{Status: status, Body: body{Code: code, Message: message}}
}

// Invalid refuses a call for the form of a field.
func Invalid(field, message string) counterparty.Answer {
	return counterparty.Answer{Status: http.StatusBadRequest, Body: body{Code: "INVALID", Message: message, Field: field}}
}

// Conflict refuses a reference that was used for something else.
func Conflict(field, message string) counterparty.Answer {
	return counterparty.Answer{Status: http.StatusConflict, Body: body{Code: "CONFLICT", Message: message, Field: field, Recorded: true}}
}

// Unauthorized refuses who has not the token.
func Unauthorized() counterparty.Answer {
	return Refuse(http.StatusUnauthorized, "UNAUTHORIZED", "the bearer token is missing or wrong")
}

// NotFound says that something never arrived.
func NotFound(message string) counterparty.Answer {
	return Refuse(http.StatusNotFound, "NOT_FOUND", message)
}

// TurnedAway answers what a fault plan keeps from being looked at; failed is
// what is said of a server error.
func TurnedAway(kind faults.Kind, failed string) counterparty.Answer {
	switch kind {
	case faults.RateLimited:
		a := Refuse(http.StatusTooManyRequests, "RATE_LIMITED", "too many calls, come back later")
		a.Header = http.Header{"Retry-After": {"1"}}
		return a
	case faults.Maintenance:
		return Refuse(http.StatusServiceUnavailable, "MAINTENANCE", "under maintenance; this call was not executed and not recorded")
	}
	// A server that fails does not know whether it recorded anything.
	return counterparty.Answer{Status: http.StatusInternalServerError, Body: map[string]string{"code": "SERVER_ERROR", "message": failed}}
}
