package faults

import (
	"context"
	"time"
)

// Call is one call at a counterparty, on which a plan may strike. A is the
// counterparty's own type of answer.
type Call[A any] struct {
	// Identity is what the call is: its idempotency key, or its content. Begin it
	// with the counterparty's name.
	Identity string
	// Mutates says that it changes something, so that a proxy may deliver it twice.
	Mutates bool
	// Client ends when the client goes away; only the wait before anything happens
	// minds that.
	Client context.Context //nolint:containedctx // beside the call's own, which outlives the client
	Do     func(context.Context) A
	// Refuse answers RateLimited, Maintenance and ServerError in the counterparty's
	// own words.
	Refuse func(Kind) A
	// Lose marks that the connection is cut instead of this answer.
	Lose func(A) A
	// Fired, if set, is told what strikes.
	Fired func(Kind)
}

// Strike does a call as the plan in force has it. ctx must not end when the
// client goes away: a counterparty that has begun an instruction finishes it.
func Strike[A any](ctx context.Context, in *Injector, c Call[A]) (A, error) {
	var none A
	plan := in.Plan()
	if !plan.Active() {
		return c.Do(ctx), nil
	}
	attempt, err := in.Attempt(ctx, c.Identity)
	if err != nil {
		return none, err
	}
	kind, wait := plan.Call(c.Identity, attempt)
	if wait > 0 {
		if err := c.fired(ctx, in, Latency); err != nil {
			return none, err
		}
		if err := pause(c.Client, wait); err != nil {
			return none, err
		}
	}
	if kind == None || kind == Duplicate && !c.Mutates {
		return c.Do(ctx), nil
	}
	if err := c.fired(ctx, in, kind); err != nil {
		return none, err
	}
	return c.strike(ctx, kind), nil
}

func (c Call[A]) strike(ctx context.Context, kind Kind) A {
	var none A
	switch kind {
	case RefusedBefore:
		return c.Lose(none)
	case RateLimited, Maintenance, ServerError:
		return c.Refuse(kind)
	case Duplicate:
		c.Do(ctx)
		return c.Do(ctx)
	default: // answer lost
		return c.Lose(c.Do(ctx))
	}
}

func (c Call[A]) fired(ctx context.Context, in *Injector, kind Kind) error {
	if c.Fired != nil {
		c.Fired(kind)
	}
	return in.Fired(ctx, kind)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
