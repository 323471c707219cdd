// Package demo runs a whole installation in one process, beside a real Temporal
// server, and sends a file of remittances through it.
//
// Waits that last days in production are settings; the demo shortens them and
// says so. Everything else is what production runs: the same processes, built
// by the same functions, on the same database code.
package demo
