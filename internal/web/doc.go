// Package web holds the HTTP handlers of the gateway: at present the health
// endpoints, which the worker and the sandbox serve too.
package web
