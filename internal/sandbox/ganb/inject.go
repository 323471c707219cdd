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
	plan := a.faults.Plan()
	if !plan.Active() || strings.HasPrefix(c.URL.Path, AuthPath) && !plan.IncludeAuth {
		return do(ctx), nil
	}
	attempt, err := a.faults.Attempt(ctx, c.identity())
	if err != nil {
		return answer{}, err
	}
	kind, wait := plan.Call(c.identity(), attempt)
	if wait > 0 {
		if err := a.fired(ctx, c, faults.Latency); err != nil {
			return answer{}, err
		}
		if err := pause(c.Context(), wait); err != nil {
			return answer{}, err
		}
	}
	if kind == faults.None || kind == faults.Duplicate && c.Method != http.MethodPost {
		return do(ctx), nil
	}
	if err := a.fired(ctx, c, kind); err != nil {
		return answer{}, err
	}
	return strike(ctx, kind, do), nil
}

func strike(ctx context.Context, kind faults.Kind, do func(context.Context) answer) answer {
	switch kind {
	case faults.RefusedBefore:
		return answer{lost: true}
	case faults.RateLimited:
		return fail(codeRate, "")
	case faults.Maintenance:
		return fail(codeMaintenance, "")
	case faults.ServerError:
		return fail(codeServer, "")
	case faults.Duplicate:
		do(ctx)
		return do(ctx)
	default: // answer lost
		ans := do(ctx)
		ans.lost = true
		return ans
	}
}

func (a *API) fired(ctx context.Context, c *call, kind faults.Kind) error {
	a.log.InfoContext(ctx, "sandbox fault", "kind", string(kind), "method", c.Method, "path", c.URL.Path)
	return a.faults.Fired(ctx, kind)
}
