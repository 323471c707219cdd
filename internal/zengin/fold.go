package zengin

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold brings a name, a reading or a query to the one spelling that search
// compares: width, case, hiragana, small kana, old kanji forms, spaces and
// marks no longer matter, nor which of ヶ, が, ケ or の, ノ, 之 joins two kanji.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	afterKanji := false
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	for _, r := range s {
		r = foldRune(r)
		if afterKanji {
			r = foldJoiner(r)
		}
		afterKanji = unicode.Is(unicode.Han, r)
		if r >= 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldRune gives -1 for what search ignores.
func foldRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	}
	r = largeKana(katakana(r))
	if r >= 'ア' && r <= 'ヴ' {
		return r
	}
	if modern, ok := modernKanji[r]; ok {
		return modern
	}
	if r == 'ー' || !unicode.IsLetter(r) && !unicode.IsNumber(r) {
		return -1
	}
	return r
}

func foldJoiner(r rune) rune {
	switch r {
	case 'ガ', '箇':
		return 'ケ'
	case '之':
		return 'ノ'
	}
	return r
}

// modernKanji lists old and variant forms that occur in bank and branch names
// or that people type for them.
var modernKanji = map[rune]rune{
	'國': '国', '龍': '竜', '瀧': '滝', '嶋': '島', '冨': '富', '曾': '曽', '櫻': '桜', '檜': '桧',
	'髙': '高', '﨑': '崎', '齋': '斎', '澤': '沢', '濱': '浜', '濵': '浜', '邊': '辺', '邉': '辺',
	'廣': '広', '惠': '恵', '榮': '栄', '萬': '万', '學': '学', '會': '会', '區': '区', '德': '徳',
	'眞': '真', '壽': '寿', '藏': '蔵', '彌': '弥', '舘': '館', '圓': '円', '鐵': '鉄', '瀨': '瀬',
}

// katakana turns a hiragana letter into the katakana letter; other runes stay.
func katakana(r rune) rune {
	if r >= 'ぁ' && r <= 'ゖ' {
		return r + 'ァ' - 'ぁ'
	}
	return r
}

// largeKana turns a small katakana letter into the large one: banks keep no
// small kana.
func largeKana(r rune) rune {
	if r < 'ァ' || r > 'ㇿ' {
		return r
	}
	if large, ok := smallKana[r]; ok {
		return large
	}
	return r
}

var smallKana = map[rune]rune{
	'ァ': 'ア', 'ィ': 'イ', 'ゥ': 'ウ', 'ェ': 'エ', 'ォ': 'オ', 'ッ': 'ツ', 'ャ': 'ヤ', 'ュ': 'ユ', 'ョ': 'ヨ',
	'ヮ': 'ワ', 'ヵ': 'カ', 'ヶ': 'ケ', 'ㇰ': 'ク', 'ㇱ': 'シ', 'ㇲ': 'ス', 'ㇳ': 'ト', 'ㇴ': 'ヌ', 'ㇵ': 'ハ',
	'ㇶ': 'ヒ', 'ㇷ': 'フ', 'ㇸ': 'ヘ', 'ㇹ': 'ホ', 'ㇺ': 'ム', 'ㇻ': 'ラ', 'ㇼ': 'リ', 'ㇽ': 'ル', 'ㇾ': 'レ', 'ㇿ': 'ロ',
}
