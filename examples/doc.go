// Package examples ships files to try Soukin with.
//
// remittances.csv is what the demo sends: payees at megabanks, regional banks, a
// credit union and Japan Post Bank, names with dakuten, small kana and long
// vowels, companies with their legal form in kanji; four orders that must be
// refused before anything is held, one that the bank refuses, one that comes
// back after it was sent, one whose answer is lost on the way, and one that has
// to wait for funds.
//
// links.csv has recipients who name the account themselves: with and without a
// code, in both languages, one who must correct the name, one whose first account
// the bank refuses, one who never looks, one who declines, and one who is too
// late. Its notes say what the demo lets them do.
//
// Names, addresses and accounts are invented; the numbers from 9000001 on are the
// sandbox's magic values (docs/sandbox.md).
package examples

import _ "embed" // the files are part of the program

// Remittances is remittances.csv: its columns are those of 'starter send', and
// "expect" says how each row must end.
//
//go:embed remittances.csv
var Remittances []byte

// Links is links.csv: remittances whose recipients name the account. Sent after
// one another with remittances.csv they are what the demo shows.
//
//go:embed links.csv
var Links []byte
