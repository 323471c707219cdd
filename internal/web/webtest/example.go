package webtest

import (
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
		Contact:  web.Contact{Phone: "03-0000-0000", Mail: "help@ticket.example", URL: "https://ticket.example/help", Hours: "平日 10:00-18:00"},
	}
}

// Returned makes a remittance one whose transfer came back and that may be
// named again.
func Returned(v *web.View, why remittance.Reason, now time.Time) {
	v.Status, v.Reason, v.Open = remittance.Returned, why, true
	v.Deadline, v.Updated, v.Designated = now.Add(14*24*time.Hour), now, time.Time{}
}
