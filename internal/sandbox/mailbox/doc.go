// Package mailbox is where the sandbox's recipients get their mail and their
// short messages: a real SMTP server on this machine, an HTTP endpoint that
// plays an SMS gateway, pages that a person reads on a phone, and a JSON API for
// tests and for the demo that plays the recipient.
//
//	GET  /mailbox/                  messages, newest first; ?to= for one recipient
//	GET  /mailbox/{id}              one message
//	POST /mailbox/sms               {"to":"+81…","text":"…"}, Idempotency-Key honoured: 202 {"id":"…"}
//	GET  /mailbox/api/messages      {"messages":[…]}, newest first; ?to= &kind=mail|sms &limit= &before=ID
//	GET  /mailbox/api/messages/{id} one of them
//	GET  /mailbox/api/faults        {"faults":[…],"fired":{…}}; PUT the same to change them, see [Fault]
//
// It keeps every message that it took, also one whose sender never heard so, and
// it shows everything to everybody: never expose it.
package mailbox
