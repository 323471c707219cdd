package dotted_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/rails/dotted"
	"soukin/remittance"
)

func anyKey(t *rapid.T, label string) remittance.Key {
	return remittance.Key{
		Ref: remittance.Ref{
			Merchant:   remittance.MerchantID(rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,19}`).Draw(t, label+" merchant")),
			Remittance: remittance.RemittanceID(rapid.StringMatching(`[A-Za-z0-9-]{1,27}`).Draw(t, label+" remittance")),
		},
		Step:       rapid.StringMatching(`[a-z][a-z-]{0,19}`).Draw(t, label+" step"),
		Generation: rapid.IntRange(1, 999_999_999).Draw(t, label+" generation"),
	}
}

func TestReferencesLeadBackToTheirKeyAndToNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyKey(t, "a")
		b := rapid.SampledFrom([]remittance.Key{a, anyKey(t, "b")}).Draw(t, "b")
		ref := dotted.Reference(a)
		require.Regexp(t, `^[A-Za-z0-9.-]{1,80}$`, ref)
		back, err := dotted.Parse("id", ref)
		require.NoError(t, err)
		require.Equal(t, a, back)
		require.Equal(t, a == b, ref == dotted.Reference(b))
	})
}

func TestReferencesOfOthersAreRefused(t *testing.T) {
	for _, s := range []string{
		"", "a.b.c", "shop.R-1.charge", "shop/R-1/charge/1", "shop.R-1/charge.1", "shop.R-1.charge.0", "shop.R-1.charge.01",
		"Shop.R-1.charge.1", "shop.R-1.charge.1.2", "shop..charge.1",
	} {
		_, err := dotted.Parse("id", s)
		assert.ErrorIs(t, err, remittance.ErrID, s)
	}
}
