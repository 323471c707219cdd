// Package counterparty is what every counterparty of the sandbox is given and
// what it shows of its books.
package counterparty
