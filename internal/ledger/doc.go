// Package ledger keeps the money: double entry, whole yen, append-only.
//
// Every merchant has a book. An entry belongs to one book, has a key that is
// unique in it for ever, and moves money between accounts so that its lines
// sum to zero. There is one constructor per event, from [Fund] to
// [LateReturn]; nothing else makes an [Entry]. [Ledger.Post] writes entries
// inside a transaction of the caller, so that money and the durable record
// move together or not at all.
//
//	event       debit                     credit
//	fund        bank:funding              merchant:<m>:available
//	hold        merchant:<m>:available    merchant:<m>:held
//	instruct    merchant:<m>:held         rail:<r>:in_flight
//	settle      rail:<r>:in_flight        rail:<r>:paid
//	give_back   rail:<r>:in_flight        merchant:<m>:held
//	release     merchant:<m>:held         merchant:<m>:available
//	late_return rail:<r>:paid             merchant:<m>:available
//	fee         merchant:<m>:fees_due     income:fees
//
// A line's amount is positive for a credit and negative for a debit. So every
// account but bank:funding and merchant:<m>:fees_due stands at zero or above.
//
// # What can not happen
//
// The money of a remittance is at one [Place] at a time and moves whole. That
// is why no two instructions of a remittance are ever in flight together, none
// is paid twice, nothing is sent after a release, and a merchant's balance
// never goes below zero. Post checks it under a lock on the book, whoever
// calls; package audit proves it again from the entries alone.
//
// Posting the same entry again changes nothing; another entry under the same
// key is [ErrConflict].
package ledger
