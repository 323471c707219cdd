package zengin

import (
	"bytes"
	"compress/gzip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func packed(t *testing.T, table string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, err := zip.Write([]byte(table))
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return out.Bytes()
}

func TestADamagedTableIsRefused(t *testing.T) {
	const table = "=0001\tみずほ\tミズホ\n001\t東京営業部\tトウキヨウ\n"
	info := Info{Banks: 1, Branches: 1}
	d, err := unpack(packed(t, table), info)
	require.NoError(t, err)
	branch, ok := d.Branch("0001", "001")
	assert.True(t, ok)
	assert.Equal(t, "東京営業部", branch.Name)

	flipped := slices.Clone(packedTable)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		packed []byte
		info   Info
	}{
		"not compressed":         {[]byte(table), info},
		"one bit wrong":          {flipped, Version()},
		"cut short":              {packedTable[:len(packedTable)-9], Version()},
		"empty":                  {nil, info},
		"column missing":         {packed(t, "=0001\tみずほ\n"), info},
		"branch before a bank":   {packed(t, "001\t本店\tホンテン\n"), info},
		"fewer than described":   {packed(t, "=0001\tみずほ\tミズホ\n"), info},
		"another than described": {packed(t, table), Info{Banks: 2, Branches: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := unpack(c.packed, c.info)
			assert.ErrorContains(t, err, "bank table")
		})
	}
}

// A code in these lists that no bank has any more would be a dead rule.
func TestListsOfBanksNameExistingOnes(t *testing.T) {
	d, err := Load()
	require.NoError(t, err)
	for _, code := range nationwide {
		_, ok := d.Bank(code)
		assert.True(t, ok, code)
	}
	for code := range aliases {
		_, ok := d.Bank(code)
		assert.True(t, ok, code)
	}
}
