package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"soukin/internal/database"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
	"soukin/remittance"
)

// Server is a sandbox. Make one with [New]; it is safe for use by many
// goroutines.
type Server struct {
	db      *database.DB
	books   *books.Books
	faults  *faults.Injector
	parties map[remittance.Rail]counterparty.Counterparty
	handler http.Handler
}

// New opens the books, takes up the clock and the fault plan where they were,
// and gets ready to answer. Errors wrap [ErrOptions], [books.ErrRules],
// [ganb.ErrSettings] or [faults.ErrPlan] where a setting is wrong.
func New(ctx context.Context, o Options) (*Server, error) {
	o = o.withDefaults()
	if err := o.Settings.validate(); err != nil {
		return nil, err
	}
	if o.DBPath == "" {
		return nil, fmt.Errorf("%w: DBPath is empty, name a file", ErrOptions)
	}
	db, err := database.Open(ctx, "sqlite:"+o.DBPath)
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	s, err := open(ctx, db, o)
	if err != nil {
		_ = db.Close() // the first error matters
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	return s, nil
}

func open(ctx context.Context, db *database.DB, o Options) (*Server, error) {
	b, err := books.Open(ctx, db, books.Bank{Rules: o.Settings.Bank, Accounts: o.Settings.Accounts, Now: o.Clock, Days: o.Calendar, Directory: o.Directory})
	if err != nil {
		return nil, err
	}
	in, err := faults.Open(ctx, db, o.Settings.Faults)
	if err != nil {
		return nil, err
	}
	bank, err := ganb.New(ctx, db, b, in, o.Settings.Door, o.Logger)
	if err != nil {
		return nil, err
	}
	parties, err := openCounterparties(ctx, counterparty.Env{DB: db, Faults: in, Now: b.Now, Log: o.Logger}, o.Settings)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", bank)
	for _, p := range parties {
		p.Mount(mux)
	}
	mux.Handle("/sandbox/", onlyLoopback(&controlAPI{b, in, parties, o.Logger}))
	return &Server{db, b, in, parties, mux}, nil
}

// Handler answers for every counterparty, and for the control API under
// /sandbox/. It cuts a connection by panicking with [http.ErrAbortHandler],
// which whatever is wrapped around it must let through.
func (s *Server) Handler() http.Handler { return s.handler }

// Close ends the sandbox; what it remembers stays. No request may be running.
func (s *Server) Close() error {
	var errs []error
	for _, p := range s.parties {
		if works, ok := p.(io.Closer); ok { // beyond its answers: it sends notices
			errs = append(errs, works.Close())
		}
	}
	return errors.Join(append(errs, s.db.Close())...)
}
