// Package problem is how au PAY and the prepaid issuers of the sandbox answer
// what is no result: their documents have the same words for it.
package problem
