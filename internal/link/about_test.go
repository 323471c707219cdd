package link_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/remittance"
)

func TestWhatALinkSaysOfItself(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		_, err := f.About(t.Context(), ref)
		require.ErrorIs(t, err, link.ErrUnknown)
		require.NoError(t, f.Create(t.Context(), ref, nil))
		about, err := f.About(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, link.About{Lang: remittance.Ja}, about, "a link from before there were several ways has none")

		for _, said := range []link.About{
			{Purpose: "返金", Lang: remittance.En, Ways: []link.Way{{Rail: remittance.RailAmazon, Form: remittance.GiftCode}}},
			{Lang: remittance.Ja, Ways: []link.Way{{Rail: remittance.RailATM}, {Rail: remittance.RailAmazon, Form: remittance.GiftBalance}, {Rail: remittance.RailBank}}},
		} {
			require.NoError(t, f.Describe(t.Context(), ref, said))
			about, err = f.About(t.Context(), ref)
			require.NoError(t, err)
			assert.Equal(t, said, about, "in the order of the page")
		}

		_, err = f.Issue(t.Context(), ref)
		require.NoError(t, err)
		require.NoError(t, f.Describe(t.Context(), ref, link.About{Purpose: "something else", Lang: remittance.Ja}))
		after, err := f.About(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, about, after, "what people may have read stays")
	})
}
