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

// BankRail is the bank's transfer API. Every method returns only
// *remittance.RailError.
type BankRail interface {
	// Submit sends one instruction under its key. Outcomes: all.
	Submit(ctx context.Context, t BankInstruction) (contract.SubmitResult, error)
	// State enquires by the bank's number. What does not fit the instruction is
	// Unknown, never a state. Outcomes: NotSent, RateLimited, Misconfigured,
	// Unknown (an enquiry moves no money, so all mean "ask again").
	State(ctx context.Context, in BankInstruction, railRef string) (contract.BankState, error)
	// Find enquires by the mark that Submit left, from the day of the instruction
	// on. StageNotFound means that the bank certainly never received it, which
	// it cannot mean before the given instant; until then, and wherever the bank
	// does not show everything, the stage is unknown.
	Find(ctx context.Context, in BankInstruction, visibleAfter time.Time) (contract.BankState, error)
	// Cancel asks the bank to call it off. Outcomes: Rejected means too late.
	Cancel(ctx context.Context, railRef string) error
	// FinalAfter is the instant after which a transfer executed at the given
	// instant no longer comes back by itself.
	FinalAfter(executed time.Time) time.Time
}

// BankInstruction is a transfer as the bank's adapter needs it. Payee is
// resolved from the vault inside the adapter, so that details never pass
// through a workflow.
type BankInstruction struct {
	Key     remittance.Key
	Amount  remittance.Yen
	Account remittance.AccountID
	// At is when the money of this generation went in flight. Its day is the day
	// of the transfer: a retry after midnight must not be another request.
	At time.Time
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
