package ganb

import (
	"context"
	"net/http"
	"strings"

	"soukin/internal/sandbox/faults"
)

// underFaults does a call as the plan in force has it. ctx does not end when the
// client goes away: a bank that has begun an instruction finishes it.
func (a *API) underFaults(ctx context.Context, c *call, do func(context.Context) answer) (answer, error) {
	if strings.HasPrefix(c.URL.Path, AuthPath) && !a.faults.Plan().IncludeAuth {
		return do(ctx), nil
	}
	return faults.Strike(ctx, a.faults, faults.Call[answer]{
		Identity: c.identity(), Mutates: c.Method == http.MethodPost, Client: c.Context(), Do: do,
		Refuse: func(kind faults.Kind) answer {
			switch kind {
			case faults.RateLimited:
				return fail(codeRate, "")
			case faults.Maintenance:
				return fail(codeMaintenance, "")
			}
			return fail(codeServer, "")
		},
		Lose: func(ans answer) answer {
			ans.lost = true
			return ans
		},
		Fired: func(kind faults.Kind) {
			a.log.InfoContext(ctx, "sandbox fault", "kind", string(kind), "method", c.Method, "path", c.URL.Path)
		},
	})
}
