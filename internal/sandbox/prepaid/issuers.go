package prepaid

import (
	"time"

	"soukin/internal/calendar"
)

// Issuer is who runs a kind of card, and how it refunds.
type Issuer struct {
	Code   string // on the wire
	Name   string // for people
	Prefix string // of its purchase ids
	// Months after that of the purchase, to the end of the last, or Days after the
	// day of the purchase: exactly one of the two.
	Months, Days int
	Partial      bool // takes back a part of a purchase
}

// Issuers lists the issuers that are played. The windows of WebMoney, BitCash and
// JCB PREMO are those of SB Payment Service's specifications; that of NET CASH and
// who takes back parts are made up.
func Issuers() []Issuer {
	return []Issuer{
		{Code: "webmoney", Name: "WebMoney", Prefix: "WM", Months: 3, Partial: true},
		{Code: "bitcash", Name: "BitCash", Prefix: "BC", Months: 3, Partial: true},
		{Code: "netcash", Name: "NET CASH", Prefix: "NC", Months: 3},
		{Code: "jcb-premo", Name: "JCB PREMO", Prefix: "JP", Days: 30},
	}
}

func issuerOf(code string) (Issuer, bool) {
	for _, i := range Issuers() {
		if i.Code == code {
			return i, true
		}
	}
	return Issuer{}, false
}

func issuerByPrefix(prefix string) (Issuer, bool) {
	for _, i := range Issuers() {
		if i.Prefix == prefix {
			return i, true
		}
	}
	return Issuer{}, false
}

// closes is the first moment at which a purchase is no longer refunded.
func (i Issuer) closes(purchased time.Time) time.Time {
	y, m, d := purchased.In(calendar.JST).Date()
	if i.Days > 0 {
		return time.Date(y, m, d+i.Days+1, 0, 0, 0, 0, calendar.JST)
	}
	return time.Date(y, m+time.Month(i.Months)+1, 1, 0, 0, 0, 0, calendar.JST)
}

// lastDay is the last on which a purchase is refunded, as 2006-01-02.
func (i Issuer) lastDay(purchased time.Time) string {
	return i.closes(purchased).AddDate(0, 0, -1).Format(time.DateOnly)
}
