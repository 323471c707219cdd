package contract

import (
	"time"

	"soukin/remittance"
)

// Order is what a merchant asked for, after validation: no personal data, the
// payee is a vault id.
type Order struct {
	remittance.Ref
	Pattern remittance.Pattern `json:"pattern"`
	Amount  remittance.Yen     `json:"amount"`
	// Fee is due for each attempt the rail executes, billed monthly and never
	// netted from the amount.
	Fee     remittance.Yen       `json:"fee"`
	Account remittance.AccountID `json:"account"`
	// RequestHash tells a repeated order (same id, same body) from a conflicting
	// one. It is keyed, so that it says nothing about the body.
	RequestHash string `json:"request_hash"`
}

// State is where a remittance stands: the workflow's own state, the answer to
// [QueryStatus] and to updates, and the row in the durable record.
type State struct {
	remittance.Ref
	Pattern remittance.Pattern `json:"pattern"`
	Amount  remittance.Yen     `json:"amount"`
	Status  remittance.Status  `json:"status"`
	Reason  remittance.Reason  `json:"reason,omitempty"`
	// Final means that nothing further happens by itself and the hold is gone.
	Final          bool                 `json:"final"`
	Seq            int                  `json:"seq"`        // of the latest step, from 1
	Generation     int                  `json:"generation"` // of the instruction, from 1
	Account        remittance.AccountID `json:"account,omitempty"`
	RailRef        string               `json:"rail_ref,omitempty"` // the rail's own number
	Code           string               `json:"code,omitempty"`     // the rail's own code for Reason
	Deadline       *time.Time           `json:"deadline,omitempty"` // until when it waits
	NeedsAttention bool                 `json:"needs_attention"`
	// Shortfall is how much the balance lacked when the hold was last tried.
	Shortfall remittance.Yen `json:"shortfall,omitempty"`
	// OpenedAt is when the order was recorded: no instruction is older.
	OpenedAt time.Time `json:"opened_at,omitzero"`
	// Inherited means that another execution opened it: what that one may have
	// sent is unknown, so an enquiry comes before any instruction.
	Inherited bool `json:"inherited,omitempty"`
	// Rail is the rail of the latest instruction, or of the only way; a choice has
	// none before its recipient has picked.
	Rail remittance.Rail `json:"rail,omitempty"`
	// InFlight means that a rail may pay it: it was instructed, and neither settled
	// nor given back. With awaiting_recipient it means that ATM numbers are out.
	InFlight bool `json:"in_flight,omitempty"`
	// Instructed is the latest generation that was given to a rail, 0 before the first.
	Instructed int `json:"instructed,omitempty"`
	// Ways are what the recipient may choose from now, in the order of the page.
	Ways []remittance.Rail `json:"ways,omitempty"`
}

// WaitsFor says what an open remittance waits for, as one of the Waits reasons;
// a final one waits for nothing.
func (s State) WaitsFor() remittance.Reason {
	switch {
	case s.Final:
		return remittance.ReasonNone
	case s.NeedsAttention && s.Status != remittance.AwaitingRecipient:
		return remittance.WaitsForOperator
	case s.Status == remittance.Processing && s.Reason == remittance.WaitsForApproval:
		return remittance.WaitsForApproval
	}
	switch s.Status {
	case remittance.AwaitingFunds:
		return remittance.WaitsForFunds
	case remittance.AwaitingRecipient:
		if s.InFlight {
			return remittance.WaitsForWithdrawal
		}
		return remittance.WaitsForRecipient
	case remittance.Checking:
		return remittance.WaitsForEnquiry
	case remittance.Sent:
		return remittance.WaitsForFinality
	case remittance.Returned:
		return remittance.WaitsForCorrection
	default:
		return remittance.WaitsForRail
	}
}

// Posting is a movement of money that belongs to a step.
type Posting string

// The postings, see docs/ledger.md for accounts.
const (
	PostHold     Posting = "hold"      // available → held
	PostInstruct Posting = "instruct"  // held → in flight, committed before the call
	PostGiveBack Posting = "give_back" // in flight → held: refused or returned
	PostRelease  Posting = "release"   // held → available
	PostSettle   Posting = "settle"    // in flight → paid
	PostFee      Posting = "fee"       // the fee of an executed attempt becomes due
)

// OpenInput opens a remittance in the durable record.
type OpenInput struct {
	Order Order     `json:"order"`
	At    time.Time `json:"at"`
	// Owner is the first run id of the workflow. A remittance that another
	// owner opened (its workflow was terminated or outlived its retention) comes
	// back marked as inherited.
	Owner string `json:"owner"`
	// HoldOnly takes the money without instructing a rail: the recipient has
	// still to say where it goes. With enough funds the remittance then stands at
	// awaiting_recipient until RecipientDeadline.
	HoldOnly          bool      `json:"hold_only,omitempty"`
	RecipientDeadline time.Time `json:"recipient_deadline,omitzero"`
	// FundingDeadline is stored when the balance is short.
	FundingDeadline time.Time `json:"funding_deadline"`
	// Ways are what the recipient may choose from.
	Ways []remittance.Rail `json:"ways,omitempty"`
}

// Move is one step of one remittance: the status change, its reason and the
// money that moves with it, committed together or not at all. Seq makes it
// idempotent: the same move again changes nothing, another move under the same
// Seq is a conflict.
type Move struct {
	remittance.Ref
	Seq  int               `json:"seq"`
	From remittance.Status `json:"from"`
	// To may equal From: a note on the timeline that changes reason, deadline or
	// attention but not the status.
	To             remittance.Status    `json:"to"`
	Reason         remittance.Reason    `json:"reason,omitempty"`
	Actor          remittance.Actor     `json:"actor"`
	At             time.Time            `json:"at"`
	Final          bool                 `json:"final"`
	Generation     int                  `json:"generation"`
	Account        remittance.AccountID `json:"account,omitempty"`
	RailRef        string               `json:"rail_ref,omitempty"`
	Code           string               `json:"code,omitempty"`
	Deadline       *time.Time           `json:"deadline,omitempty"`
	NeedsAttention bool                 `json:"needs_attention"`
	Evidence       string               `json:"evidence,omitempty"` // an operator's words, kept on the timeline
	Note           string               `json:"note,omitempty"`     // a code for what else happened ("link sent by mail")
	Postings       []Posting            `json:"postings,omitempty"`
	// Rail and Fee are those of the instruction in force, or of the one that this
	// step makes; an empty rail is none yet.
	Rail remittance.Rail `json:"rail,omitempty"`
	Fee  remittance.Yen  `json:"fee,omitempty"`
	// Ways are what the recipient may choose from after this step.
	Ways []remittance.Rail `json:"ways,omitempty"`
}

// OwnerInput asks whether the asking run is the one that opened the remittance.
type OwnerInput struct {
	Owner string `json:"owner"`
}

// OwnerResult is false in a run that an operator's reset made: what earlier
// runs sent is then unknown.
type OwnerResult struct {
	FirstRun bool `json:"first_run"`
}

// MoveResult says whether the move was committed. A hold that the balance does
// not cover commits nothing and reports how many yen are missing.
type MoveResult struct {
	Shortfall remittance.Yen `json:"shortfall,omitempty"`
}
