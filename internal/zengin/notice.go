package zengin

import (
	"fmt"

	"soukin/remittance"
)

// Notice tells the person who typed an account what was changed, so that a
// page can show what the bank will see before anything is sent.
type Notice struct {
	Field    Field
	Change   Change
	From, To string // the letters changed in a name; empty for other fields
	Position int    // where the first change of this kind is, counted in characters from 1; 0 for the whole field
}

// Change is a kind of change, or of advice. Its text is the wire form.
type Change string

// The changes.
const (
	ChangedPadding    Change = "zero_padded"
	ChangedSeparators Change = "separators_removed"
	ChangedYucho      Change = "symbol_converted"
	AdviceSymbol      Change = "symbol_check_digit" // nothing changed: the symbol may be mistyped
	ChangedWidth      Change = "width"
	ChangedHiragana   Change = "hiragana"
	ChangedSmallKana  Change = "small_kana"
	ChangedOldKana    Change = "old_kana"
	ChangedLongVowel  Change = "long_vowel"
	ChangedCase       Change = "upper_case"
	ChangedMark       Change = "punctuation"
	ChangedSpaces     Change = "spaces"
	ChangedLegalForm  Change = "legal_form"
	AdviceOneWord     Change = "one_word" // nothing changed: a person's name has a space
)

// Message says what was changed, in one sentence.
func (n Notice) Message(l remittance.Lang) string {
	t := changeTexts[n.Change]
	if l == remittance.Ja {
		if n.From != "" {
			t.ja += fmt.Sprintf("（「%s」→「%s」）", n.From, n.To)
		}
		return n.Field.Label(l) + "：" + t.ja + "。"
	}
	if n.From != "" {
		t.en += fmt.Sprintf(" (%q to %q)", n.From, n.To)
	}
	return n.Field.Label(l) + ": " + t.en + "."
}

type changeText struct{ ja, en string }

var changeTexts = map[Change]changeText{
	ChangedPadding:    {"先頭に0を補って7桁にしました", "padded with leading zeros to 7 digits"},
	ChangedSeparators: {"空白やハイフンを除き、半角の数字にしました", "spaces and hyphens were removed and digits made half-width"},
	ChangedYucho:      {"ゆうちょ銀行の記号・番号を振込用の店番・口座番号に変換しました", "converted from Japan Post symbol and number to branch and account number"},
	AdviceSymbol:      {"記号と番号の組み合わせに打ち間違いがあるかもしれません。通帳と見比べてください", "symbol and number may be mistyped: compare them with the passbook"},
	ChangedWidth:      {"半角文字にしました", "written in half-width letters"},
	ChangedHiragana:   {"ひらがなをカタカナにしました", "hiragana written as katakana"},
	ChangedSmallKana:  {"小さいカナを大きいカナにしました", "small kana written large"},
	ChangedOldKana:    {"旧仮名を今の仮名にしました", "old kana written in today's kana"},
	ChangedLongVowel:  {"長音をハイフンにしました", "the long vowel mark written as a hyphen"},
	ChangedCase:       {"英小文字を大文字にしました", "lower case written in capitals"},
	ChangedMark:       {"記号を銀行で使える記号にしました", "punctuation written as banks write it"},
	ChangedSpaces:     {"余分な空白を除きました", "surplus spaces removed"},
	ChangedLegalForm:  {"法人の種類を銀行の略語にしました", "the legal form written in the banks' abbreviation"},
	AdviceOneWord:     {"個人の場合は姓と名の間に空白を1つ入れてください", "for a person, put one space between family and given name"},
}

func (n Notice) repeats(old Notice) bool {
	return n.Field == old.Field && n.Change == old.Change && n.From == old.From && n.To == old.To
}
