package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

func TestASeedMakesTheSameCrowd(t *testing.T) {
	day := time.Now()
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		crowd := Crowd{Remittances: 60, Seed: seed}.make(day)
		assert.Equal(rt, crowd, Crowd{Remittances: 60, Seed: seed}.make(day))
		assert.Equal(rt, crowd, Crowd{Remittances: 90, Seed: seed}.make(day)[:60], "a larger crowd begins with the smaller one")
		assert.NotEqual(rt, crowd, Crowd{Remittances: 60, Seed: seed + 1}.make(day))
	})
}

// Every pattern is in a crowd, and everything that a recipient may do.
func TestACrowdHasEverything(t *testing.T) {
	rows, who := Crowd{Remittances: 500, Seed: 1}.split(time.Now())
	patterns := map[string]int{}
	ids := map[string]bool{}
	idle := 0
	for _, r := range rows {
		patterns[r.Request.Pattern]++
		ids[r.Request.RemittanceID] = true
		if _, acts := who[r.Request.RemittanceID]; !acts && remittance.Pattern(r.Request.Pattern).HasPage() {
			idle++
		}
	}
	assert.Len(t, ids, 500)
	assert.Len(t, patterns, len(remittance.Patterns()))
	for p, n := range patterns {
		assert.Greater(t, n, 20, p)
	}
	assert.Greater(t, idle, 10, "some never do anything")
	did := map[string]int{}
	for _, p := range who {
		for what, does := range map[string]bool{
			"mistypes a code": p.mistypes != "", "declines": p.declines, "hesitates": p.hesitates, "stays away": p.cash.staysAway,
			"loses numbers": p.cash.loses, "locks numbers": p.cash.mistakes == lockingMistakes,
		} {
			if does {
				did[what]++
			}
		}
	}
	assert.Len(t, did, 6, "%v", did)
}

func TestAStormKillsOftenAndEarlyEnough(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := Crowd{Remittances: rapid.IntRange(20, 5000).Draw(rt, "remittances"), Seed: rapid.Uint64().Draw(rt, "seed")}
		kills := c.kills()
		assert.GreaterOrEqual(rt, len(kills), 3)
		assert.IsNonDecreasing(rt, kills)
		assert.Less(rt, kills[len(kills)-1], c.Remittances*4/5, "those who never act are not waited for")
		require.NoError(rt, c.weather().Validate())
	})
}

func TestNobodyWaitsForReturnsThatComeDaysLater(t *testing.T) {
	rates := Crowd{Remittances: 500, Seed: 1}.weather().Rates
	for _, r := range faults.Returns() {
		assert.Equal(t, !r.Later, rates[r.Kind()] > 0, r.Kind())
	}
	for _, k := range faults.CallKinds() {
		assert.InDelta(t, faultRate, rates[k], 1e-9)
	}
}

func TestMistakesLockNumbersAtTheSandbox(t *testing.T) {
	assert.Equal(t, atm.DefaultSettings().WrongEntries, lockingMistakes)
}
