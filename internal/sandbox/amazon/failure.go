package amazon

import (
	"net/http"

	"soukin/internal/sandbox/counterparty"
)

// failure is an answer other than SUCCESS: the code, its type and its sentence,
// as gift-codes-errors has them.
type failure struct {
	status  int
	code    string
	kind    string
	message string
	outcome string // FAILURE or RESEND
}

func refusal(kind, message string) failure {
	return failure{http.StatusBadRequest, "F200", kind, message, "FAILURE"}
}

func accountProblem(kind, message string) failure {
	return failure{http.StatusBadRequest, "F300", kind, message, "FAILURE"}
}

var (
	failInternal     = failure{http.StatusInternalServerError, "F100", "GeneralError", "General Error", "FAILURE"}
	failUnknown      = failure{http.StatusInternalServerError, "F500", "GeneralError", "General Error", "FAILURE"}
	failResend       = failure{http.StatusServiceUnavailable, "F400", "SystemTemporarilyUnavailable", "System Temporarily Unavailable", "RESEND"}
	failNoSuchGift   = failure{http.StatusBadRequest, "F600", "OrderNotFound", "There is no order under this request id", "FAILURE"}
	failRequest      = refusal("InvalidRequestInput", "Request body is null")
	failPartner      = refusal("InvalidPartnerIdInput", "Partner Id is not the one of the access key")
	failRequestID    = refusal("InvalidRequestIdInput", "Request Id must be letters, digits and _")
	failIDTooLong    = refusal("RequestIdTooLong", "Request Id must have at most 40 characters")
	failIDStart      = refusal("RequestIdMustStartWithPartnerName", "Request Id must start with the Partner Id")
	failIDUsed       = refusal("InvalidRequestIdInput", "Request Id was used for something else")
	failDenomination = refusal("RequestedDenominationMismatch", "Request Id was used with another amount")
	failNoAmount     = refusal("InvalidAmountInput", "Amount can't be null")
	failZeroAmount   = refusal("InvalidAmountValue", "Amount must be larger than 0")
	failNoCurrency   = refusal("InvalidCurrencyCodeInput", "Currency Code can't be null or empty")
	failCurrency     = refusal("CurrencyCodeMismatch", "Currency Code Mismatch")
	failFraction     = refusal("FractionalAmountNotAllowed", "Fractional Amount Not Allowed")
	failMaxAmount    = refusal("MaxAmountExceeded", "Max Amount Exceeded")
	failMinAmount    = refusal("AmountBelowMinThreshold", "Amount is below the minimum")
	failActivated    = refusal("CardAlreadyActivatedWithDifferentRequestId", "The card was already activated with a different request id")
	failTooLate      = refusal("CancelRequestArrivedAfterTimeLimit", "Cancellation cannot be processed as too much time has elapsed since creation")
	failClaimed      = refusal("GcNotReadyForRefund", "The gift card was claimed")
	failCardID       = refusal("InvalidGCIdInput", "The gift card id does not belong to the request id")
	failUser         = accountProblem("UnknownCustomer", "There is no such customer account")
	failFunds        = accountProblem("InsufficientFunds", "Insufficient Funds")
	failAccount      = accountProblem("GeneralError", "General Error")
	failVelocity     = accountProblem("CustomerSurpassedDailyVelocityLimit", "Customer has exceeded daily velocity limit")
	failNotPermitted = accountProblem("OperationNotPermitted", "Loaded balance cannot be cancelled")
)

// answer has the shape that the API was seen to answer in.
func (f failure) answer() counterparty.Answer {
	return counterparty.Answer{Status: f.status, Body: map[string]any{
		"agcodResponse": map[string]any{
			"__type": "CreateGiftCardResponse:http://internal.amazon.com/coral/com.amazonaws.agcod/", "cardInfo": nil,
			"creationRequestId": nil, "gcClaimCode": nil, "gcExpirationDate": nil, "gcId": nil, "status": f.outcome,
		},
		"errorCode": f.code, "errorType": f.kind, "message": f.message,
	}}
}

// atTheDoor is an answer of what stands before the API.
func atTheDoor(status int, name, message string) counterparty.Answer {
	return counterparty.Answer{Status: status, Body: map[string]string{"__type": name, "message": message}}
}

func throttled() counterparty.Answer {
	return atTheDoor(http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded")
}
