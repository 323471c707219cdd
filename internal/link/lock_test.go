package link_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/remittance"
)

func TestTheLockGrows(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		try := func(typed string) (link.State, error) {
			_, st, err := f.Prove(t.Context(), token, answers(typed))
			return st, err
		}
		for left := 4; left > 0; left-- {
			st, err := try("0000")
			require.ErrorIs(t, err, link.ErrWrong)
			require.Equal(t, link.State{Labels: []string{"会員番号"}, TriesLeft: left}, st)
		}
		for _, lock := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour} {
			st, err := try("0000")
			require.ErrorIs(t, err, link.ErrWrong)
			require.Equal(t, link.State{Labels: []string{"会員番号"}, Locked: true, LockedUntil: f.clock.Now().Add(lock)}, st)

			f.clock.Add(lock - time.Microsecond)
			for _, typed := range []string{"0000", "1234"} {
				again, err := try(typed)
				require.ErrorIs(t, err, link.ErrLocked, "%s is not even compared", typed)
				require.Equal(t, st, again, "a try under the lock does not lengthen it")
			}
			f.clock.Add(time.Microsecond)
			_, st, err = f.Open(t.Context(), token)
			require.NoError(t, err)
			require.Equal(t, link.State{Labels: []string{"会員番号"}, TriesLeft: 1}, st)
		}
		st, err := try("0000")
		require.ErrorIs(t, err, link.ErrWrong)
		require.Equal(t, link.State{Labels: []string{"会員番号"}, Locked: true}, st)
		f.clock.Add(10 * 365 * 24 * time.Hour)
		_, err = try("1234")
		require.ErrorIs(t, err, link.ErrLocked, "no time ends the last lock")

		require.NoError(t, f.Unlock(t.Context(), ref, remittance.ActorOperator))
		_, err = try("1234")
		require.NoError(t, err)
		sum, err := f.Show(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, []link.Unlocking{{At: f.clock.Now(), Actor: remittance.ActorOperator, Wrong: 9}}, sum.Unlocks)
	})
}

func TestTheRightCodeForgivesWrongTries(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		for range 3 {
			for range 4 {
				_, _, err := f.Prove(t.Context(), token, answers("0000"))
				require.ErrorIs(t, err, link.ErrWrong)
			}
			_, st, err := f.Prove(t.Context(), token, answers("1234"))
			require.NoError(t, err)
			require.Equal(t, 5, st.TriesLeft)
		}
	})
}

func TestAProofOutlivesALock(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		proof, _, err := f.Prove(t.Context(), token, answers("1234"))
		require.NoError(t, err)
		for range 5 {
			_, _, err := f.Prove(t.Context(), token, answers("0000"))
			require.ErrorIs(t, err, link.ErrWrong)
		}
		_, err = f.Check(t.Context(), token, proof)
		assert.NoError(t, err, "an attacker must not throw the recipient out")
	})
}

func TestTriesAreCountedForTheLinkNotTheToken(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		for range 5 {
			another, err := f.Issue(t.Context(), ref)
			require.NoError(t, err)
			_, _, err = f.Prove(t.Context(), another, answers("0000"))
			require.ErrorIs(t, err, link.ErrWrong)
		}
		_, _, err := f.Prove(t.Context(), token, answers("1234"))
		assert.ErrorIs(t, err, link.ErrLocked)

		other := remittance.Ref{Merchant: "shop", Remittance: "R-2"}
		require.NoError(t, f.Create(t.Context(), other, []link.Code{code(t, "会員番号", "1234")}))
		otherToken, err := f.Issue(t.Context(), other)
		require.NoError(t, err)
		_, _, err = f.Prove(t.Context(), otherToken, answers("1234"))
		assert.NoError(t, err, "another link is not concerned")
	})
}

// TestFiftyAtOnceCountFifty: no wrong try gets lost between goroutines, and of
// fifty that arrive before the first is counted only the allowed ones are compared.
func TestFiftyAtOnceCountFifty(t *testing.T) {
	patient := link.DefaultSettings()
	patient.Tries = 100
	for name, tt := range map[string]struct {
		set     link.Settings
		counted int
	}{"far from a lock": {patient, 50}, "with the defaults": {link.DefaultSettings(), 5}} {
		t.Run(name, func(t *testing.T) {
			each(t, tt.set, func(t *testing.T, f fixture) {
				token := f.issued(t, code(t, "会員番号", "1234"))
				var wrong, locked atomic.Int32
				var wg sync.WaitGroup
				for range 50 {
					wg.Go(func() {
						_, _, err := f.Prove(t.Context(), token, answers("0000"))
						switch {
						case assert.Error(t, err) && assert.ObjectsAreEqual(link.ErrWrong, err):
							wrong.Add(1)
						case assert.ErrorIs(t, err, link.ErrLocked):
							locked.Add(1)
						}
					})
				}
				wg.Wait()
				sum, err := f.Show(t.Context(), ref)
				require.NoError(t, err)
				assert.Equal(t, tt.counted, sum.Wrong)
				assert.EqualValues(t, tt.counted, wrong.Load())
				assert.EqualValues(t, 50-tt.counted, locked.Load())
			})
		})
	}
}

// TestTenThousandGuesses is an attacker with many hands, many tokens and all the
// patience of the world: every other four-digit code is tried, and every lock
// that has an end is waited for.
func TestTenThousandGuesses(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		const right = 7391
		token := f.issued(t, code(t, "会員番号", fmt.Sprintf("%04d", right)))
		tokens := []link.Token{token}
		for range 4 {
			another, err := f.Issue(t.Context(), ref)
			require.NoError(t, err)
			tokens = append(tokens, another)
		}
		guesses := make(chan int, 10_000)
		for _, n := range rand.New(rand.NewPCG(seed, 0)).Perm(10_001) {
			if n != right {
				guesses <- n
			}
		}
		close(guesses)
		var compared, refused atomic.Int32
		var wg sync.WaitGroup
		for hand := range 16 {
			wg.Go(func() {
				for n := range guesses {
					proof, st, err := f.Prove(t.Context(), tokens[hand%len(tokens)], answers(fmt.Sprintf("%04d", n)))
					if proof.Reveal() != "" || err == nil {
						t.Errorf("guess %d was taken", n)
						return
					}
					if assert.ObjectsAreEqual(link.ErrWrong, err) {
						compared.Add(1)
					} else if assert.ErrorIs(t, err, link.ErrLocked) {
						refused.Add(1)
					}
					f.clock.To(st.LockedUntil)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 9, compared.Load(), "guesses that were compared at all")
		assert.EqualValues(t, 10_000-9, refused.Load())

		_, st, err := f.Prove(t.Context(), token, answers(fmt.Sprintf("%04d", right)))
		require.ErrorIs(t, err, link.ErrLocked)
		assert.True(t, st.Locked && st.LockedUntil.IsZero(), "locked until somebody helps")
		require.NoError(t, f.Unlock(t.Context(), ref, remittance.ActorOperator))
		proof, _, err := f.Prove(t.Context(), token, answers(fmt.Sprintf("%04d", right)))
		require.NoError(t, err)
		_, err = f.Check(t.Context(), token, proof)
		assert.NoError(t, err, "the real recipient can still be helped")
	})
}
