// Package page is what the pages of the pretend counterparties share: how they
// look, in which language they speak, and how they are kept from harm.
package page
