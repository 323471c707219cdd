// Package demo runs a whole installation in one process, beside a real Temporal
// server, and sends remittances through it: files that show one of everything
// ([System.Play]), or a crowd of them in a storm of faults, with the worker in a
// process of its own that is killed again and again ([System.Weather]).
//
// Recipients are data: what somebody tries on their page, at the ATM, at Amazon
// or at au PAY, one thing after the other. They see no more than a browser does.
//
// Waits that last days in production are settings; the demo shortens them and
// says so. Everything else is what production runs: the same processes, built
// by the same functions, on the same database code.
package demo
