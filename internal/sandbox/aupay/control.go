package aupay

import (
	"encoding/json"
	"errors"
	"net/http"

	"soukin/remittance"
)

// MountControl adds what tests and the demo may do to members:
//
//	GET  /sandbox/aupay/members?after=        those that anything happened to
//	GET  /sandbox/aupay/members/{number}
//	PUT  /sandbox/aupay/members/{number}      a [Change]
//	POST /sandbox/aupay/members/{number}/spend  {"amount":500000}
func (w *Wallet) MountControl(mux *http.ServeMux) {
	mux.HandleFunc("GET /sandbox/aupay/members", w.listMembers)
	mux.HandleFunc("GET /sandbox/aupay/members/{number}", w.showMember)
	mux.HandleFunc("PUT /sandbox/aupay/members/{number}", w.changeMember)
	mux.HandleFunc("POST /sandbox/aupay/members/{number}/spend", w.spendMember)
}

func (w *Wallet) listMembers(out http.ResponseWriter, r *http.Request) {
	found, err := w.members(r.Context(), r.FormValue("after"))
	next := ""
	if len(found) == membersPage {
		next = found[len(found)-1].Number
	}
	w.reply(out, struct {
		Members []Member `json:"members"`
		Next    string   `json:"next,omitempty"`
	}{found, next}, err)
}

func (w *Wallet) showMember(out http.ResponseWriter, r *http.Request) {
	m, _, err := w.history(r.Context(), r.PathValue("number"))
	w.reply(out, m, err)
}

func (w *Wallet) changeMember(out http.ResponseWriter, r *http.Request) {
	var c Change
	if err := read(out, r, &c); err != nil {
		w.reply(out, nil, err)
		return
	}
	m, err := w.change(r.Context(), r.PathValue("number"), c)
	w.reply(out, m, err)
}

func (w *Wallet) spendMember(out http.ResponseWriter, r *http.Request) {
	var in struct {
		Amount remittance.Yen `json:"amount"`
	}
	if err := read(out, r, &in); err != nil {
		w.reply(out, nil, err)
		return
	}
	m, err := w.spend(r.Context(), r.PathValue("number"), in.Amount)
	w.reply(out, m, err)
}

const maxControlBody = 1 << 16

var errBody = errors.New("the body cannot be read")

func read(out http.ResponseWriter, r *http.Request, into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(out, r.Body, maxControlBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errors.Join(errBody, err)
	}
	return nil
}

// statusOf is how an error is told, or 0 for one that is the sandbox's own.
func statusOf(err error) int {
	switch {
	case errors.Is(err, errUnknown):
		return http.StatusNotFound
	case errors.Is(err, errShort):
		return http.StatusConflict
	case errors.Is(err, errForm), errors.Is(err, errAmount), errors.Is(err, errBody):
		return http.StatusBadRequest
	}
	return 0
}

func (w *Wallet) reply(out http.ResponseWriter, body any, err error) {
	status := http.StatusOK
	if err != nil {
		status = statusOf(err)
		if status == 0 {
			w.env.Log.Error("sandbox au PAY control", "error", err)
			status, err = http.StatusInternalServerError, errors.New("the sandbox failed; its log says why")
		}
		body = map[string]string{"error": err.Error()}
	}
	out.Header().Set("Content-Type", "application/json")
	out.WriteHeader(status)
	_ = json.NewEncoder(out).Encode(body) // the reader may be gone
}
