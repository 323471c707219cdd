package railtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"soukin/activities"
	"soukin/contract"
	"soukin/remittance"
)

// watched writes down everything that a rail says, as a log, a history or a
// screen would show it.
type watched struct {
	rail    activities.Rail
	secrets func(T, activities.Instruction) []string

	mu           sync.Mutex
	said         []string
	strangers    []string // answers that are not the port's
	instructions []activities.Instruction
}

func (w *watched) note(in activities.Instruction, result any, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instructions = append(w.instructions, in)
	text, jsonErr := json.Marshal(result)
	if jsonErr != nil {
		w.strangers = append(w.strangers, jsonErr.Error())
	}
	w.said = append(w.said, string(text))
	if err == nil {
		return
	}
	var rail *remittance.RailError
	if !errors.As(err, &rail) {
		w.strangers = append(w.strangers, fmt.Sprintf("%T", err))
	}
	w.said = append(w.said, fmt.Sprintf("%+v", err))
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		w.said = append(w.said, cause.Error())
	}
}

// check ends the watch.
func (w *watched) check(t *testing.T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	assert.Empty(t, w.strangers, "every error is a *remittance.RailError")
	var secrets []string
	seen := map[remittance.Key]bool{}
	for _, in := range w.instructions {
		if !seen[in.Key] {
			secrets = append(secrets, w.secrets(lasting{t}, in)...)
		}
		seen[in.Key] = true
	}
	for _, text := range w.said {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Error("a secret of an instruction is in: " + strings.ReplaceAll(text, secret, "<secret>"))
			}
		}
	}
}

// lasting is a test whose context has not ended when its cleanups run.
type lasting struct{ *testing.T }

func (lasting) Context() context.Context { return context.Background() }

func (w *watched) Submit(ctx context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	res, err := w.rail.Submit(ctx, in)
	w.note(in, res, err)
	return res, err
}

func (w *watched) State(ctx context.Context, in activities.Instruction, railRef string) (contract.RailState, error) {
	state, err := w.rail.State(ctx, in, railRef)
	w.note(in, state, err)
	return state, err
}

func (w *watched) Find(ctx context.Context, in activities.Instruction, visibleAfter time.Time) (contract.RailState, error) {
	state, err := w.rail.Find(ctx, in, visibleAfter)
	w.note(in, state, err)
	return state, err
}

func (w *watched) Cancel(ctx context.Context, in activities.Instruction, railRef string) error {
	err := w.rail.Cancel(ctx, in, railRef)
	w.note(in, nil, err)
	return err
}

func (w *watched) Reissue(ctx context.Context, in activities.Instruction, railRef string, n int) (contract.SubmitResult, error) {
	res, err := w.rail.(activities.Reissuer).Reissue(ctx, in, railRef, n)
	w.note(in, res, err)
	return res, err
}
