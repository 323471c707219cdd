package bank_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConcurrentCallsRenewOnce(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(-time.Second)
	store := &memoryStore{token: token}
	// Two processes over one store, each with many calls.
	first, second := newClient(t, a.settings(), store), newClient(t, a.settings(), store)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			c := first
			if i%2 == 0 {
				c = second
			}
			_, err := c.Accounts(t.Context())
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, 1, a.refreshes())
	assert.Equal(t, "access-2", store.token.AccessToken)
}

func TestATokenRenewedElsewhereIsTaken(t *testing.T) {
	a := newAuthServer(t)
	store := &memoryStore{token: a.stored()}
	c := newClient(t, a.settings(), store)
	_, err := c.Accounts(t.Context())
	require.NoError(t, err)
	a.issue() // by another process
	store.token = a.stored()
	_, err = c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Zero(t, a.refreshes())
}

// While the old token works, a renewal that hangs holds up the call that began
// it and no other.
func TestARenewalThatHangsHoldsUpNobodyElse(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(time.Minute)
	arrived, release := make(chan struct{}), make(chan struct{})
	a.onRefresh = func() { close(arrived); <-release }
	c := newClient(t, a.settings(), &memoryStore{token: token})
	first := make(chan error, 1)
	go func() {
		_, err := c.Accounts(t.Context())
		first <- err
	}()
	<-arrived
	for range 3 {
		_, err := c.Accounts(t.Context())
		require.NoError(t, err)
	}
	close(release)
	require.NoError(t, <-first)
	assert.Equal(t, 1, a.refreshes())
}

// The caller that gives up must not take the renewed token with it: the bank
// has already spent the old one.
func TestARenewalOutlivesItsCaller(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(-time.Second)
	store := &memoryStore{token: token}
	ctx, giveUp := context.WithCancel(t.Context())
	gone := make(chan struct{})
	a.onRefresh = func() { giveUp(); <-gone }
	c := newClient(t, a.settings(), store)
	_, err := c.Submit(ctx, ordered())
	close(gone)
	assert.Equal(t, notSent, railError(t, err).Outcome)
	require.NoError(t, c.Close(t.Context()))
	assert.Equal(t, "refresh-2", store.token.RefreshToken)
	_, err = c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.refreshes())
}

// A renewed token that could not be stored is neither used nor lost.
func TestATokenThatCouldNotBeStoredIsStoredLater(t *testing.T) {
	a := newAuthServer(t)
	token := a.stored()
	token.ExpiresAt = now.Add(-time.Second)
	store := &memoryStore{token: token, fail: errors.New("disk full")}
	c := newClient(t, a.settings(), store)
	_, err := c.Submit(t.Context(), ordered())
	rail := railError(t, err)
	assert.Equal(t, []any{notSent, "token store"}, []any{rail.Outcome, rail.Code})
	_, err = c.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.refreshes())
	assert.Equal(t, "refresh-2", store.token.RefreshToken)
	for _, call := range a.calls() {
		if strings.HasPrefix(call.Path, "/corporation") {
			assert.Equal(t, "access-2", call.Header.Get("x-access-token"))
		}
	}
}
