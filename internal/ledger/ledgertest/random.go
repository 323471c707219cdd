package ledgertest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/ledger"
	"soukin/remittance"
)

// randomHistories posts random calls, mostly sensible ones, to one merchant's
// book and compares every answer and every balance with the model. On failure
// rapid prints the seed and the shortest history it can find.
func randomHistories(t *testing.T, b books) {
	rapid.Check(t, func(rt *rapid.T) {
		b := b
		b.t = rt
		merchant := b.merchant()
		m := newModel()
		rt.Repeat(map[string]func(*rapid.T){
			"call": func(rt *rapid.T) {
				steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 3).Draw(rt, "steps")
				entries := make([]ledger.Entry, len(steps))
				for i, s := range steps {
					entries[i] = s.entry(merchant)
				}
				want, next := m.call(steps)
				require.Equal(rt, want, answerOf(b.post(entries...)), "answer to %+v", steps)
				m = next
			},
			"": func(rt *rapid.T) {
				require.Equal(rt, m.balances, b.balances(merchant))
			},
		})
		for id, r := range m.remittances {
			require.Equal(rt, r.position(merchant, id), b.position(refOf(merchant, id)), "position of %s", id)
		}
	})
	b.sound()
}

func answerOf(err error) string {
	var short *ledger.InsufficientError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &short):
		return fmt.Sprintf("%d yen short", short.Shortfall)
	case errors.Is(err, ledger.ErrConflict):
		return "conflict"
	case errors.Is(err, ledger.ErrNotAllowed):
		return "not allowed"
	}
	return err.Error()
}

// step is one entry as the model and the ledger both understand it.
type step struct {
	Event      ledger.Event
	ID         string // of the remittance, or of the funding item
	Generation int
	Rail       remittance.Rail
	Amount     remittance.Yen
}

// drawStep draws from few values, and the likely ones often, so that histories
// get far and still meet every refusal.
func drawStep(rt *rapid.T) step {
	events := []ledger.Event{
		ledger.EventFund, ledger.EventHold, ledger.EventHold, ledger.EventInstruct, ledger.EventInstruct, ledger.EventInstruct,
		ledger.EventSettle, ledger.EventSettle, ledger.EventGiveBack, ledger.EventGiveBack, ledger.EventRelease, ledger.EventLateReturn, ledger.EventFee,
	}
	s := step{
		Event:      rapid.SampledFrom(events).Draw(rt, "event"),
		ID:         rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "id"),
		Generation: rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(rt, "generation"),
		Rail:       rapid.SampledFrom([]remittance.Rail{rail, rail, rail, rail, otherRail}).Draw(rt, "rail"),
		Amount:     rapid.SampledFrom([]remittance.Yen{100, 100, 100, 100, 100, 250}).Draw(rt, "amount"),
	}
	if s.Event == ledger.EventFund {
		s.ID += fmt.Sprint(rapid.IntRange(1, 3).Draw(rt, "item"))
	}
	return s
}

func (s step) entry(m remittance.MerchantID) ledger.Entry {
	ref := refOf(m, s.ID)
	key := keyOf(ref, s.Generation)
	switch s.Event {
	case ledger.EventFund:
		return must(ledger.Fund(m, s.ID, s.Amount))
	case ledger.EventHold:
		return must(ledger.Hold(ref, s.Amount))
	case ledger.EventInstruct:
		return must(ledger.Instruct(key, s.Rail, s.Amount))
	case ledger.EventSettle:
		return must(ledger.Settle(key, s.Rail, s.Amount))
	case ledger.EventGiveBack:
		return must(ledger.GiveBack(key, s.Rail, s.Amount))
	case ledger.EventRelease:
		return must(ledger.Release(ref, s.Amount))
	case ledger.EventLateReturn:
		return must(ledger.LateReturn(key, s.Rail, s.Amount))
	default:
		return must(ledger.Fee(key, s.Amount))
	}
}
