package atm_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/rails/atm"
	"soukin/remittance"
)

func anyKey(t *rapid.T) remittance.Key {
	return remittance.Key{
		Ref: remittance.Ref{
			Merchant:   remittance.MerchantID(rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,19}`).Draw(t, "merchant")),
			Remittance: remittance.RemittanceID(rapid.StringMatching(`[A-Za-z0-9-]{1,27}`).Draw(t, "remittance")),
		},
		Step:       rapid.StringMatching(`[a-z][a-z-]{0,19}`).Draw(t, "step"),
		Generation: rapid.IntRange(1, 999_999_999).Draw(t, "generation"),
	}
}

func TestReferencesLeadBackToTheirKeyAndToNoOther(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9.-]{1,80}$`) // issue_id of the document
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyKey(t), anyKey(t)
		back, err := atm.ParseReference(atm.Reference(a))
		require.NoError(t, err)
		assert.Equal(t, a, back)
		assert.Regexp(t, form, atm.Reference(a))
		assert.Equal(t, a == b, atm.Reference(a) == atm.Reference(b))
	})
}

func TestReferencesOfOthersAreRefused(t *testing.T) {
	for _, s := range []string{"", "demo.R-7.cash", "demo.R-7.cash.0", "demo.R-7.cash.01", "demo.R-7.cash.1.2", "demo/R-7/cash/1", "demo.R-7/cash.1", "Demo.R-7.cash.1", "demo..cash.1"} {
		_, err := atm.ParseReference(s)
		assert.ErrorIs(t, err, remittance.ErrID, s)
	}
}
