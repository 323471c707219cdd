package prepaid

import (
	"encoding/json"
	"errors"
	"net/http"

	"soukin/remittance"
)

// MountControl adds what tests and the demo may do:
//
//	POST /sandbox/prepaid/purchases  {"issuer":"webmoney","amount":3000,"date":"2026-08-31"}
//
// makes a purchase of a day that has come and answers it as the API does. "kind"
// is link (default) or api, "captured" false makes one that was never taken.
func (h *House) MountControl(mux *http.ServeMux) {
	mux.HandleFunc("POST /sandbox/prepaid/purchases", h.makePurchase)
}

type madeRequest struct {
	Issuer   string         `json:"issuer"`
	Amount   remittance.Yen `json:"amount"`
	Date     string         `json:"date"`
	Kind     kind           `json:"kind"`
	Captured *bool          `json:"captured"`
}

const maxControlBody = 1 << 16

func (h *House) makePurchase(out http.ResponseWriter, r *http.Request) {
	in := madeRequest{Kind: byLink}
	dec := json.NewDecoder(http.MaxBytesReader(out, r.Body, maxControlBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil || in.Kind != byLink && in.Kind != byAPI {
		reply(out, http.StatusBadRequest, map[string]string{"error": "the body must be JSON with issuer, amount, date, and if wanted kind (link or api) and captured"})
		return
	}
	p, err := h.make(r.Context(), in.Issuer, in.Amount, in.Date, in.Kind, in.Captured == nil || *in.Captured)
	switch {
	case errors.Is(err, errIssuer), errors.Is(err, errAmount), errors.Is(err, errDate):
		reply(out, http.StatusBadRequest, map[string]string{"error": err.Error()})
	case err != nil:
		h.env.Log.Error("sandbox prepaid control", "error", err)
		reply(out, http.StatusInternalServerError, map[string]string{"error": "the sandbox failed; its log says why"})
	default:
		reply(out, http.StatusOK, shown(p))
	}
}

func reply(out http.ResponseWriter, status int, body any) {
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	_ = json.NewEncoder(out).Encode(body) // the reader may be gone
}
