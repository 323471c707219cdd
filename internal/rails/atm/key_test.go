package atm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/atm"
	"soukin/remittance"
)

func TestReferenceIsReversible(t *testing.T) {
	key := remittance.Key{Ref: remittance.Ref{Merchant: "demo", Remittance: "R-7"}, Step: "cash", Generation: 2}
	assert.Equal(t, "demo.R-7.cash.2", atm.Reference(key))
	back, err := atm.ParseReference("demo.R-7.cash.2")
	require.NoError(t, err)
	assert.Equal(t, key, back)
	_, err = atm.ParseReference("demo/R-7/cash/2")
	require.ErrorIs(t, err, remittance.ErrID)
	assert.ErrorContains(t, err, "issue_id")
}
