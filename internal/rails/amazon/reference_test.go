package amazon_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/rails/amazon"
	"soukin/remittance"
)

func drawKey(t *rapid.T) remittance.Key {
	return remittance.Key{
		Ref: remittance.Ref{Merchant: remittance.MerchantID(rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,19}`).Draw(t, "merchant")),
			Remittance: remittance.RemittanceID(rapid.StringMatching(`[A-Za-z0-9-]{1,27}`).Draw(t, "remittance"))},
		Step: "gift", Generation: rapid.IntRange(1, 1000).Draw(t, "generation"),
	}
}

func TestReferenceHasTheFormOfARequestID(t *testing.T) {
	form := regexp.MustCompile(`^Soukn[A-Z2-7]{35}$`)
	rapid.Check(t, func(t *rapid.T) {
		k := drawKey(t)
		id := amazon.Reference("Soukn", k)
		require.Regexp(t, form, id)
		require.Len(t, id, amazon.ReferenceLength)
		require.Equal(t, id, amazon.Reference("Soukn", k))
		other := k
		other.Generation++
		require.NotEqual(t, id, amazon.Reference("Soukn", other))
	})
}

// Amazon knows past instructions by it: it may never change.
func TestReferenceStaysWhatItWas(t *testing.T) {
	assert.Equal(t, "SouknHEELL2T765AO7UXTGOXKYFU45V5VEU67KTI", amazon.Reference("Soukn", key))
}

func TestReferencesOfManyKeysDiffer(t *testing.T) {
	seen := map[string]bool{}
	for i := range 20_000 {
		k := key
		k.Remittance = remittance.RemittanceID(fmt.Sprint(i))
		seen[amazon.Reference("Soukn", k)] = true
	}
	assert.Len(t, seen, 20_000)
}
