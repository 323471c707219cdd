package zengin

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// write puts the parts in half-width letters.
func write(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.form != "" {
			b.WriteString(p.form)
		} else {
			b.WriteRune(p.r)
		}
	}
	return narrowText(b.String())
}

// narrowText gives half-width letters with their voicing marks apart.
func narrowText(s string) string { return width.Narrow.String(norm.NFD.String(s)) }

// judge finds the characters the charset does not take. Neighbouring kanji are
// one fault.
func (c Charset) judge(parts []part) FieldErrors {
	var faults FieldErrors
	kanjiFrom := -1 // where the run of kanji that is the last fault begins
	for i, p := range parts {
		if p.form != "" || c.takes(p.cell) {
			kanjiFrom = -1
			continue
		}
		e := c.fault(parts, i)
		if e.Rule != RuleNameKanji {
			kanjiFrom = -1
		} else if kanjiFrom >= 0 {
			faults[len(faults)-1].Text = typedParts(parts[kanjiFrom : i+1])
			continue
		} else {
			kanjiFrom = i
		}
		faults = append(faults, e)
	}
	return faults
}

func typedParts(parts []part) string {
	cells := make([]cell, len(parts))
	for i, p := range parts {
		cells[i] = p.cell
	}
	return typed(cells)
}

// takes reports whether a cell has a half-width form in the charset.
func (c Charset) takes(x cell) bool {
	return !x.stranded && c.Allows(narrowText(string(x.r)))
}

func (c Charset) fault(parts []part, i int) *FieldError {
	x := parts[i].cell
	e := &FieldError{Field: FieldName, Rule: RuleNameCharacter, Text: x.typed, Position: x.pos}
	switch {
	case x.stranded:
		e.Rule = RuleNameMark
	case x.r >= 'ヷ' && x.r <= 'ヺ':
		// ワ゛ and its like are letters of Unicode, but no bank has them.
		e.Rule, e.Suggest = RuleNameMark, substitutes[x.r]
	case isInvisible(x.r):
		e.Rule, e.Text = RuleNameInvisible, fmt.Sprintf("U+%04X", x.r)
	case unicode.Is(unicode.Han, x.r):
		e.Rule = RuleNameKanji
		if kana, ok := lookalikes[x.r]; ok && amongKana(parts, i) {
			e.Rule, e.Suggest = RuleNameLookalike, kana
		}
	default:
		e.Suggest = c.substitute(parts, i)
	}
	return e
}

func isInvisible(r rune) bool { return unicode.Is(unicode.C, r) || unicode.Is(unicode.M, r) }

// lookalikes are kanji that are easily typed for a katakana letter.
var lookalikes = map[rune]string{
	'一': "-", '力': "カ", '口': "ロ", '工': "エ", '夕': "タ", '卜': "ト", '八': "ハ", '二': "ニ", '千': "チ", '才': "オ",
}

// amongKana reports whether a character has kana beside it and no kanji.
func amongKana(parts []part, i int) bool {
	kana := 0
	for _, at := range []int{i - 1, i + 1} {
		if at < 0 || at >= len(parts) || parts[at].form != "" || parts[at].r == ' ' {
			continue
		}
		if !isKatakana(parts[at].r) && parts[at].r != '-' {
			return false
		}
		kana++
	}
	return kana > 0
}

// substitute suggests what to write for a character, or nothing.
func (c Charset) substitute(parts []part, i int) string {
	r := parts[i].r
	if to, ok := substitutes[r]; ok {
		if narrowed := narrowText(to); c.Allows(narrowed) {
			return to
		}
		return ""
	}
	if strings.ContainsRune("ヽゝ", r) && i > 0 && isKatakana(parts[i-1].r) {
		return string(parts[i-1].r)
	}
	if base := []rune(norm.NFD.String(string(r)))[0]; base != r && base < 0x80 && unicode.IsLetter(base) {
		return strings.ToUpper(string(base))
	}
	return ""
}

var substitutes = map[rune]string{
	'ヲ': "オ", 'ヷ': "バ", 'ヸ': "ビ", 'ヹ': "ベ", 'ヺ': "ボ", 'ヿ': "コト",
	'、': ".", '。': ".", ',': ".", '\'': ".", '’': ".", '·': ".", '•': ".", '/': "-", '_': "-", '~': "-", '〜': "-",
	'[': "(", ']': ")", '{': "(", '}': ")", '〔': "(", '〕': ")", '【': "(", '】': ")", '「': "(", '」': ")",
	'&': "アンド", '+': "プラス", '@': "アット",
}
