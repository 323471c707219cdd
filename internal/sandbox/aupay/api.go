package aupay

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
const BasePath = "/aupay/v1"

//go:embed openapi.yaml
var document []byte

// Document is the OpenAPI document of the API.
func Document() []byte { return document }

var chargeIDForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,80}$`)

// Mount adds the API, its document and the members' page.
func (w *Wallet) Mount(mux *http.ServeMux) {
	door := func(do counterparty.Do) counterparty.Do {
		return counterparty.Bearer(w.set.Token, problem.Unauthorized(), do)
	}
	mux.Handle("POST "+BasePath+"/charges", w.api.Handle(identity, door(w.postCharge)))
	mux.Handle("GET "+BasePath+"/charges/{charge_id}", w.api.Handle(func(r counterparty.Request) string { return r.PathValue("charge_id") }, door(w.getCharge)))
	mux.HandleFunc("GET /aupay/openapi.yaml", counterparty.Document(document))
	mux.HandleFunc("GET /aupay", w.memberPage)
	mux.HandleFunc("POST /aupay/spend", w.spendOnPage)
	mux.HandleFunc("POST /aupay/verify", w.verifyOnPage)
	mux.HandleFunc("GET /aupay/style.css", page.Stylesheet(accent))
}

type chargeRequest struct {
	ChargeID     string         `json:"charge_id"`
	MemberNumber string         `json:"member_number"`
	Amount       remittance.Yen `json:"amount"`
}

type chargeAnswer struct {
	ChargeID      string         `json:"charge_id"`
	State         chargeState    `json:"state"`
	Reason        refusal        `json:"reason,omitempty"`
	Amount        remittance.Yen `json:"amount"`
	TransactionNo string         `json:"transaction_no,omitempty"`
	ExecutedAt    string         `json:"executed_at,omitempty"`
}

func answerOf(c charge) counterparty.Answer {
	body := chargeAnswer{c.ID, c.State, c.Reason, c.Amount, c.TransactionNo, ""}
	if !c.ExecutedAt.IsZero() {
		body.ExecutedAt = c.ExecutedAt.In(calendar.JST).Format(time.RFC3339)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: body}
}

// turnedAway answers what a fault plan keeps from being looked at.
func turnedAway(kind faults.Kind) counterparty.Answer {
	return problem.TurnedAway(kind, "the wallet failed")
}

func invalid(field, rule string) counterparty.Answer { return problem.Invalid(field, field+" "+rule) }

func (w *Wallet) failed(err error) counterparty.Answer {
	w.env.Log.Error("sandbox au PAY", "error", err)
	return turnedAway(faults.ServerError)
}

// identity names a charge to the fault plan: by its id, or by what else was sent.
func identity(r counterparty.Request) string {
	var in chargeRequest
	if json.Unmarshal(r.Raw, &in) == nil && in.ChargeID != "" {
		return in.ChargeID
	}
	return string(r.Raw)
}

func (w *Wallet) postCharge(ctx context.Context, r counterparty.Request) counterparty.Answer {
	var in chargeRequest
	if err := r.Decode(&in); err != nil {
		return invalid("body", "must be JSON with charge_id, member_number and amount, and nothing else")
	}
	switch {
	case !chargeIDForm.MatchString(in.ChargeID):
		return invalid("charge_id", "must be 1 to 80 of A-Z, a-z, 0-9, dot and hyphen")
	case !memberForm.MatchString(in.MemberNumber):
		return invalid("member_number", "must be 16 digits")
	case in.Amount < 1 || in.Amount > mostHeld:
		return invalid("amount", "must be whole yen from 1 to 999999999")
	}
	magic := magicOf(in.MemberNumber)
	if closed, err := w.closedFor(ctx, magic, in.MemberNumber); closed || err != nil {
		if err != nil {
			return w.failed(err)
		}
		return turnedAway(faults.Maintenance)
	}
	c, err := w.charge(ctx, charge{ID: in.ChargeID, Member: in.MemberNumber, Amount: in.Amount})
	switch {
	case errors.Is(err, errConflict):
		return problem.Conflict("charge_id", err.Error())
	case err != nil:
		return w.failed(err)
	}
	answer := answerOf(c)
	if answer.Lost, err = w.loses(ctx, magic, c); err != nil {
		return w.failed(err)
	}
	return answer
}

// closedFor reports whether the first call for a magic member meets maintenance.
func (w *Wallet) closedFor(ctx context.Context, m Magic, member string) (bool, error) {
	if !m.maintenance {
		return false, nil
	}
	n, err := w.env.Faults.MagicAttempt(ctx, "aupay member "+member)
	if err != nil || n > 1 {
		return false, err
	}
	return true, w.struck(ctx, m)
}

// loses reports whether the answer to a charge of a magic member gets lost.
func (w *Wallet) loses(ctx context.Context, m Magic, c charge) (bool, error) {
	if m.loses == counterparty.LoseNever || c.State != executed {
		return false, nil
	}
	n, err := w.env.Faults.MagicAttempt(ctx, "aupay charge "+c.ID)
	if err != nil || !m.loses.At(n) {
		return false, err
	}
	return true, w.struck(ctx, m)
}

func (w *Wallet) getCharge(ctx context.Context, r counterparty.Request) counterparty.Answer {
	c, err := w.find(ctx, r.PathValue("charge_id"))
	switch {
	case errors.Is(err, errNoCharge):
		return problem.NotFound(err.Error())
	case err != nil:
		return w.failed(err)
	}
	return answerOf(c)
}
