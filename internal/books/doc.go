// Package books moves the durable record and the ledger together: one step of
// one remittance, with its line on the timeline and its money, in one database
// transaction, committed whole or not at all.
//
// # Steps
//
// A remittance's steps are numbered 1, 2, 3 … without gaps. [Books.Open] makes
// the first two, [Books.Move] each further one, [Books.LateReturn] the one that
// can follow the end. The number makes a step idempotent: the same step again
// changes nothing, another step under the same number is [ErrConflict].
//
// When a step happened and until when it waits are not part of what makes it
// the same: a workflow whose worker died asks for the step again with a later
// clock.
//
// # Money
//
// Where the money of a remittance lies follows from its status:
//
//	accepted, awaiting_funds        nothing held
//	awaiting_recipient              held
//	processing, checking, sent      in flight
//	paid                            paid
//	returned, not final             held, for another try
//	returned, failed, cancelled,
//	expired, final                  released, or never held
//
// A step is allowed when its postings lead from the place of the one status to
// that of the other; see rules.go. [Audit] proves it from the stored rows.
package books
