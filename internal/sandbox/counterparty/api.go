package counterparty

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"soukin/internal/sandbox/faults"
)

const maxBody = 1 << 20

// API answers the calls of one counterparty under the fault plan.
type API struct {
	Env
	Name string
	// Refuse answers in the counterparty's own words what the plan turns away:
	// RateLimited, Maintenance and ServerError.
	Refuse func(faults.Kind) Answer
}

// Request is a call with its body read.
type Request struct {
	*http.Request
	Raw []byte
}

// Decode reads the body as JSON and refuses fields that it does not know.
func (r Request) Decode(into any) error {
	dec := json.NewDecoder(bytes.NewReader(r.Raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// Answer is what is sent back. Lost cuts the connection instead.
type Answer struct {
	Status int
	Header http.Header
	Body   any // sent as JSON; nil for none
	Lost   bool
}

// Do answers one call.
type Do func(context.Context, Request) Answer

// Handle makes the handler of one call. identity names the call to the fault
// plan, by its idempotency key or its content; do answers it and runs to its end
// although the client may go away.
func (a API) Handle(identity func(Request) string, do Do) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		raw, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		r := Request{req, raw}
		answer, err := faults.Strike(context.WithoutCancel(req.Context()), a.Faults, faults.Call[Answer]{
			Identity: a.Name + " " + req.Method + " " + identity(r), Mutates: req.Method != http.MethodGet, Client: req.Context(),
			Do:     func(ctx context.Context) Answer { return do(ctx, r) },
			Refuse: a.Refuse,
			Lose: func(answer Answer) Answer {
				answer.Lost = true
				return answer
			},
			Fired: func(kind faults.Kind) {
				a.Log.Info("sandbox fault", "counterparty", a.Name, "kind", string(kind), "route", req.Pattern)
			},
		})
		if err != nil {
			a.Log.Error("sandbox", "counterparty", a.Name, "route", req.Pattern, "error", err)
			answer = a.Refuse(faults.ServerError)
		}
		a.send(w, req, answer)
	})
}

func (a API) send(w http.ResponseWriter, req *http.Request, answer Answer) {
	if answer.Lost {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	if answer.Body == nil {
		w.WriteHeader(answer.Status)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(answer.Status)
	if err := json.NewEncoder(w).Encode(answer.Body); err != nil {
		a.Log.Warn("sandbox could not send its answer", "counterparty", a.Name, "route", req.Pattern, "error", err)
	}
}
