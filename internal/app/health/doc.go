// Package health serves the health endpoints of every process, apart from the
// gateway's pages so that no worker carries those.
package health
