package mailbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
)

const maxBody = 64 << 10

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /mailbox/sms", s.takeSMS)
	mux.HandleFunc("GET /mailbox/api/messages", s.listAPI)
	mux.HandleFunc("GET /mailbox/api/messages/{id}", s.messageAPI)
	mux.HandleFunc("GET /mailbox/api/faults", s.faultsAPI)
	mux.HandleFunc("PUT /mailbox/api/faults", s.setFaultsAPI)
	mux.HandleFunc("GET /mailbox/{$}", s.listPage)
	mux.HandleFunc("GET /mailbox/style.css", styleSheet)
	mux.HandleFunc("GET /mailbox/{id}", s.messagePage)
	mux.HandleFunc("GET /mailbox/{id}/html", s.htmlPart)
	mux.HandleFunc("GET /mailbox/{id}/raw", s.rawMessage)
	return mux
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the reader may be gone
}

func refuse(w http.ResponseWriter, status int, why string) {
	answer(w, status, map[string]string{"error": why})
}

func (s *Server) broken(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrNotFound) {
		refuse(w, http.StatusNotFound, err.Error())
		return
	}
	s.log.Error("mailbox", "error", err)
	refuse(w, http.StatusInternalServerError, "the mailbox could not be read or written")
}

// takeSMS plays an SMS gateway.
func (s *Server) takeSMS(w http.ResponseWriter, r *http.Request) {
	var in struct{ To, Text string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, `the body must be JSON, {"to":"+81…","text":"…"}`)
		return
	}
	if !e164.MatchString(in.To) || in.Text == "" {
		refuse(w, http.StatusBadRequest, "to must be a number as +819012345678, text must not be empty")
		return
	}
	does, _ := s.faults.take(in.To, allDoes...)
	switch does {
	case Later, LaterAfter:
		refuse(w, http.StatusTooManyRequests, "sandbox: too many messages")
		return
	case Refuse, RefuseAfter:
		refuse(w, http.StatusUnprocessableEntity, "sandbox: no such number")
		return
	case CutBefore:
		panic(http.ErrAbortHandler)
	}
	id, err := s.keep(r.Context(), Message{Kind: SMS, To: in.To, Encrypted: r.TLS != nil, raw: []byte(in.Text)}, r.Header.Get("Idempotency-Key"))
	if err != nil {
		s.broken(w, err)
		return
	}
	if does == CutAfter {
		panic(http.ErrAbortHandler)
	}
	answer(w, http.StatusAccepted, map[string]string{"id": id})
}

func filterOf(r *http.Request) (Filter, error) {
	q := r.URL.Query()
	f := Filter{To: q.Get("to"), Kind: Kind(q.Get("kind")), Before: q.Get("before")}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			return Filter{}, errors.New("limit must be 1 to " + strconv.Itoa(maxLimit))
		}
		f.Limit = n
	}
	if f.Kind != "" && f.Kind != Mail && f.Kind != SMS {
		return Filter{}, errors.New("kind must be mail or sms")
	}
	return f, nil
}

func (s *Server) listAPI(w http.ResponseWriter, r *http.Request) {
	f, err := filterOf(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	messages, err := s.Messages(r.Context(), f)
	if err != nil {
		s.broken(w, err)
		return
	}
	answer(w, http.StatusOK, map[string]any{"messages": messages})
}

func (s *Server) messageAPI(w http.ResponseWriter, r *http.Request) {
	m, err := s.Message(r.Context(), r.PathValue("id"))
	if err != nil {
		s.broken(w, err)
		return
	}
	answer(w, http.StatusOK, m)
}

type faultsBody struct {
	Faults []Fault      `json:"faults"`
	Fired  map[Does]int `json:"fired"`
}

func (s *Server) faultsAPI(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, faultsBody{s.faults.current(), s.Fired()})
}

func (s *Server) setFaultsAPI(w http.ResponseWriter, r *http.Request) {
	var in faultsBody
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, `the body must be JSON, {"faults":[{"does":"refuse"}]}`)
		return
	}
	if err := s.SetFaults(in.Faults...); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.faultsAPI(w, r)
}
