// Package railtest is the one suite that every rail passes: its adapter as a
// worker has it, in front of the counterparty that the sandbox plays, over HTTP.
// What really happened is read from the counterparty's own books.
package railtest
