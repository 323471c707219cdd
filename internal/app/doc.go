// Package app builds every process from its settings: the Temporal client, the
// worker, the gateway and the sandbox. The mains, the demo and the integration
// tests all call the same functions, so what is tested is what runs.
//
// A process is a group of actors with one order of ending: stop taking new
// work, let running work finish, close the connections, close the database.
package app
