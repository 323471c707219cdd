package amazon

import (
	"strings"

	"soukin/remittance"
)

// kind is what an operation is for; the same error type means another thing for
// a gift than for its cancellation.
type kind int

const (
	gives kind = iota
	cancels
	asks
)

type meaning struct {
	class string // the code that the type comes with; with another it is unknown
	Meaning
}

// errorTypes are the types of gift-codes-errors whose meaning is certain. A type
// that says that the request id is used already (another amount, another card)
// is not among them: what was executed under it is unknown.
var errorTypes = func() map[kind]map[string]meaning {
	ours := map[string]string{
		"InvalidPartnerIdInput": "F200", "RequestIdTooLong": "F200", "RequestIdMustStartWithPartnerName": "F200", "InvalidRequestIdInput": "F200",
		"InvalidRequestInput": "F200", "InvalidCurrencyCodeInput": "F200", "CurrencyCodeMismatch": "F200", "InvalidCurrencyInMarketplace": "F200",
		"ProgramIdNotPresent": "F200", "InvalidAccountTypeInput": "F200", "InvalidProgramId": "F300", "ProgramIsNotApproved": "F300",
		"InsufficientFunds": "F300", "IssuanceCapExceeded": "F300", "ActiveContractNotFound": "F300", "AccountHasProblems": "F300",
		// F3005 AccountHasProblems is observed to come as a GeneralError.
		"GeneralError": "F300", "OperationNotPermitted": "F300", "BlockedCustomer": "F300",
	}
	credentials := map[string]string{"InvalidAwsAccessKeyId": "F300", "InvalidAccessKey": "F300", "AccessDenied": "F300"}
	table := map[kind]map[string]meaning{}
	add := func(k kind, name, class string, o remittance.Outcome, r remittance.Reason) {
		table[k][strings.ToLower(name)] = meaning{class, Meaning{o, r}}
	}
	for _, k := range []kind{gives, cancels, asks} {
		table[k] = map[string]meaning{}
		for name, class := range ours {
			add(k, name, class, remittance.OutcomeMisconfigured, remittance.RefusedByRail)
		}
		for name, class := range credentials {
			add(k, name, class, remittance.OutcomeMisconfigured, remittance.CredentialsRefused)
		}
	}
	for name, r := range map[string]remittance.Reason{
		"MaxAmountExceeded": remittance.OverRailLimit, "AmountBelowMinThreshold": remittance.RefusedByRail, "NegativeOrZeroAmount": remittance.RefusedByRail,
		"InvalidAmountInput": remittance.RefusedByRail, "InvalidAmountValue": remittance.RefusedByRail, "FractionalAmountNotAllowed": remittance.RefusedByRail,
	} {
		add(gives, name, "F200", remittance.OutcomeRejected, r)
	}
	for _, name := range []string{"InvalidAccountIdInput", "InvalidAccountId", "AccountNotFound"} {
		add(gives, name, "F200", remittance.OutcomeRejected, remittance.LoginRefused)
	}
	for name, r := range map[string]remittance.Reason{
		"CustomerSurpassedDailyVelocityLimit": remittance.RecipientLimit,
		"UnknownCustomer":                     remittance.LoginRefused,
		"CustomerAccountBlocked":              remittance.LoginRefused,
	} {
		add(gives, name, "F300", remittance.OutcomeRejected, r)
	}
	for _, name := range []string{"CancelRequestArrivedAfterTimeLimit", "GcNotReadyForRefund", "CardNotFound", "OrderNotFound", "InvalidGCIdInput"} {
		add(cancels, name, "F200", remittance.OutcomeRejected, remittance.ReasonNone)
	}
	return table
}()
