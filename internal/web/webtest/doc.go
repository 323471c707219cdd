// Package webtest plays the remittances behind the recipient's pages, for tests
// of the pages and for looking at them without a bank.
package webtest
