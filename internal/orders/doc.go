// Package orders is where an order is taken, whichever door it came through:
// the command line and the API call the same [Service].
//
// Taking an order validates it, prices it, puts the payee into the vault, and
// starts the workflow that owns the remittance from then on, or finds the one
// that already does. The same order given again gives the same remittance; the
// same remittance_id with another body is a conflict.
//
// Whatever is refused is refused as an [*Error], or as [Faults] where several
// things are wrong at once: a stable code and rule for programs, and sentences
// in Japanese and English for people. docs/errors.md lists them.
package orders
