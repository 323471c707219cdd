package zengin

import "strings"

// romaji spells a folded reading in Latin letters and folds the result with
// [foldRomaji], so that it can be compared with what people type. A text with
// kanji has no key: what is left without them would be another word.
func romaji(folded string) string {
	var b strings.Builder
	b.Grow(len(folded))
	latin := false
	for _, r := range folded {
		switch {
		case r >= 'ア' && int(r-'ア') < len(kanaRomaji):
			b.WriteString(kanaRomaji[r-'ア'])
		case r < 0x80:
			latin = true
			b.WriteByte(byte(r))
		default:
			return ""
		}
	}
	if latin {
		return foldRomaji(b.String())
	}
	return collapse(b.String())
}

// kanaRomaji spells the katakana from ア to ヴ; the gaps are the small ones,
// which folding has removed.
var kanaRomaji = [...]string{
	"a", "", "i", "", "u", "", "e", "", "o",
	"ka", "ga", "ki", "gi", "ku", "gu", "ke", "ge", "ko", "go",
	"sa", "za", "si", "zi", "su", "zu", "se", "ze", "so", "zo",
	"ta", "da", "ti", "zi", "", "tu", "zu", "te", "de", "to", "do",
	"na", "ni", "nu", "ne", "no",
	"ha", "ba", "pa", "hi", "bi", "pi", "hu", "bu", "pu", "he", "be", "pe", "ho", "bo", "po",
	"ma", "mi", "mu", "me", "mo",
	"", "ya", "", "yu", "", "yo", "ra", "ri", "ru", "re", "ro", "", "wa", "i", "e", "o", "n", "bu",
}

// foldRomaji brings the ways of writing Japanese in Latin letters together:
// Hepburn, Kunrei and keyboard spelling, long vowels written or not, double
// consonants, and the large kana of the banks' table (kiyouto is Kyoto). The
// result is a key for comparing, not a spelling. It takes lower case.
func foldRomaji(s string) string {
	key := s
	for _, step := range romajiSteps {
		key = step.Replace(key)
	}
	return collapse(key)
}

// romajiSteps run one after the other: each relies on the ones before.
var romajiSteps = []*strings.Replacer{
	strings.NewReplacer("tch", "tuch", "cch", "tuch", "kk", "tuk", "ss", "tus", "tt", "tut", "pp", "tup",
		"gg", "tug", "dd", "tud", "bb", "tub", "zz", "tuz", "jj", "tuj"),
	strings.NewReplacer("sh", "sy", "ch", "ty", "ts", "t", "j", "zy", "fu", "hu", "f", "hu",
		"di", "zi", "du", "zu", "dz", "z", "v", "b", "l", "r", "q", "k", "c", "k", "wo", "o"),
	strings.NewReplacer("syi", "si", "tyi", "ti", "zyi", "zi", "mb", "nb", "mp", "np", "mm", "nm"),
}

// collapse writes a repeated vowel or n once, "ou" as "o", and drops the i that
// large kana put into a syllable: kiyo is kyo.
func collapse(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c, n := s[i], len(b)
		switch {
		case n > 0 && c == b[n-1] && strings.IndexByte("aiueon", c) >= 0:
		case n > 0 && c == 'u' && b[n-1] == 'o':
		case n > 1 && c == 'y' && b[n-1] == 'i' && !isVowel(b[n-2]):
			b[n-1] = 'y'
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func isVowel(c byte) bool { return strings.IndexByte("aiueo", c) >= 0 }
