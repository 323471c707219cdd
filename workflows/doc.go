// Package workflows holds one file per pattern of remittance, and beside them
// the steps they share. The code is deterministic: it decides, and activities
// act.
//
// A pattern is a small state machine: one method per status that waits for
// what the status waits for and then makes one move. Money and status move
// together in one transaction on our own database ([life.move]); nothing else
// changes a remittance.
//
// From an unknown outcome there is no compensation and no new key. The
// remittance is "checking" until an enquiry or an operator with evidence says
// what happened.
package workflows
