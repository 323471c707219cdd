package contract

import "soukin/remittance"

// Workflow types.
const (
	WorkflowBankTransfer  = "BankTransfer"
	WorkflowAccountLink   = "AccountLink"
	WorkflowATMCash       = "ATMCash"
	WorkflowGiftCard      = "GiftCard"
	WorkflowAuPay         = "AuPay"
	WorkflowPrepaidRefund = "PrepaidRefund"
	WorkflowChoice        = "Choice"
)

// Workflow gives the workflow type of a pattern.
func Workflow(p remittance.Pattern) string {
	return map[remittance.Pattern]string{
		remittance.BankTransfer: WorkflowBankTransfer, remittance.AccountLink: WorkflowAccountLink, remittance.ATMCash: WorkflowATMCash,
		remittance.GiftCard: WorkflowGiftCard, remittance.AuPay: WorkflowAuPay, remittance.PrepaidRefund: WorkflowPrepaidRefund,
		remittance.Choice: WorkflowChoice,
	}[p]
}

// RailActivities are the activity types of one counterparty, each on its own
// queue. They are names an operator reads in the Web UI.
type RailActivities struct{ Submit, Enquire, Cancel string }

// ActivitiesOf gives the activity types of a rail.
func ActivitiesOf(r remittance.Rail) RailActivities {
	what := map[remittance.Rail]string{
		remittance.RailBank: "BankTransfer", remittance.RailATM: "ATMNumbers", remittance.RailAmazon: "GiftCard",
		remittance.RailAuPay: "AuPayCharge", remittance.RailPrepaid: "PrepaidRefund",
	}[r]
	return RailActivities{"Submit" + what, "Enquire" + what, "Cancel" + what}
}

// ActivityReissueNumbers replaces ATM numbers, on the ATM network's queue.
const ActivityReissueNumbers = "ReissueATMNumbers"

// Updates. Each is answered by the workflow, which is the only judge of races.
const (
	UpdateAccept  = "accept"  // start and get the first answer in one round trip
	UpdateCancel  = "cancel"  // the merchant calls it off
	UpdateCorrect = "correct" // new account details after a refusal or return
	UpdateResolve = "resolve" // an operator records, on evidence, what really happened

	UpdateDesignate     = "designate"      // the recipient names the account
	UpdateDecline       = "decline"        // the recipient does not want the money
	UpdateResend        = "resend"         // the link goes out again
	UpdateExtend        = "extend"         // a later deadline
	UpdateChangeContact = "change-contact" // another mail address or telephone number
	UpdateReissue       = "reissue"        // new ATM numbers for lost or locked ones
)

// QueryStatus returns a [State].
const QueryStatus = "status"

// Signals are hints: a workflow that misses one finds out by itself later.
const (
	SignalFunds      = "funds-arrived" // the merchant's balance grew
	SignalRailNotice = "rail-notice"   // the rail says something changed: enquire now
)

// QueueMain carries workflows and the activities on our own database.
const QueueMain = "soukin"

// QueueNotify carries mail and SMS.
const QueueNotify = "soukin.notify"

// QueueRail is the task queue of one counterparty, rate-limited as its contract says.
func QueueRail(r remittance.Rail) string { return "soukin.rail." + string(r) }

// Error types an activity may end with. Workflows decide by these and by
// nothing else; whatever is not listed means unknown.
const (
	ErrTypeRejected      = "Rejected"
	ErrTypeUnavailable   = "Unavailable"
	ErrTypeRateLimited   = "RateLimited"
	ErrTypeMisconfigured = "Misconfigured"
	ErrTypeUnknown       = "OutcomeUnknown"
	ErrTypeStillOpen     = "StillOpen" // the enquiry's answer is not the end yet; ask again
	ErrTypeConflict      = "Conflict"  // same id, other body
	ErrTypeInvalid       = "Invalid"
	ErrTypeTooLate       = "TooLate" // the step is no longer possible
)
