// Package bearer makes calls to counterparties that know us by a bearer token
// and speak JSON under a document of ours (au PAY, the issuers of prepaid
// cards). It decides what the document says of every call alike: what a refused
// token, a full door and an unreadable answer mean. What an answer means for
// money is each rail's own business.
package bearer
