package contract

import (
	"time"

	"soukin/remittance"
)

// BankTransferInput starts a [WorkflowBankTransfer].
type BankTransferInput struct {
	Order  Order      `json:"order"`
	Policy BankPolicy `json:"policy"`
}

// BankPolicy is how patient the workflow is. It is copied from the settings
// when the order is taken, so that a later change of settings never changes an
// open remittance.
type BankPolicy struct {
	// FundingWindow is how long a short balance may delay the remittance;
	// FundingRecheck is how often it looks again in case the signal was lost.
	FundingWindow  time.Duration `json:"funding_window"`
	FundingRecheck time.Duration `json:"funding_recheck"`
	// SubmitAttempts and SubmitWindow bound the resending under one key. The
	// window must end before the bank forgets the key (24 hours).
	SubmitAttempts int           `json:"submit_attempts"`
	SubmitWindow   time.Duration `json:"submit_window"`
	// VisibilityDelay is how long the bank may take to show a transfer in its
	// enquiries: only after it does "not found" mean "never sent".
	VisibilityDelay time.Duration `json:"visibility_delay"`
	// EnquireEvery is the pace of enquiries while the outcome is open, and
	// AttentionAfter is when an operator is asked to look.
	EnquireEvery   time.Duration `json:"enquire_every"`
	AttentionAfter time.Duration `json:"attention_after"`
	// WatchEvery is the pace of enquiries inside the finality window.
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

// SubmitInput is one instruction to the bank. Owner is the workflow's first run
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
}

// SubmitResult is the bank's receipt: taken, not yet executed.
type SubmitResult struct {
	RailRef        string `json:"rail_ref"`
	AwaitsApproval bool   `json:"awaits_approval,omitempty"`
}

// EnquireInput asks the bank about one instruction. RailRef is empty when the
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
}

// EnquireUntil is what an enquiry waits for; short of it the activity fails
// with [ErrTypeStillOpen] and its retry policy asks again, which costs no history.
type EnquireUntil string

// The stop conditions.
const (
	UntilKnown   EnquireUntil = "known"   // executed, returned, not executed, or certainly never sent
	UntilNews    EnquireUntil = "news"    // known, or somebody must approve it at the bank
	UntilChanged EnquireUntil = "changed" // no longer plainly executed: it came back
	UntilAny     EnquireUntil = "any"     // whatever the answer is
)

// Stage is what the bank has done with an instruction.
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
)

// BankState is the bank's answer to an enquiry.
type BankState struct {
	Stage   Stage             `json:"stage"`
	RailRef string            `json:"rail_ref,omitempty"`
	Reason  remittance.Reason `json:"reason,omitempty"`
	Code    string            `json:"code,omitempty"`
	// AskedBy is the run that asked, for the proof that a key was never used.
	AskedBy string `json:"asked_by,omitempty"`
	// FinalAfter is set on execution: until then it may still come back. It
	// follows the calendar of bank days.
	FinalAfter *time.Time `json:"final_after,omitempty"`
}

// CancelTransferInput asks the bank to call an instruction off.
type CancelTransferInput struct {
	Key     remittance.Key `json:"key"`
	RailRef string         `json:"rail_ref"`
}

// CancelTransferResult says whether the bank took the cancellation. Asked is
// not cancelled: the workflow confirms by enquiry.
type CancelTransferResult struct {
	TooLate bool   `json:"too_late"`
	Code    string `json:"code,omitempty"`
}

// Rejection is the detail of an error of type [ErrTypeRejected]: what to tell
// people, and the rail's own code for operators.
type Rejection struct {
	Reason remittance.Reason `json:"reason"`
	Code   string            `json:"code,omitempty"`
}
