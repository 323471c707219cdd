// Package control is the control API of the sandbox: its JSON bodies and a
// client for it. The API lives under /sandbox/, answers loopback addresses only
// and is no part of any counterparty: it moves the clock, lets money arrive,
// approves what waits, sets the fault plan and shows the books. Tests and the
// command line use it.
//
// Bodies carry no payee's name or account number.
package control
