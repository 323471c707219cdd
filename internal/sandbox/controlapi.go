package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// onlyLoopback keeps the control API from the network, and from web pages open
// in a browser on this machine.
func onlyLoopback(api *controlAPI) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sandbox/health", api.health)
	mux.HandleFunc("GET /sandbox/clock", api.clock)
	mux.HandleFunc("POST /sandbox/clock", api.advance)
	mux.HandleFunc("POST /sandbox/deposits", api.deposit)
	mux.HandleFunc("GET /sandbox/transfers", api.transfers)
	mux.HandleFunc("GET /sandbox/transfers/{apply_no}", api.transfer)
	mux.HandleFunc("POST /sandbox/transfers/{apply_no}/{decision}", api.decide)
	mux.HandleFunc("GET /sandbox/accounts", api.accounts)
	mux.HandleFunc("GET /sandbox/faults", api.showFaults)
	mux.HandleFunc("POST /sandbox/faults", api.setFaults)
	mux.HandleFunc("GET /sandbox/executions/{rail}", api.executions)
	for _, p := range api.parties {
		p.MountControl(mux)
	}
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.RemoteAddr) || !namesLoopback(r.Host) {
			api.refuse(w, r, http.StatusForbidden, errors.New("the control API answers loopback addresses only; call it from this machine"))
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

func isLoopback(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	return err == nil && net.ParseIP(host).IsLoopback()
}

// namesLoopback refuses a name of the internet that was made to resolve to this
// machine.
func namesLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

type controlAPI struct {
	books   *books.Books
	faults  *faults.Injector
	parties map[remittance.Rail]counterparty.Counterparty
	log     *slog.Logger
}

func (a *controlAPI) health(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, control.Health{Status: "ok", Now: a.books.Now()}, a.books.CatchUp(r.Context()))
}

func (a *controlAPI) clockNow() control.Clock {
	return control.Clock{Now: a.books.Now(), Moved: a.books.Moved().String()}
}

func (a *controlAPI) clock(w http.ResponseWriter, r *http.Request) {
	a.answer(w, r, a.clockNow(), nil)
}

func (a *controlAPI) advance(w http.ResponseWriter, r *http.Request) {
	var in control.Advance
	if !a.read(w, r, &in) {
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil {
		a.refuse(w, r, http.StatusBadRequest, fmt.Errorf("advance %q: write a duration as 90s or 72h", in.Advance))
		return
	}
	err = a.books.Advance(r.Context(), d)
	a.answer(w, r, a.clockNow(), err)
}

func (a *controlAPI) deposit(w http.ResponseWriter, r *http.Request) {
	var in control.Deposit
	if !a.read(w, r, &in) {
		return
	}
	if err := checkDeposit(in); err != nil {
		a.refuse(w, r, http.StatusBadRequest, err)
		return
	}
	id, err := a.accountOrPrimary(r.Context(), in.AccountID)
	if err != nil {
		a.answer(w, r, nil, err)
		return
	}
	item, err := a.books.Deposit(r.Context(), books.Deposit{AccountID: id, Amount: in.Amount, Applicant: in.Applicant, BankKana: in.BankName, BranchKana: in.BranchName, EDIInfo: in.EDIInfo})
	a.answer(w, r, control.Deposited{AccountID: id, ItemKey: item.Key, Amount: item.Amount, Balance: item.Balance}, err)
}

// mostDeposited keeps balances inside the twenty digits of the contract and far
// from the end of an integer.
const mostDeposited remittance.Yen = 999_999_999_999

func checkDeposit(d control.Deposit) error {
	if d.Amount < 1 || d.Amount > mostDeposited {
		return fmt.Errorf("amount is %d, must be from 1 to %d yen", d.Amount, mostDeposited)
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"applicant", d.Applicant, 48}, {"bank_name", d.BankName, 30}, {"branch_name", d.BranchName, 15}, {"edi_info", d.EDIInfo, 20}} {
		if n := utf8.RuneCountInString(f.value); n > f.most {
			return fmt.Errorf("%s has %d characters, must have at most %d", f.name, n, f.most)
		}
	}
	return nil
}

func (a *controlAPI) accountOrPrimary(ctx context.Context, id string) (string, error) {
	if id != "" {
		return id, nil
	}
	accounts, err := a.books.Accounts(ctx)
	if err != nil {
		return "", err
	}
	return accounts[0].ID, nil // the primary one comes first
}

func (a *controlAPI) accounts(w http.ResponseWriter, r *http.Request) {
	balances, _, err := a.books.Balances(r.Context(), "")
	out := control.Accounts{Accounts: []control.Account{}}
	for _, b := range balances {
		t, totalsErr := a.books.Totals(r.Context(), b.Account.ID)
		err = errors.Join(err, totalsErr)
		out.Accounts = append(out.Accounts, control.Account{AccountID: b.Account.ID, Balance: b.Balance, Withdrawable: b.Withdrawable,
			Opening: t.Opening, Deposits: t.Deposits, Executed: t.Executed, Fees: t.Fees, Returned: t.Returned})
	}
	a.answer(w, r, out, err)
}

func (a *controlAPI) showFaults(w http.ResponseWriter, r *http.Request) {
	fired, err := a.faults.Counts(r.Context())
	a.answer(w, r, control.Faults{Plan: a.faults.Plan(), Fired: fired}, err)
}

func (a *controlAPI) setFaults(w http.ResponseWriter, r *http.Request) {
	var plan faults.Plan
	if !a.read(w, r, &plan) {
		return
	}
	if err := a.faults.Set(r.Context(), plan); err != nil {
		a.answer(w, r, nil, err)
		return
	}
	a.showFaults(w, r)
}

func (a *controlAPI) read(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		a.refuse(w, r, http.StatusBadRequest, fmt.Errorf("body: %w", err))
		return false
	}
	return true
}

// answer sends out, or what err means.
func (a *controlAPI) answer(w http.ResponseWriter, r *http.Request, out any, err error) {
	switch {
	case err == nil:
		a.send(w, r, http.StatusOK, out)
	case errors.Is(err, books.ErrNotFound):
		a.refuse(w, r, http.StatusNotFound, err)
	case errors.Is(err, books.ErrState):
		a.refuse(w, r, http.StatusConflict, err)
	case errors.Is(err, books.ErrClock), errors.Is(err, faults.ErrPlan):
		a.refuse(w, r, http.StatusBadRequest, err)
	default:
		a.log.ErrorContext(r.Context(), "sandbox control failed", "path", r.URL.Path, "error", err)
		a.refuse(w, r, http.StatusInternalServerError, errors.New("the sandbox failed; its log says why"))
	}
}

func (a *controlAPI) refuse(w http.ResponseWriter, r *http.Request, status int, err error) {
	a.send(w, r, status, control.Problem{Error: err.Error()})
}

func (a *controlAPI) send(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.log.WarnContext(r.Context(), "sandbox control could not send its answer", "status", status, "error", err)
	}
}
