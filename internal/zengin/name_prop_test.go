package zengin_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"soukin/internal/zengin"
)

// fragments are pieces that names are made of, chosen so that random rows of
// them meet the rules' borders: parts of legal forms, stray marks and spaces.
var fragments = append([]string{
	"ア", "ｱ", "あ", "ガ", "ｶﾞ", "が", "パ", "ﾊﾟ", "ャ", "ｬ", "ゃ", "ー", "ｰ", "-", "－", "ヴ", "ヰ", "カ", "か", "シヤ",
	"ﾞ", "゛", "\u3099", "ﾟ", "゜", "\u309a", " ", "　", "\t", "(", ")", "（", "）", ".", "・", ",", "/",
	"a", "Z", "ｚ", "1", "９", "カ)", "(カ", "(カ)", "㈱", "株", "(株", "株)", "シヤ)", "(エイ", "法人", "山", "一", "ヲ", "&", "é", "ヷ",
}, formWords()...)

func formWords() (words []string) {
	for _, f := range legalForms {
		words = append(words, f[0], f[1])
	}
	return words
}

func typedNames() *rapid.Generator[string] {
	pieces := rapid.Map(rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 12), func(p []string) string { return strings.Join(p, "") })
	return rapid.OneOf(pieces, pieces, pieces, rapid.String())
}

func charsets() *rapid.Generator[zengin.Charset] {
	return rapid.SampledFrom([]zengin.Charset{
		zengin.CharsetTransfer, zengin.CharsetFile, {Name: "narrow", Extra: "()-"}, {Name: "wide", Extra: "()-.,/\\｢｣ｦ"},
	})
}

func TestNameProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := typedNames().Draw(t, "typed")
		charset := charsets().Draw(t, "charset")
		limit := rapid.SampledFrom([]int{zengin.LimitNone, zengin.LimitFile, zengin.LimitTransfer, 1, 5}).Draw(t, "limit")
		name, err := charset.Normalize(typed, limit)
		if err != nil {
			checkFaults(t, typed, err)
			return
		}
		text := name.Text()
		checkWritten(t, charset, text)
		if limit > 0 {
			assert.LessOrEqual(t, name.Len(), limit)
		}
		for _, again := range []string{text, width.Widen.String(norm.NFC.String(text)), norm.NFKC.String(text)} {
			second, err := charset.Normalize(again, limit)
			require.NoError(t, err, again)
			require.Equal(t, text, second.Text(), "normalizing %q again", again)
		}
		checkTruncation(t, charset, name, rapid.IntRange(-1, 60).Draw(t, "cut"))
	})
}

// checkWritten checks a text with means of its own: a bank's table of bytes.
func checkWritten(t *rapid.T, charset zengin.Charset, text string) {
	raw, err := japanese.ShiftJIS.NewEncoder().String(text)
	require.NoError(t, err)
	require.Len(t, raw, utf8.RuneCountInString(text), "one byte a letter")
	var before byte
	for _, b := range []byte(raw) {
		common := b >= 0xB1 && b <= 0xDF || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == ' '
		extra, _ := japanese.ShiftJIS.NewEncoder().String(charset.Extra)
		require.True(t, common || strings.IndexByte(extra, b) >= 0, "byte %#x", b)
		switch b {
		case 0xDE: // ﾞ: on ｳ, ｶ to ﾄ, ﾊ to ﾎ
			require.True(t, before == 0xB3 || before >= 0xB6 && before <= 0xC4 || before >= 0xCA && before <= 0xCE)
		case 0xDF: // ﾟ: on ﾊ to ﾎ
			require.True(t, before >= 0xCA && before <= 0xCE)
		}
		before = b
	}
	assert.True(t, charset.Allows(text))
	assert.Equal(t, strings.TrimSpace(text), text)
	assert.NotContains(t, text, "  ")
}

func checkTruncation(t *rapid.T, charset zengin.Charset, name zengin.Name, limit int) {
	cut := name.Truncate(limit)
	assert.LessOrEqual(t, cut.Len(), max(limit, 0))
	assert.True(t, strings.HasPrefix(name.Text(), cut.Text()))
	if rest := strings.TrimPrefix(name.Text(), cut.Text()); rest != "" {
		first, _ := utf8.DecodeRuneInString(rest)
		assert.False(t, first == 'ﾞ' || first == 'ﾟ', "a voicing mark was cut off")
	}
	assert.True(t, charset.Allows(cut.Text()))
	assert.Equal(t, cut, cut.Truncate(limit))
	if cut.Len() < min(limit, name.Len())-2 {
		t.Fatalf("%d letters of %d at a limit of %d: too much was cut", cut.Len(), name.Len(), limit)
	}
}

// checkFaults checks that an error points at what was typed and that its log
// form holds nothing of it.
func checkFaults(t *rapid.T, typed string, err error) {
	var faults zengin.FieldErrors
	require.True(t, errors.As(err, &faults))
	require.NotEmpty(t, faults)
	var seen []rune // without combining marks, which are part of a character
	for _, r := range typed {
		if r != '\u3099' && r != '\u309a' {
			seen = append(seen, r)
		}
	}
	last := 0
	for _, e := range faults {
		require.Equal(t, zengin.FieldName, e.Field)
		require.GreaterOrEqual(t, e.Position, last, "in order")
		require.LessOrEqual(t, e.Position, len(seen))
		if e.Position > 0 && e.Rule != zengin.RuleNameInvisible && e.Rule != zengin.RuleNameMark {
			first, _ := utf8.DecodeRuneInString(e.Text)
			require.Equal(t, string(seen[e.Position-1]), string(first), "the text stands at its position")
		}
		last = e.Position
	}
}

func TestHiraganaAndKatakanaAreTheSameName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SliceOfN(rapid.RuneFrom([]rune("あいうえおがぎぱぴゃゅょっんゔ ー")), 1, 20).Draw(t, "letters")
		hiragana := "あ" + string(letters)
		katakana := strings.Map(func(r rune) rune {
			if r >= 'ぁ' && r <= 'ゖ' {
				return r + 0x60
			}
			return r
		}, hiragana)
		one, err := zengin.NormalizeName(hiragana, zengin.LimitNone)
		require.NoError(t, err)
		two, err := zengin.NormalizeName(katakana, zengin.LimitNone)
		require.NoError(t, err)
		assert.Equal(t, one.Text(), two.Text())
	})
}
