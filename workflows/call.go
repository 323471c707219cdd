package workflows

import (
	"context"

	"go.temporal.io/sdk/workflow"
)

// call runs a regular activity with its input and output checked by the
// compiler, which ExecuteActivity alone does not do.
func call[I, O any](ctx workflow.Context, fn func(context.Context, I) (O, error), in I) (O, error) {
	return result[O](ctx, workflow.ExecuteActivity(ctx, fn, in))
}

// callNamed is call for an activity that is registered under a name of its own;
// fn is its method.
func callNamed[I, O any](ctx workflow.Context, name string, _ func(context.Context, I) (O, error), in I) (O, error) {
	return result[O](ctx, workflow.ExecuteActivity(ctx, name, in))
}

// callLocal is call for a local activity.
func callLocal[I, O any](ctx workflow.Context, fn func(context.Context, I) (O, error), in I) (O, error) {
	return result[O](ctx, workflow.ExecuteLocalActivity(ctx, fn, in))
}

func result[O any](ctx workflow.Context, f workflow.Future) (O, error) {
	var out O // fresh: decoding merges into what is there
	err := f.Get(ctx, &out)
	return out, err
}
