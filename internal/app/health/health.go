package health

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// Check says whether something a process depends on answers. Its error goes to
// whoever may read the health endpoint, so it must carry no secret.
type Check func(context.Context) error

// checkLimit keeps a probe shorter than the timeouts of usual orchestrators.
const checkLimit = 2 * time.Second

// Handler serves
//
//	GET /healthz  200 while the process runs: restart it when this fails
//	GET /readyz   200 when every check passes, else 503 naming those that fail:
//	              send it no traffic meanwhile
//
// Both answer JSON: {"status":"ok"} or {"status":"unavailable","failing":{"database":"…"}}.
func Handler(checks map[string]Check) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, status{Status: "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if failing := run(r.Context(), checks); len(failing) > 0 {
			answer(w, http.StatusServiceUnavailable, status{"unavailable", failing})
			return
		}
		answer(w, http.StatusOK, status{Status: "ok"})
	})
	return mux
}

type status struct {
	Status  string            `json:"status"`
	Failing map[string]string `json:"failing,omitempty"`
}

// run makes all checks at once, so that one slow dependency hides no other.
func run(ctx context.Context, checks map[string]Check) map[string]string {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	var (
		mu      sync.Mutex
		wg      sync.WaitGroup
		failing = map[string]string{}
	)
	for name, check := range checks {
		wg.Go(func() {
			if err := check(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failing[name] = err.Error()
			}
		})
	}
	wg.Wait()
	return failing
}

func answer(w http.ResponseWriter, code int, body status) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	// The reader may be gone; a probe has nobody to report that to.
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // see above
}
