package books_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/remittance"
)

// wild draws moves from anything that can be written down.
func wild(t *rapid.T, s contract.State) contract.Move {
	m := from(s, rapid.SampledFrom(remittance.Statuses()).Draw(t, "to"),
		rapid.SliceOfN(rapid.SampledFrom([]contract.Posting{hold, instruct, giveBack, release, settle, fee, "other"}), 0, 3).Draw(t, "postings")...)
	m.Final = rapid.Bool().Draw(t, "final")
	m.Generation += rapid.SampledFrom([]int{0, 0, 0, 1, -1}).Draw(t, "generation")
	m.Seq += rapid.SampledFrom([]int{0, 0, 0, 1, -1, -2}).Draw(t, "seq")
	if rapid.IntRange(0, 4).Draw(t, "lies") == 0 {
		m.From = rapid.SampledFrom(remittance.Statuses()).Draw(t, "from")
	}
	return m
}

// likely draws moves that some life makes, not always where it makes them.
func likely(t *rapid.T, s contract.State) contract.Move {
	var acts []act
	for _, life := range lives {
		for _, a := range life.acts {
			if a.to != "" && (a.to == s.Status || remittance.Transition(s.Status, a.to) == nil) {
				acts = append(acts, a)
			}
		}
	}
	if len(acts) == 0 {
		return wild(t, s)
	}
	a := rapid.SampledFrom(acts).Draw(t, "act")
	m := from(s, a.to, a.postings...)
	m.Final = a.final
	if a.newGen {
		m.Generation, m.Account = m.Generation+1, other
	}
	if m.Account == "" {
		m.Account = payee
	}
	m.Rail = s.Rail
	if slices.Contains(a.postings, instruct) && s.Pattern == remittance.Choice {
		m.Rail = rapid.SampledFrom(remittance.Rails()).Draw(t, "rail")
		m.Fee = fees[m.Rail]
	}
	return m
}

// TestRandomLivesNeverBreakTheBooks plays valid and invalid moves, each one to
// three times and with stale ones between. rapid prints the seed of a failure.
func TestRandomLivesNeverBreakTheBooks(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		f := fixtureOn(t, open())
		life, accepted := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			life++
			id := fmt.Sprint("R-", life)
			in := f.order(id)
			in.HoldOnly = rapid.Bool().Draw(rt, "link")
			if in.HoldOnly && rapid.Bool().Draw(rt, "choice") {
				in.Order.Pattern, in.Order.Account, in.Order.Fee = remittance.Choice, "", 0
			}
			if rapid.Bool().Draw(rt, "funded") {
				f.fund(10_000)
			}
			f.open(in)
			var done []contract.Move
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				s := f.state(id)
				m := likely(rt, s)
				if rapid.IntRange(0, 3).Draw(rt, "wild") == 0 {
					m = wild(rt, s)
				}
				if f.play(m, rapid.IntRange(1, 3).Draw(rt, "times")) {
					done = append(done, m)
					accepted++
				}
				if len(done) > 0 {
					stale := rapid.SampledFrom(done).Draw(rt, "stale")
					require.True(f.t, f.play(stale, 1), "a step that was committed can always be said again")
				}
				if rapid.IntRange(0, 5).Draw(rt, "funds") == 0 {
					f.fund(5_000)
				}
			}
			if rapid.Bool().Draw(rt, "late") {
				_, err := f.books.LateReturn(f.t.Context(), books.LateReturn{Ref: f.ref(id), At: noon, Actor: remittance.ActorRail})
				require.True(f.t, err == nil || errors.Is(err, books.ErrConflict), "%v", err)
			}
			if life%10 == 0 {
				f.audit()
			}
		})
		f.audit()
		require.Greater(t, accepted, life/4, "the lives must go somewhere")
	})
}

// play makes a move several times and reports whether it was committed. Every
// time must give the same answer, and a refusal must leave everything as it was.
func (f *fixture) play(m contract.Move, times int) bool {
	before, money := f.state(string(m.Remittance)), f.balances()
	first, firstErr := f.books.Move(f.t.Context(), m)
	after := f.state(string(m.Remittance))
	for range times - 1 {
		res, err := f.books.Move(f.t.Context(), m)
		require.Equal(f.t, first, res)
		require.Equal(f.t, firstErr == nil, err == nil)
	}
	require.Equal(f.t, after, f.state(string(m.Remittance)))
	if firstErr != nil || first.Shortfall > 0 {
		require.True(f.t, firstErr == nil || errors.Is(firstErr, books.ErrConflict), "%v", firstErr)
		require.Equal(f.t, before, after)
		require.Equal(f.t, money, f.balances())
		return false
	}
	return true
}
