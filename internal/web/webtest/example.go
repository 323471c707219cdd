package webtest

import (
	"slices"
	"time"

	"soukin/internal/web"
	"soukin/remittance"
)

// Example is a refund that waits for its recipient, as of now.
func Example(now time.Time) web.View {
	return web.View{
		Ref:      remittance.Ref{Merchant: "tokyo-ticket", Remittance: "REFUND-2026-000123"},
		Sender:   "東京チケット",
		Purpose:  "11月3日 日比谷公演の中止による払い戻し",
		Amount:   12800,
		Status:   remittance.AwaitingRecipient,
		Reason:   remittance.WaitsForRecipient,
		Created:  now.Add(-time.Hour),
		Deadline: now.Add(14 * 24 * time.Hour),
		Updated:  now.Add(-time.Hour),
		Open:     true,
		Ways:     []web.Way{{Rail: remittance.RailBank, Limit: 1_000_000, Available: true}},
		Contact:  web.Contact{Phone: "03-0000-0000", Mail: "help@ticket.example", URL: "https://ticket.example/help", Hours: "平日 10:00-18:00"},
	}
}

// Choice is the example with every way on its link; gift cards have the form.
// Its amount is over no limit.
func Choice(now time.Time, form remittance.GiftForm) web.View {
	v := Example(now)
	v.Ways = []web.Way{
		{Rail: remittance.RailBank, Limit: 1_000_000, Available: true},
		{Rail: remittance.RailATM, Limit: 100_000, Available: true},
		{Rail: remittance.RailAmazon, Form: form, Limit: 500_000, Available: true},
		{Rail: remittance.RailAuPay, Limit: 500_000, Available: true},
	}
	return v
}

// Only leaves one way on a link.
func Only(v web.View, rail remittance.Rail) web.View {
	v.Ways = slices.DeleteFunc(slices.Clone(v.Ways), func(w web.Way) bool { return w.Rail != rail })
	return v
}

// Returned makes a remittance one whose transfer came back and that may be
// named again.
func Returned(v *web.View, why remittance.Reason, now time.Time) {
	Failed(v, remittance.RailBank, why, now)
	v.Status = remittance.Returned
}

// Failed makes a remittance one whose way did not succeed and that may be chosen
// again.
func Failed(v *web.View, rail remittance.Rail, why remittance.Reason, now time.Time) {
	v.Status, v.Reason, v.Open, v.Failed = remittance.AwaitingRecipient, why, true, &web.Failure{Rail: rail, Reason: why}
	v.Rail, v.Form, v.Cash, v.Code = "", "", nil, false
	v.Deadline, v.Updated, v.Designated = now.Add(14*24*time.Hour), now, time.Time{}
}

// Issued makes a remittance one whose numbers for the ATM are out.
func Issued(v *web.View, now time.Time) {
	v.Status, v.Reason, v.Open, v.Failed = remittance.AwaitingRecipient, remittance.WaitsForWithdrawal, false, nil
	v.Rail, v.Updated = remittance.RailATM, now
	v.Cash = &web.Cash{Until: now.Add(15 * 24 * time.Hour), ReissuesLeft: Reissues}
}

// Settled makes a remittance one that arrived by a way.
func Settled(v *web.View, rail remittance.Rail, form remittance.GiftForm, now time.Time) {
	v.Status, v.Reason, v.Open, v.Failed, v.Cash = remittance.Paid, remittance.ReasonNone, false, nil, nil
	v.Rail, v.Form, v.Code = rail, form, form == remittance.GiftCode
	v.Designated, v.Updated = now.Add(-time.Minute), now
}
