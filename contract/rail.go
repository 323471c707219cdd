package contract

import (
	"time"

	"soukin/remittance"
)

// BankTransferInput starts a [WorkflowBankTransfer].
type BankTransferInput struct {
	Order  Order      `json:"order"`
	Policy RailPolicy `json:"policy"`
}

// PrepaidRefundInput starts a [WorkflowPrepaidRefund]. The order's account is
// the purchase that is refunded.
type PrepaidRefundInput struct {
	Order  Order      `json:"order"`
	Policy RailPolicy `json:"policy"`
}

// RailPolicy is how patient the workflow is with one rail. It is copied from the
// settings when the order is taken, so that a later change of settings never
// changes an open remittance.
type RailPolicy struct {
	// FundingWindow is how long a short balance may delay the remittance;
	// FundingRecheck is how often it looks again in case the signal was lost.
	FundingWindow  time.Duration `json:"funding_window"`
	FundingRecheck time.Duration `json:"funding_recheck"`
	// SubmitAttempts and SubmitWindow bound the resending under one key. The
	// window must end before the rail forgets the key (the bank: 24 hours).
	SubmitAttempts int           `json:"submit_attempts"`
	SubmitWindow   time.Duration `json:"submit_window"`
	// VisibilityDelay is how long the rail may take to show an instruction in its
	// enquiries: only after it does "not found" mean "never sent".
	VisibilityDelay time.Duration `json:"visibility_delay"`
	// EnquireEvery is the pace of enquiries while the outcome is open, and
	// AttentionAfter is when an operator is asked to look.
	EnquireEvery   time.Duration `json:"enquire_every"`
	AttentionAfter time.Duration `json:"attention_after"`
	// WatchEvery is the pace of enquiries inside the finality window, and while
	// ATM numbers are out.
	WatchEvery time.Duration `json:"watch_every"`
	// CorrectionWindow is how long a refused or returned remittance keeps its
	// hold and waits for new details; 0 ends it at once.
	CorrectionWindow time.Duration `json:"correction_window"`
}

// AcceptInput is the argument of [UpdateAccept].
type AcceptInput struct {
	RequestHash string `json:"request_hash"`
}

// CancelInput is the argument of [UpdateCancel].
type CancelInput struct {
	Actor remittance.Actor `json:"actor"`
}

// CorrectInput is the argument of [UpdateCorrect]: the account to use from now on.
type CorrectInput struct {
	Account remittance.AccountID `json:"account"`
}

// ResolveInput is the argument of [UpdateResolve]. Evidence says what the
// operator saw and where ("bank statement 2026-11-20, item 12"); it must not
// name the recipient.
type ResolveInput struct {
	Executed bool   `json:"executed"`
	RailRef  string `json:"rail_ref,omitempty"`
	Evidence string `json:"evidence"`
}

// SubmitInput is one instruction to a rail. Owner is the workflow's first run
// id: after an operator's reset the run is another one, and what the first run
// sent is unknown.
type SubmitInput struct {
	Owner string `json:"owner"`
	// ProvenBy is the run whose enquiry proved that the key was never used; that
	// run may send although it is not the owner.
	ProvenBy string               `json:"proven_by,omitempty"`
	Key      remittance.Key       `json:"key"`
	Amount   remittance.Yen       `json:"amount"`
	Account  remittance.AccountID `json:"account"`
	// At dates the instruction: the same day however often it is sent.
	At time.Time `json:"at"`
	// Form is set for a gift card.
	Form remittance.GiftForm `json:"form,omitempty"`
	// Until is set for cash: the last instant at which an ATM may pay it out.
	Until time.Time `json:"until,omitzero"`
}

// SubmitResult is the rail's receipt. Secrets that came with it (ATM numbers, a
// claim code) are never in it.
type SubmitResult struct {
	RailRef        string `json:"rail_ref"`
	AwaitsApproval bool   `json:"awaits_approval,omitempty"`
	// Stage, where the answer says more than "taken": StageSettled, StageExecuted
	// or StageIssued. Empty means that an enquiry will tell.
	Stage Stage `json:"stage,omitempty"`
	// FinalAfter belongs to StageExecuted, Until to StageIssued.
	FinalAfter *time.Time `json:"final_after,omitempty"`
	Until      *time.Time `json:"until,omitempty"`
}

// EnquireInput asks the rail about one instruction. RailRef is empty when the
// answer to the instruction was lost; the key then finds it.
type EnquireInput struct {
	Key     remittance.Key       `json:"key"`
	Amount  remittance.Yen       `json:"amount"`
	Account remittance.AccountID `json:"account"`
	RailRef string               `json:"rail_ref,omitempty"`
	// SubmittedAt bounds the search by date; VisibleAfter is when "not found"
	// starts to mean "never sent".
	SubmittedAt  time.Time `json:"submitted_at"`
	VisibleAfter time.Time `json:"visible_after"`
	// Until says which answers end the asking.
	Until EnquireUntil `json:"until"`
	// Form is set for a gift card.
	Form remittance.GiftForm `json:"form,omitempty"`
	// LookOnly forbids an enquiry that would execute the instruction if it had not
	// arrived, as repeating a request at Amazon does; the answer is then unknown.
	LookOnly bool `json:"look_only,omitempty"`
	// Owner is set where asking may execute the instruction: another run than this
	// first one, which a reset made, may stand behind our books and must only look.
	Owner string `json:"owner,omitempty"`
}

// EnquireUntil is what an enquiry waits for; short of it the activity fails
// with [ErrTypeStillOpen] and its retry policy asks again, which costs no history.
type EnquireUntil string

// The stop conditions.
const (
	UntilKnown     EnquireUntil = "known"     // executed, issued, returned, not executed, or certainly never sent
	UntilNews      EnquireUntil = "news"      // known, or somebody must approve it at the bank
	UntilChanged   EnquireUntil = "changed"   // no longer plainly executed: it came back
	UntilWithdrawn EnquireUntil = "withdrawn" // ATM numbers: paid out, over, or locked
	UntilOver      EnquireUntil = "over"      // locked ATM numbers: paid out or over
	UntilAny       EnquireUntil = "any"       // whatever the answer is
)

// Stage is what a rail has done with an instruction.
type Stage string

// The stages. The empty stage is unknown.
const (
	StageUnknown     Stage = ""
	StageNotFound    Stage = "not_found"    // and the visibility delay has passed: never sent
	StageWaiting     Stage = "waiting"      // queued or in process
	StageApproval    Stage = "approval"     // somebody must approve it at the bank
	StageExecuted    Stage = "executed"     // done, provisionally
	StageRecalling   Stage = "recalling"    // executed, a recall is running
	StageReturned    Stage = "returned"     // executed and come back
	StageNotExecuted Stage = "not_executed" // ended without execution
	StageSettled     Stage = "settled"      // the recipient has it for good
	StageIssued      Stage = "issued"       // ATM numbers are out
	StageLocked      Stage = "locked"       // ATM numbers are out, but locked after wrong entries
)

// RailState is a rail's answer to an enquiry.
type RailState struct {
	Stage   Stage             `json:"stage"`
	RailRef string            `json:"rail_ref,omitempty"`
	Reason  remittance.Reason `json:"reason,omitempty"`
	Code    string            `json:"code,omitempty"`
	// AskedBy is the run that asked, for the proof that a key was never used.
	AskedBy string `json:"asked_by,omitempty"`
	// FinalAfter is set on execution: until then it may still come back. It
	// follows the calendar of bank days.
	FinalAfter *time.Time `json:"final_after,omitempty"`
	// Until is set with StageIssued and StageLocked: when the numbers end.
	Until *time.Time `json:"until,omitempty"`
}

// CancelInstructionInput asks a rail to call an instruction off.
type CancelInstructionInput struct {
	Key     remittance.Key      `json:"key"`
	Amount  remittance.Yen      `json:"amount,omitempty"`
	RailRef string              `json:"rail_ref"`
	Form    remittance.GiftForm `json:"form,omitempty"`
}

// ReissueNumbersInput asks for new ATM numbers for the same cash; the old ones
// end. N counts the reissues of the instruction, from 1, and makes it repeatable.
type ReissueNumbersInput struct {
	Key     remittance.Key `json:"key"`
	RailRef string         `json:"rail_ref"`
	N       int            `json:"n"`
}

// CancelInstructionResult says whether the rail took the cancellation. Asked is
// not cancelled: the workflow confirms by enquiry.
type CancelInstructionResult struct {
	TooLate bool   `json:"too_late"`
	Code    string `json:"code,omitempty"`
	// Done is the rail's plain yes to this very request.
	Done bool `json:"done,omitempty"`
}

// Rejection is the detail of an error of type [ErrTypeRejected]: what to tell
// people, and the rail's own code for operators.
type Rejection struct {
	Reason remittance.Reason `json:"reason"`
	Code   string            `json:"code,omitempty"`
}
