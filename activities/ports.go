package activities

import (
	"context"
	"time"

	"soukin/contract"
	"soukin/remittance"
)

// Books is our own durable record and ledger, moved together in one database
// transaction.
type Books interface {
	// Open records an order and, where the balance allows, holds and instructs
	// in the same transaction (status processing); else it records
	// awaiting_funds. An order already open comes back as it stands.
	// Errors: ErrConflict when the id is taken by another body.
	Open(ctx context.Context, in contract.OpenInput) (contract.State, error)
	// Move commits one step. Errors: ErrConflict when the sequence number is
	// taken by another step, or the step or its postings are not allowed.
	Move(ctx context.Context, m contract.Move) (contract.MoveResult, error)
}

// Rail is one counterparty that money goes through. Every adapter has the same
// methods, and one suite proves all of them. Every method returns only
// *remittance.RailError.
type Rail interface {
	// Submit sends one instruction under its key. Secrets in the answer are kept
	// by the adapter, never returned. Outcomes: all.
	Submit(ctx context.Context, in Instruction) (contract.SubmitResult, error)
	// State enquires by the rail's own number. What does not fit the instruction
	// is Unknown, never a state. Outcomes: NotSent, RateLimited, Misconfigured,
	// Unknown (an enquiry moves no money, so all mean "ask again").
	State(ctx context.Context, in Instruction, railRef string) (contract.RailState, error)
	// Find enquires by what Submit left of the key, from the day of the
	// instruction on. StageNotFound means that the rail certainly never received
	// it, which it cannot mean before the given instant; until then, and wherever
	// the rail does not show everything, the stage is unknown. On a rail that can
	// only be asked by sending the same request again, Find does that, unless
	// in.LookOnly.
	Find(ctx context.Context, in Instruction, visibleAfter time.Time) (contract.RailState, error)
	// Cancel asks the rail to call it off. Outcomes: Rejected means too late.
	Cancel(ctx context.Context, in Instruction, railRef string) error
	// FinalAfter is the instant after which money executed at the given instant no
	// longer comes back by itself. Rails that only settle are never asked.
	FinalAfter(executed time.Time) time.Time
}

// Reissuer is a rail whose secrets can be replaced: the ATM network's numbers.
type Reissuer interface {
	// Reissue ends the numbers that are out and keeps new ones. The same n gives
	// the same numbers. Outcomes: all; Rejected means that it is over.
	Reissue(ctx context.Context, in Instruction, railRef string, n int) (contract.SubmitResult, error)
}

// Instruction is what a rail's adapter needs. The destination is resolved from
// the vault inside the adapter, so that details never pass through a workflow.
type Instruction struct {
	Key     remittance.Key
	Amount  remittance.Yen
	Account remittance.AccountID // empty for cash and gift codes
	// At is when the money of this generation went in flight. Its day is the day
	// of a bank transfer: a retry after midnight must not be another request.
	At time.Time
	// Form is set for a gift card, Until for cash.
	Form  remittance.GiftForm
	Until time.Time
	// LookOnly: see [Rail].Find.
	LookOnly bool
}

// Notifier tells recipients. Where a notice carries a link, the notifier makes
// the link itself: the token exists only in the message and, hashed, in our
// database, never in a workflow.
type Notifier interface {
	// Notify sends one notice by every way the contact has, and says by which it
	// went out. Outcomes: NotSent and RateLimited (retried), Rejected (the
	// address does not exist), Misconfigured, Unknown (it may have gone out).
	Notify(ctx context.Context, in contract.NoticeInput) (contract.NoticeResult, error)
}
