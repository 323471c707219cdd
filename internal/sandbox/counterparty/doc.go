// Package counterparty is what every counterparty of the sandbox is given, how it
// answers calls (under the fault plan, behind a token), and what it shows of its
// books.
package counterparty
