package zengin_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"soukin/internal/zengin"
)

func directory(t testing.TB) *zengin.Directory {
	t.Helper()
	d, err := zengin.Load()
	require.NoError(t, err)
	return d
}

func TestVersionSaysWhereTheDataComeFrom(t *testing.T) {
	v := zengin.Version()
	assert.Equal(t, "zengin-code", v.Package)
	day, err := time.Parse(time.DateOnly, v.DataDate)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(v.Version, day.Format("20060102")), "the version carries the date")
	assert.Equal(t, "MIT", v.Licence)
	assert.Contains(t, v.LicenceText, "Copyright (c) 2015 Sho Kusano")
	assert.Greater(t, v.Banks, 1000)
	assert.Greater(t, v.Branches, 25_000)
}

func TestLookUp(t *testing.T) {
	d := directory(t)
	for code, name := range map[string]string{
		"0001": "みずほ銀行", "0005": "三菱UFJ銀行", "0009": "三井住友銀行", "0033": "PayPay銀行", "0310": "GMOあおぞらネット銀行",
		"0144": "北陸銀行", "0288": "三菱UFJ信託銀行", "0401": "シティバンク、エヌ・エイ", "1311": "東京シティ信金", "9900": "ゆうちょ銀行",
	} {
		b, ok := d.Bank(code)
		assert.True(t, ok, code)
		assert.Equal(t, name, b.Name)
		assert.Equal(t, code, b.Code)
	}
	wise, ok := d.Bank("0200")
	require.True(t, ok)
	assert.Equal(t, "ワイズ・ペイメンツ・ジャパン", wise.Name, "a funds transfer operator is no bank")

	branch, ok := d.Branch("9900", "238")
	require.True(t, ok)
	assert.Equal(t, zengin.Branch{Bank: "9900", Code: "238", Name: "二三八", Kana: "ニサンハチ"}, branch)
	for _, unknown := range [][2]string{{"0005", "999"}, {"9999", "001"}, {"", ""}, {"0005", ""}, {"5", "001"}, {"0005", "0010"}} {
		_, ok := d.Branch(unknown[0], unknown[1])
		assert.False(t, ok, unknown)
	}
	_, ok = d.Bank("9999")
	assert.False(t, ok)
}

// TestEveryEntryIsFit reads the whole table: each bank and branch is found by
// its code, has a name, and its reading can be written in a bank's file.
func TestEveryEntryIsFit(t *testing.T) {
	d := directory(t)
	reading := regexp.MustCompile(`^[ア-ヴーA-Z0-9. ]+$`)
	banks, branches := 0, 0
	for code := range 10_000 {
		bank, ok := d.Bank(fmt.Sprintf("%04d", code))
		if !ok {
			continue
		}
		banks++
		require.NotEmpty(t, bank.Name)
		require.Regexp(t, reading, bank.Kana)
		for number := range 1000 {
			branch, ok := d.Branch(bank.Code, fmt.Sprintf("%03d", number))
			if !ok {
				continue
			}
			branches++
			require.Equal(t, bank.Code, branch.Bank)
			require.NotEmpty(t, branch.Name)
			require.Regexp(t, reading, branch.Kana)
			require.True(t, zengin.CharsetFile.Allows(halfWidth(branch.Kana)), branch.Kana)
		}
	}
	assert.Equal(t, zengin.Version().Banks, banks)
	assert.Equal(t, zengin.Version().Branches, branches)
}

func halfWidth(kana string) string {
	return width.Narrow.String(norm.NFD.String(strings.ReplaceAll(kana, "ー", "-")))
}

func TestLoadIsOneDirectoryForAll(t *testing.T) {
	want := directory(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			d, err := zengin.Load()
			assert.NoError(t, err)
			assert.Same(t, want, d)
			assert.NotEmpty(t, d.SearchBanks("みずほ", 1))
			assert.NotEmpty(t, d.SearchBranches("0001", "東京", 1))
		})
	}
	wg.Wait()
}

// TestKindsOfInstitutionKeepTheirRanges guards the rule that puts 銀行 back.
func TestKindsOfInstitutionKeepTheirRanges(t *testing.T) {
	d := directory(t)
	for code := range 10_000 {
		bank, ok := d.Bank(fmt.Sprintf("%04d", code))
		if !ok {
			continue
		}
		isBank := strings.HasSuffix(bank.Name, "銀行") || strings.Contains(bank.Name, "バンク")
		assert.Equal(t, code < 1000 && code != 200 || code == 9900, isBank, "%s %s", bank.Code, bank.Name)
	}
}
