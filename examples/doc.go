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
// rails.csv has every other pattern: A- is cash at an ATM, G- an Amazon gift card,
// P- au PAY, R- a refund to a prepaid card, C- a choice. Its notes say what the
// demo lets the recipients do. Cash is withdrawn, comes too late, is locked and
// issued again, and is called off; a wallet is full; ways that fail lead back to
// the others; and four orders are refused before anything is held.
//
// Names, addresses and accounts are invented; the numbers from 9000001 on and the
// amounts 4004, 4014 and 9000 are among the sandbox's magic values
// (docs/sandbox.md).
package examples

import (
	_ "embed" // the files are part of the program
	"regexp"
	"strconv"
	"time"
)

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

//go:embed rails.csv
var rails string

// Rails is rails.csv on a given day: every pattern but those of the other files.
//
// Issuers refund for some weeks after a purchase, so the days of purchases are
// written in the file as days before today: {day-10} becomes 2026-11-11 and
// {ymd-10}, as it stands in numbers of purchases, 20261111. Days are Japan's.
func Rails(now time.Time) []byte {
	return []byte(daysAgo.ReplaceAllStringFunc(rails, func(mark string) string {
		parts := daysAgo.FindStringSubmatch(mark)
		days, err := strconv.Atoi(parts[2])
		if err != nil {
			return mark
		}
		day := now.In(japan).AddDate(0, 0, -days)
		if parts[1] == "ymd" {
			return day.Format("20060102")
		}
		return day.Format(time.DateOnly)
	}))
}

var (
	daysAgo = regexp.MustCompile(`\{(day|ymd)-([0-9]{1,4})\}`)
	japan   = time.FixedZone("JST", 9*60*60)
)
