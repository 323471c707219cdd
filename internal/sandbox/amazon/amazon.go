package amazon

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

// name is Amazon's in the fault plan, in logs and under /sandbox/.
const name = "amazon"

//go:embed migrations/*.sql
var migrations embed.FS

// Amazon implements [counterparty.Counterparty].
type Amazon struct {
	env      counterparty.Env
	set      Settings
	api      counterparty.API
	verifier verifier
	calls    *throttle
	asks     *throttle
	login    *loginServer
}

// New opens Amazon's books. Errors wrap [ErrSettings] where a setting is wrong.
func New(ctx context.Context, env counterparty.Env, set Settings) (*Amazon, error) {
	if err := set.validate(); err != nil {
		return nil, err
	}
	if err := env.Migrate(ctx, name, migrations); err != nil {
		return nil, err
	}
	a := &Amazon{
		env: env, set: set, verifier: newVerifier(set, env.Now),
		calls: &throttle{most: set.Rate}, asks: &throttle{most: set.FundsRate},
	}
	a.api = counterparty.API{Env: env, Name: name, Refuse: refuse}
	a.login = newLoginServer(env, set.Login, a.open)
	return a, nil
}

// refuse answers what the fault plan turns away.
func refuse(kind faults.Kind) counterparty.Answer {
	switch kind {
	case faults.RateLimited:
		return throttled()
	case faults.Maintenance:
		return failResend.answer()
	}
	return failUnknown.answer()
}

// Mount implements [counterparty.Counterparty].
func (a *Amazon) Mount(mux *http.ServeMux) {
	for op, do := range map[string]func(context.Context, []byte) (counterparty.Answer, error){
		opLoad: a.load, opCreate: a.create, opCancel: a.cancelGift, opFunds: a.availableFunds,
	} {
		mux.Handle("POST /"+op, a.api.Handle(identity(op), a.operation(op, do)))
	}
	a.login.mount(mux)
}

// identity names a call by what stays the same when it is sent again.
func identity(op string) func(counterparty.Request) string {
	return func(r counterparty.Request) string {
		var body struct {
			LoadID string `json:"loadBalanceRequestId"`
			ID     string `json:"creationRequestId"`
		}
		_ = json.Unmarshal(r.Raw, &body) // what cannot be read is refused further on
		return op + " " + body.LoadID + body.ID
	}
}

const targetPrefix = "com.amazonaws.agcod.AGCODService."

// operation is what happens before an operation: signature, target, rate.
func (a *Amazon) operation(op string, do func(context.Context, []byte) (counterparty.Answer, error)) func(context.Context, counterparty.Request) counterparty.Answer {
	return func(ctx context.Context, r counterparty.Request) counterparty.Answer {
		if wrong, why := a.verifier.check(ctx, r); wrong != "" {
			return atTheDoor(http.StatusForbidden, wrong, why)
		}
		if r.Header.Get("X-Amz-Target") != targetPrefix+op {
			return atTheDoor(http.StatusBadRequest, "UnknownOperationException", "x-amz-target does not fit the path")
		}
		limit := a.calls
		if op == opFunds {
			limit = a.asks
		}
		if !limit.admits(time.Now()) {
			return throttled()
		}
		answer, err := do(ctx, r.Raw)
		if err != nil {
			a.env.Log.ErrorContext(ctx, "sandbox failed", "counterparty", name, "operation", op, "error", err)
			return failUnknown.answer()
		}
		return answer
	}
}

// MountControl implements [counterparty.Counterparty].
func (a *Amazon) MountControl(mux *http.ServeMux) {
	mux.HandleFunc("GET /sandbox/amazon/users", func(w http.ResponseWriter, r *http.Request) {
		found, err := a.users(r.Context())
		a.show(w, map[string]any{"users": found}, err)
	})
	mux.HandleFunc("POST /sandbox/amazon/users", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Email string `json:"email"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil {
			a.show(w, nil, errLogin)
			return
		}
		user, err := a.open(r.Context(), in.Email)
		a.show(w, map[string]string{"user_id": user}, err)
	})
	mux.HandleFunc("POST /sandbox/amazon/gifts/{request_id}/claim", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("request_id")
		a.show(w, map[string]string{"request_id": id, "state": stateClaimed}, a.claim(r.Context(), id))
	})
}

// show answers a call of the control API with out, or with what err means.
func (a *Amazon) show(w http.ResponseWriter, out any, err error) {
	status := http.StatusOK
	switch {
	case err == nil:
	case errors.Is(err, errNoSuchCode):
		status = http.StatusNotFound
	case errors.Is(err, errNotOpen):
		status = http.StatusConflict
	case errors.Is(err, errLogin):
		status = http.StatusBadRequest
	default:
		a.env.Log.Error("sandbox control failed", "counterparty", name, "error", err)
		status, err = http.StatusInternalServerError, errors.New("the sandbox failed; its log says why")
	}
	if err != nil {
		out = map[string]string{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the client has gone; nothing to do
}
