// Package activities is the thin layer between workflows and the world: each
// method calls a port, and [toTemporal] turns the port's error into what
// Temporal and the workflows understand. Rules of a counterparty live in its
// adapter, rules of a pattern in its workflow; neither lives here.
package activities
