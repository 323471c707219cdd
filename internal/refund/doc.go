// Package refund says until when an issuer of prepaid cards takes a purchase
// back, and whether it takes back a part of one. It is arithmetic on days in
// Japan; whether a purchase exists and what is left of it only the issuer knows.
package refund
