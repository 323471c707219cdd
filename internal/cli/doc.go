// Package cli is the command line of Soukin: the commands of starter, their
// tables and JSON, their languages and their exit codes.
//
// A command reads flags, asks one service, and shows one value, as a table for
// people or as one JSON document for programs. Messages and progress go to
// standard error, so that standard output can be piped. What a remittance is
// and may do is decided elsewhere; nothing here moves money by itself.
package cli
