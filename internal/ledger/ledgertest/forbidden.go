package ledgertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/ledger"
	"soukin/remittance"
)

// attempts are what somebody may try at any place. Numbers are generations.
var attempts = []struct {
	name  string
	entry func(remittance.Ref) ledger.Entry
}{
	{"hold", func(r remittance.Ref) ledger.Entry { return must(ledger.Hold(r, amount)) }},
	{"hold half", func(r remittance.Ref) ledger.Entry { return must(ledger.Hold(r, amount/2)) }},
	{"instruct 1", func(r remittance.Ref) ledger.Entry { return must(ledger.Instruct(keyOf(r, 1), rail, amount)) }},
	{"instruct 2", func(r remittance.Ref) ledger.Entry { return must(ledger.Instruct(keyOf(r, 2), rail, amount)) }},
	{"instruct 2 half", func(r remittance.Ref) ledger.Entry { return must(ledger.Instruct(keyOf(r, 2), rail, amount/2)) }},
	{"settle 1", func(r remittance.Ref) ledger.Entry { return must(ledger.Settle(keyOf(r, 1), rail, amount)) }},
	{"settle 1 half", func(r remittance.Ref) ledger.Entry { return must(ledger.Settle(keyOf(r, 1), rail, amount/2)) }},
	{"settle 1 elsewhere", func(r remittance.Ref) ledger.Entry { return must(ledger.Settle(keyOf(r, 1), otherRail, amount)) }},
	{"settle 2", func(r remittance.Ref) ledger.Entry { return must(ledger.Settle(keyOf(r, 2), rail, amount)) }},
	{"give back 1", func(r remittance.Ref) ledger.Entry { return must(ledger.GiveBack(keyOf(r, 1), rail, amount)) }},
	{"give back 2", func(r remittance.Ref) ledger.Entry { return must(ledger.GiveBack(keyOf(r, 2), rail, amount)) }},
	{"release", func(r remittance.Ref) ledger.Entry { return must(ledger.Release(r, amount)) }},
	{"release half", func(r remittance.Ref) ledger.Entry { return must(ledger.Release(r, amount/2)) }},
	{"late return 1", func(r remittance.Ref) ledger.Entry { return must(ledger.LateReturn(keyOf(r, 1), rail, amount)) }},
	{"late return 2", func(r remittance.Ref) ledger.Entry { return must(ledger.LateReturn(keyOf(r, 2), rail, amount)) }},
	{"fee 1", func(r remittance.Ref) ledger.Entry { return must(ledger.Fee(keyOf(r, 1), 130)) }},
	{"fee 2", func(r remittance.Ref) ledger.Entry { return must(ledger.Fee(keyOf(r, 2), 130)) }},
}

// places are reached by the attempts in after. want has one letter for each
// attempt: o allowed, = posted before and so without effect, x conflict with
// what was posted, - not allowed.
var places = []struct {
	name, after, want string
}{
	//                                                                hold instr  settle  give rel late fee
	{"nothing held", "", "" + "oo" + "---" + "----" + "--" + "--" + "--" + "--"},
	{"held", "hold", "" + "=x" + "oo-" + "----" + "--" + "o-" + "--" + "--"},
	{"in flight", "hold, instruct 1", "" + "=x" + "=--" + "o---" + "o-" + "--" + "--" + "o-"},
	{"given back", "hold, instruct 1, give back 1", "" + "=x" + "=o-" + "----" + "=-" + "o-" + "--" + "o-"},
	{"in flight again", "hold, instruct 1, give back 1, instruct 2", "" + "=x" + "==x" + "---o" + "=o" + "--" + "--" + "oo"},
	{"paid", "hold, instruct 1, settle 1", "" + "=x" + "=--" + "=xx-" + "--" + "--" + "o-" + "o-"},
	{"released", "hold, release", "" + "=x" + "---" + "----" + "--" + "=x" + "--" + "--"},
	{"released after a try", "hold, instruct 1, give back 1, release", "" + "=x" + "=--" + "----" + "=-" + "=x" + "--" + "o-"},
	{"returned late", "hold, instruct 1, settle 1, late return 1", "" + "=x" + "=--" + "=xx-" + "--" + "--" + "=-" + "o-"},
}

func everyEventAtEveryPlace(t *testing.T, b books) {
	for _, place := range places {
		require.Len(t, place.want, len(attempts), "one letter for each attempt at %q", place.name)
		for i, attempt := range attempts {
			t.Run(fmt.Sprintf("%s at %s", attempt.name, place.name), func(t *testing.T) {
				ref := refOf(b.funded(10*amount), "R-1")
				b.must(script(ref, place.after)...)
				before, position := b.balances(ref.Merchant), b.position(ref)

				err := b.post(attempt.entry(ref))

				switch place.want[i] {
				case 'o':
					require.NoError(t, err)
					assert.NotEqual(t, before, b.balances(ref.Merchant), "an allowed event moves something")
					return
				case '=':
					require.NoError(t, err)
				case 'x':
					require.ErrorIs(t, err, ledger.ErrConflict)
				default:
					assertNotAllowed(t, err, attempt.entry(ref), position)
				}
				assert.Equal(t, before, b.balances(ref.Merchant))
				assert.Equal(t, position, b.position(ref))
			})
		}
	}
	b.sound()
}

func script(ref remittance.Ref, names string) (entries []ledger.Entry) {
	for name := range strings.SplitSeq(names, ", ") {
		for _, a := range attempts {
			if a.name == name {
				entries = append(entries, a.entry(ref))
			}
		}
	}
	return entries
}

func assertNotAllowed(t *testing.T, err error, entry ledger.Entry, position ledger.Position) {
	t.Helper()
	require.ErrorIs(t, err, ledger.ErrNotAllowed)
	var refusal *ledger.NotAllowedError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, entry.Content(), refusal.Entry)
	assert.Equal(t, position, refusal.Position)
	assert.NotEmpty(t, refusal.Why)
}
