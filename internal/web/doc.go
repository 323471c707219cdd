// Package web is what people and machines see of the gateway over HTTP.
//
//   - [Health] serves the probes, for the worker and the sandbox too.
//   - [Pages] serves the pages on which a recipient chooses how to have their
//     money and says where it goes, and later sees where it is.
//
// # Pages
//
// A page is reached by a link that holds a secret token. The pages keep no
// session and set no cookie: what a person typed travels in hidden fields from
// one form to the next, never in an address. Reading a page changes nothing,
// because mail scanners open links before people do. Everything works without
// JavaScript; the one script adds search while typing, the name as the bank
// will see it, and a way back that loses nothing. What is worth money to whoever
// reads it, ATM numbers and gift codes, is shown in answer to a form alone.
//
// What the pages know of remittances they ask of the [Remittances] port.
package web
