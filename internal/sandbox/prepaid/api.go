package prepaid

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/page"
	"soukin/internal/sandbox/problem"
	"soukin/remittance"
)

// BasePath is where the API begins.
const BasePath = "/prepaid/v1"

//go:embed openapi.yaml
var document []byte

// Document is the OpenAPI document of the API.
func Document() []byte { return document }

var refundIDForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,80}$`)

// Mount adds the API, its document and the pages.
func (h *House) Mount(mux *http.ServeMux) {
	door := func(do counterparty.Do) counterparty.Do {
		return counterparty.Bearer(h.set.Token, problem.Unauthorized(), do)
	}
	mux.Handle("POST "+BasePath+"/refunds", h.api.Handle(sentID, door(h.postRefund)))
	mux.Handle("GET "+BasePath+"/refunds/{refund_id}", h.api.Handle(pathID, door(h.getRefund)))
	mux.Handle("POST "+BasePath+"/purchases", h.api.Handle(sentID, door(h.postPurchase)))
	mux.Handle("GET "+BasePath+"/purchases/{issuer}/{purchase_id}", h.api.Handle(pathID, door(h.getPurchase)))
	mux.HandleFunc("GET /prepaid/openapi.yaml", counterparty.Document(document))
	mux.HandleFunc("GET /prepaid", h.lookPage)
	mux.HandleFunc("GET /prepaid/pay", h.payPage)
	mux.HandleFunc("POST /prepaid/pay", h.payOnPage)
	mux.HandleFunc("GET /prepaid/style.css", page.Stylesheet(accent))
}

func pathID(r counterparty.Request) string { return r.URL.Path }

// sentID names a call to the fault plan: by its id, or by what else was sent.
func sentID(r counterparty.Request) string {
	var in struct {
		RefundID string `json:"refund_id"`
		OrderID  string `json:"order_id"`
	}
	if json.Unmarshal(r.Raw, &in) == nil && in.RefundID+in.OrderID != "" {
		return r.URL.Path + " " + in.RefundID + in.OrderID
	}
	return r.URL.Path + " " + string(r.Raw)
}

// turnedAway answers what a fault plan keeps from being looked at.
func turnedAway(kind faults.Kind) counterparty.Answer {
	return problem.TurnedAway(kind, "the issuer failed")
}

func invalid(field, rule string) counterparty.Answer { return problem.Invalid(field, field+" "+rule) }

func (h *House) failed(err error) counterparty.Answer {
	h.env.Log.Error("sandbox prepaid", "error", err)
	return turnedAway(faults.ServerError)
}

type refundRequest struct {
	RefundID   string         `json:"refund_id"`
	Issuer     string         `json:"issuer"`
	PurchaseID string         `json:"purchase_id"`
	Amount     remittance.Yen `json:"amount"`
}

func (in refundRequest) check() (field, rule string) {
	switch {
	case !refundIDForm.MatchString(in.RefundID):
		return "refund_id", "must be 1 to 80 of A-Z, a-z, 0-9, dot and hyphen"
	case in.Issuer == "" || len(in.Issuer) > 40:
		return "issuer", "must be 1 to 40 characters"
	case in.PurchaseID == "" || len(in.PurchaseID) > 80:
		return "purchase_id", "must be 1 to 80 characters"
	case in.Amount < 1 || in.Amount > mostYen:
		return "amount", "must be whole yen from 1 to 9999999"
	}
	return "", ""
}

type refundAnswer struct {
	RefundID   string         `json:"refund_id"`
	Issuer     string         `json:"issuer"`
	PurchaseID string         `json:"purchase_id"`
	State      refundState    `json:"state"`
	Reason     refusal        `json:"reason,omitempty"`
	Amount     remittance.Yen `json:"amount"`
	RefundNo   string         `json:"refund_no,omitempty"`
	RefundedAt string         `json:"refunded_at,omitempty"`
}

func answerOf(r refund) counterparty.Answer {
	body := refundAnswer{r.ID, r.Issuer, r.Purchase, r.State, r.Reason, r.Amount, r.RefundNo, ""}
	if !r.RefundedAt.IsZero() {
		body.RefundedAt = r.RefundedAt.In(calendar.JST).Format(time.RFC3339)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: body}
}

func (h *House) postRefund(ctx context.Context, r counterparty.Request) counterparty.Answer {
	var in refundRequest
	if err := r.Decode(&in); err != nil {
		return invalid("body", "must be JSON with refund_id, issuer, purchase_id and amount, and nothing else")
	}
	if field, rule := in.check(); field != "" {
		return invalid(field, rule)
	}
	magic := magicOf(in.PurchaseID)
	n, err := h.attempt(ctx, magic, in.RefundID)
	if err != nil {
		return h.failed(err)
	}
	if n == 1 && (magic.cut || magic.first != nil) {
		return h.metFirst(ctx, magic)
	}
	done, err := h.refund(ctx, refund{ID: in.RefundID, Issuer: in.Issuer, Purchase: in.PurchaseID, Amount: in.Amount})
	switch {
	case errors.Is(err, errConflict):
		return problem.Conflict("refund_id", "the refund_id was used with another body")
	case err != nil:
		return h.failed(err)
	}
	answer := answerOf(done)
	if done.State == refunded && magic.loses.At(n) {
		answer.Lost = true
		if err := h.struck(ctx, magic); err != nil {
			return h.failed(err)
		}
	}
	return answer
}

// attempt numbers the calls for a magic purchase under one refund_id, from 1.
func (h *House) attempt(ctx context.Context, m Magic, refundID string) (int, error) {
	if m.Name == "" {
		return 0, nil
	}
	return h.env.Faults.MagicAttempt(ctx, "prepaid refund "+refundID)
}

// metFirst is what the first call for a magic purchase meets, before anything
// happens.
func (h *House) metFirst(ctx context.Context, m Magic) counterparty.Answer {
	if err := h.struck(ctx, m); err != nil {
		return h.failed(err)
	}
	if m.cut {
		return counterparty.Answer{Lost: true}
	}
	return m.first()
}

func (h *House) getRefund(ctx context.Context, r counterparty.Request) counterparty.Answer {
	found, err := h.find(ctx, r.PathValue("refund_id"))
	switch {
	case errors.Is(err, errNone):
		return problem.NotFound("no refund with this id was received")
	case err != nil:
		return h.failed(err)
	}
	return answerOf(found)
}
