package prepaid

import (
	"context"
	"errors"
	"net/http"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/problem"
	"soukin/remittance"
)

type purchaseRequest struct {
	OrderID    string         `json:"order_id"`
	Issuer     string         `json:"issuer"`
	CardNumber string         `json:"card_number"`
	Amount     remittance.Yen `json:"amount"`
}

// purchaseAnswer names no card: the purchase stands for it.
type purchaseAnswer struct {
	PurchaseID      string         `json:"purchase_id"`
	Issuer          string         `json:"issuer"`
	Amount          remittance.Yen `json:"amount"`
	Refunded        remittance.Yen `json:"refunded"`
	PurchasedAt     string         `json:"purchased_at"`
	RefundableUntil string         `json:"refundable_until"`
	Partial         bool           `json:"partial"`
	Kind            kind           `json:"kind"`
	Captured        bool           `json:"captured"`
}

func shown(p purchase) purchaseAnswer {
	return purchaseAnswer{
		PurchaseID: p.ID, Issuer: p.Issuer.Code, Amount: p.Amount, Refunded: p.Refunded, PurchasedAt: p.At.In(calendar.JST).Format(time.RFC3339),
		RefundableUntil: p.Issuer.lastDay(p.At), Partial: p.Issuer.Partial, Kind: p.Kind, Captured: p.Captured,
	}
}

// postPurchase is a payment of the API type: the shop asked for the card's number
// itself.
func (h *House) postPurchase(ctx context.Context, r counterparty.Request) counterparty.Answer {
	var in purchaseRequest
	if err := r.Decode(&in); err != nil {
		return invalid("body", "must be JSON with order_id, issuer, card_number and amount, and nothing else")
	}
	p, err := h.pay(ctx, order{in.OrderID, in.Issuer, in.CardNumber, in.Amount, byAPI})
	for known, field := range map[error]string{errIssuer: "issuer", errCard: "card_number", errOrder: "order_id", errAmount: "amount"} {
		if errors.Is(err, known) {
			return problem.Invalid(field, known.Error())
		}
	}
	switch {
	case errors.Is(err, errShort):
		return problem.Refuse(http.StatusUnprocessableEntity, "BALANCE", errShort.Error())
	case errors.Is(err, errConflict):
		return problem.Conflict("order_id", "the order_id was used with another body")
	case err != nil:
		return h.failed(err)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: shown(p)}
}

func (h *House) getPurchase(ctx context.Context, r counterparty.Request) counterparty.Answer {
	p, err := h.look(ctx, r.PathValue("issuer"), r.PathValue("purchase_id"))
	switch {
	case errors.Is(err, errNone):
		return problem.NotFound("the issuer knows no such purchase")
	case err != nil:
		return h.failed(err)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: shown(p)}
}
