// Package remittance is the vocabulary of Soukin: what is sent, the states it
// passes through, what a counterparty may have done with an instruction, and
// why. Everything else in the project speaks these types.
//
// The package depends on the standard library only, so that workflows,
// adapters, the command line and the pages can share it without dragging
// anything along.
//
// # The life of a remittance
//
//	accepted ─▶ awaiting_funds ─▶ awaiting_recipient ─▶ processing ─▶ sent ─▶ paid
//	                                                     │  ▲          │
//	                                                     ▼  │          ▼
//	                                                   checking     returned ─▶ processing (new details)
//
// failed, cancelled and expired end a remittance and release its hold.
// [Transition] is the only judge of which step may follow which.
package remittance
