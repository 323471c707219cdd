// Package contract is what is said to Temporal: the names of workflows,
// updates, signals, queries and task queues, the search attributes, and the
// inputs and outputs that travel through histories.
//
// Everything here is a wire format. A remittance may be open for weeks, so
// names never change and structs only grow: a changed or removed field breaks
// open remittances. Nothing here carries personal data; accounts and contacts
// are referred to by their vault ids.
package contract
