package app_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/activities"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/app/railtest"
	"soukin/internal/rails/atm"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/internal/vault"
	"soukin/remittance"
)

// cash orders an amount for a week.
func (c *counter) cash(amount remittance.Yen) activities.Instruction {
	now := c.clock()
	return activities.Instruction{Key: c.key(remittance.RailATM), Amount: amount, At: now, Until: now.Add(7 * 24 * time.Hour)}
}

func atmCash(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailATM)
	var mu sync.Mutex
	shown := map[remittance.Key][]string{}
	s.New = func(railtest.T) activities.Instruction { return c.cash(5_000) }
	s.Cancellable = s.New
	s.Settle = func(t railtest.T, in activities.Instruction) {
		n, err := c.vault.Numbers(t.Context(), in.Key.Ref)
		if errors.Is(err, vault.ErrNotFound) {
			return // nothing was issued, or it is over
		}
		require.NoError(t, err)
		mu.Lock()
		shown[in.Key] = append(shown[in.Key], n.Customer(), n.Confirmation())
		mu.Unlock()
		_, err = c.sandbox.WithdrawCash(t.Context(), control.ATMEntry{Partner: n.Partner(), Customer: n.Customer(), Confirmation: n.Confirmation()})
		require.NoError(t, err)
	}
	for _, r := range []struct {
		name   string
		amount remittance.Yen
		reason remittance.Reason
	}{
		{"refused", 13_000, remittance.RefusedByRail},
		{"too much", 101_000, remittance.OverRailLimit},
		{"coins", 5_500, remittance.RefusedByRail},
	} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: r.name, Reason: r.reason, New: func(railtest.T) activities.Instruction { return c.cash(r.amount) }})
	}
	s.Refusals = append(s.Refusals, railtest.Refusal{Name: "too late", Reason: remittance.RecipientDeadline, New: func(railtest.T) activities.Instruction {
		in := c.cash(5_000)
		in.Until = c.clock()
		return in
	}})
	s.Books = func(t railtest.T, in activities.Instruction) railtest.Books {
		return c.books(t, remittance.RailATM, atm.Reference(in.Key))
	}
	s.Secrets = func(t railtest.T, in activities.Instruction) []string {
		mu.Lock()
		defer mu.Unlock()
		secrets := shown[in.Key]
		if n, err := c.vault.Numbers(t.Context(), in.Key.Ref); err == nil {
			secrets = append(secrets, n.Customer(), n.Confirmation())
		}
		return secrets
	}
	return s
}

// numbers are what the recipient would read on the page.
func (c *counter) numbers(t *testing.T, in activities.Instruction) control.ATMEntry {
	t.Helper()
	n, err := c.vault.Numbers(t.Context(), in.Key.Ref)
	require.NoError(t, err)
	return control.ATMEntry{Partner: n.Partner(), Customer: n.Customer(), Confirmation: n.Confirmation()}
}

func (c *counter) withdraw(t *testing.T, e control.ATMEntry) control.ATMResult {
	t.Helper()
	w, err := c.sandbox.WithdrawCash(t.Context(), e)
	require.NoError(t, err)
	return w.Result
}

func (c *counter) stage(t *testing.T, in activities.Instruction, railRef string) contract.RailState {
	t.Helper()
	state, err := c.rails[remittance.RailATM].State(t.Context(), in, railRef)
	require.NoError(t, err)
	return state
}

func TestNumbersAreKeptBeforeTheyAreSaidToBeOutAndShreddedWhenItIsOver(t *testing.T) {
	c := newCounter(t)
	rail := c.rails[remittance.RailATM]
	for name, end := range map[string]struct {
		by    func(in activities.Instruction, ref string)
		state contract.RailState
	}{
		"withdrawn": {func(in activities.Instruction, _ string) {
			assert.Equal(t, control.ATMPaid, c.withdraw(t, c.numbers(t, in)))
		}, contract.RailState{Stage: contract.StageSettled}},
		"cancelled": {func(in activities.Instruction, ref string) {
			require.NoError(t, rail.Cancel(t.Context(), in, ref))
			_, err := c.vault.Numbers(t.Context(), in.Key.Ref)
			assert.ErrorIs(t, err, vault.ErrNotFound, "cancel shreds")
		}, contract.RailState{Stage: contract.StageNotExecuted, Reason: remittance.CancelledByUs}},
		"expired": {func(in activities.Instruction, _ string) { c.pass(in.Until.Sub(c.clock())) },
			contract.RailState{Stage: contract.StageNotExecuted, Reason: remittance.RecipientDeadline}},
	} {
		t.Run(name, func(t *testing.T) {
			in := c.cash(5_000)
			res, err := rail.Submit(t.Context(), in)
			require.NoError(t, err)
			assert.Equal(t, contract.StageIssued, res.Stage)
			assert.Equal(t, in.Until.UTC(), res.Until.UTC())
			assert.Len(t, c.numbers(t, in).Customer, 9)
			end.by(in, res.RailRef)
			end.state.RailRef = res.RailRef
			assert.Equal(t, end.state, c.stage(t, in, res.RailRef))
			_, err = c.vault.Numbers(t.Context(), in.Key.Ref)
			assert.ErrorIs(t, err, vault.ErrNotFound)
		})
	}
}

func TestNumbersWhoseAnswerWasLostAreFoundByTheEnquiry(t *testing.T) {
	c := newCounter(t)
	rail := c.rails[remittance.RailATM]
	in := c.cash(9_000) // the sandbox loses the first answer
	_, err := rail.Submit(t.Context(), in)
	require.ErrorContains(t, err, "unknown")
	found, err := rail.Find(t.Context(), in, c.clock().Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, contract.StageIssued, found.Stage)
	assert.Equal(t, control.ATMPaid, c.withdraw(t, c.numbers(t, in)))
}

func TestReplacedNumbersWhoseAnswerWasLostAreFoundByTheEnquiry(t *testing.T) {
	c := newCounter(t)
	rail := c.rails[remittance.RailATM]
	in := c.cash(5_000)
	res, err := rail.Submit(t.Context(), in)
	require.NoError(t, err)
	before := c.numbers(t, in)
	_, err = c.sandbox.SetFaults(t.Context(), faults.Plan{Rates: map[faults.Kind]float64{faults.AnswerLost: 1}})
	require.NoError(t, err)
	_, err = rail.(activities.Reissuer).Reissue(t.Context(), activities.Instruction{Key: in.Key}, res.RailRef, 1)
	require.ErrorContains(t, err, "unknown")
	_, err = c.sandbox.SetFaults(t.Context(), faults.Plan{})
	require.NoError(t, err)
	assert.Equal(t, before, c.numbers(t, in), "the vault has numbers that are dead")
	assert.Equal(t, contract.StageIssued, c.stage(t, in, res.RailRef).Stage)
	assert.NotEqual(t, before, c.numbers(t, in))
	assert.Equal(t, control.ATMWrong, c.withdraw(t, before))
	assert.Equal(t, control.ATMPaid, c.withdraw(t, c.numbers(t, in)))
}

func TestLockedNumbersAreReplaced(t *testing.T) {
	c := newCounter(t)
	rail := c.rails[remittance.RailATM]
	in := c.cash(4_000) // locked at once
	res, err := rail.Submit(t.Context(), in)
	require.NoError(t, err)
	locked := c.stage(t, in, res.RailRef)
	assert.Equal(t, contract.StageLocked, locked.Stage)
	assert.Equal(t, remittance.NumbersLocked, locked.Reason)
	assert.Equal(t, control.ATMLocked, c.withdraw(t, c.numbers(t, in)))
	again, err := rail.(activities.Reissuer).Reissue(t.Context(), activities.Instruction{Key: in.Key}, res.RailRef, 1)
	require.NoError(t, err)
	assert.Equal(t, contract.StageIssued, again.Stage)
	assert.Equal(t, control.ATMPaid, c.withdraw(t, c.numbers(t, in)))
}

func TestTheRecipientAtTheMachineWinsTheRace(t *testing.T) {
	for name, end := range map[string]func(*counter, activities.Instruction, string){
		"against a cancellation": func(c *counter, in activities.Instruction, ref string) {
			err := c.rails[remittance.RailATM].Cancel(context.Background(), in, ref)
			var rail *remittance.RailError
			require.ErrorAs(t, err, &rail)
			assert.Equal(t, remittance.OutcomeRejected, rail.Outcome)
			assert.Equal(t, "HTTP 409 DISPENSING", rail.Code)
		},
		"against the end": func(c *counter, in activities.Instruction, _ string) { c.pass(in.Until.Sub(c.clock())) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			in := c.cash(7_000)
			res, err := c.rails[remittance.RailATM].Submit(t.Context(), in)
			require.NoError(t, err)
			end(c, in, res.RailRef)
			assert.Equal(t, contract.StageIssued, c.stage(t, in, res.RailRef).Stage)
			c.pass(time.Minute)
			assert.Equal(t, contract.StageSettled, c.stage(t, in, res.RailRef).Stage)
		})
	}
}

func TestNumbersThatCannotBeKeptAreNotSaidToBeOut(t *testing.T) {
	c := newCounter(t)
	cfg := c.cfg
	cfg.Database, cfg.Keys = "sqlite:"+filepath.Join(t.TempDir(), "closed.db"), t.TempDir()
	store, err := app.OpenStore(t.Context(), cfg, c.clock)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	client, err := atm.New(atm.Settings{BaseURL: c.cfg.ATM.APIURL, Token: c.cfg.ATM.Token.Reveal(), Timeout: time.Minute}, nil)
	require.NoError(t, err)
	in := c.cash(5_000)
	_, err = app.NewATMRail(client, store.Vault, c.clock).Submit(t.Context(), in)
	var rail *remittance.RailError
	require.ErrorAs(t, err, &rail)
	assert.Equal(t, remittance.OutcomeUnknown, rail.Outcome)
	res, err := c.rails[remittance.RailATM].Submit(t.Context(), in)
	require.NoError(t, err, "the same key again")
	assert.Equal(t, contract.StageIssued, res.Stage)
	assert.Equal(t, control.ATMPaid, c.withdraw(t, c.numbers(t, in)))
}
