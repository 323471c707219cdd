package bank_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// Remittances through a bank that goes wrong in every way at once. Whoever
// does as the client's words say (resend under the same key, or enquire first
// where keys are not honoured) has each executed exactly once.
func TestSandboxUnderFaultsEveryInstructionIsExecutedOnce(t *testing.T) {
	for _, keys := range []bool{true, false} {
		t.Run(fmt.Sprintf("keys %v", keys), func(t *testing.T) {
			t.Parallel()
			const seed = 20261124
			t.Logf("seed %d", seed)
			plan := faults.Plan{Seed: seed, Rates: map[faults.Kind]float64{
				faults.RefusedBefore: 0.15, faults.AnswerLost: 0.15, faults.RateLimited: 0.1, faults.Maintenance: 0.1, faults.ServerError: 0.1, faults.Duplicate: 0.1,
			}}
			if !keys {
				delete(plan.Rates, faults.Duplicate) // nothing on our side can undo what a proxy doubles
			}
			w := newWorld(t, nil)
			c := w.client(func(s *bank.Settings) { s.HonoursIdempotencyKey = keys })
			_, err := w.control.SetFaults(t.Context(), plan)
			require.NoError(t, err)
			var orders []bank.Transfer
			for i := range 60 {
				o := withKey(w.order("R", "1234567"), i)
				o.Payee.Number = fmt.Sprintf("%07d", i)
				orders = append(orders, o)
				carryThrough(t, c, o, keys)
			}
			fired, err := w.control.Faults(t.Context())
			require.NoError(t, err)
			for kind := range plan.Rates {
				assert.Positive(t, fired.Fired[kind], "%s never happened", kind)
			}
			for _, o := range orders {
				assert.Equal(t, 1, w.executions(o), o.Key)
			}
		})
	}
}

// carryThrough does what an activity and its workflow do with an instruction.
func carryThrough(t *testing.T, c *bank.Client, o bank.Transfer, keys bool) {
	t.Helper()
	ctx := t.Context()
	for {
		_, err := c.Submit(ctx, o)
		if err == nil {
			return
		}
		switch rail := railError(t, err); rail.Outcome {
		case notSent, rateLimited:
			continue
		case unknown:
			if keys {
				continue
			}
		default:
			t.Fatalf("%s ended as %s", o.Key, rail)
		}
		if found := enquire(ctx, t, c, o); found != nil {
			require.Equal(t, bank.StageExecuted, found.Stage)
			return
		}
	}
}

func enquire(ctx context.Context, t *testing.T, c *bank.Client, o bank.Transfer) *bank.State {
	t.Helper()
	for {
		found, err := c.Find(ctx, o, o.Date, o.Date)
		if err == nil {
			return found
		}
		require.NotEqual(t, remittance.WaitsForOperator, railError(t, err).Reason, err.Error())
	}
}
