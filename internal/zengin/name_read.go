package zengin

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// cell is one character of a name on its way to the bank's form: r is large
// full-width katakana, a capital, a digit or a mark where that is possible,
// and otherwise the character as typed.
type cell struct {
	r        rune
	typed    string // as in the input
	pos      int    // in characters of the input, from 1
	stranded bool   // a voicing mark that no letter takes
	notices  []Notice
}

type nameReader struct {
	charset Charset
	cells   []cell
	pos     int
	pending []Notice // changes to the character that is being read
	notices []Notice // changes to what left no cell: surplus spaces
}

// readName turns a name into cells. Spaces at the ends are gone and runs of
// spaces are one.
func readName(s string, c Charset) *nameReader {
	n := &nameReader{charset: c}
	for _, r := range s {
		if !isCombining(r) {
			n.pos++
		}
		n.read(r)
	}
	if last := len(n.cells) - 1; last >= 0 && n.cells[last].r == ' ' {
		n.cells = n.cells[:last]
		n.dropped()
	}
	return n
}

func (n *nameReader) read(r rune) {
	if mark, ok := voicingMarks[r]; ok {
		n.voice(r, mark)
		return
	}
	if form, ok := squared(r); ok {
		for _, part := range form {
			n.add(part, r)
		}
		return
	}
	if r == '\t' || unicode.Is(unicode.Zs, r) {
		n.space(r)
		return
	}
	if out := n.letter(r); out == ' ' {
		n.space(r)
	} else {
		n.add(out, r)
	}
}

func (n *nameReader) add(r, typed rune) {
	n.cells = append(n.cells, cell{r: r, typed: string(typed), pos: n.pos, notices: n.pending})
	n.pending = nil
}

// voice puts a voicing mark on the letter before it: か and ゛ are が however
// the two were typed.
func (n *nameReader) voice(typed, mark rune) {
	last := len(n.cells) - 1
	if last >= 0 && !n.cells[last].stranded {
		before := &n.cells[last]
		if joined := []rune(norm.NFC.String(string([]rune{before.r, mark}))); len(joined) == 1 {
			before.r = joined[0]
			before.typed += string(typed)
			return
		}
	}
	n.cells = append(n.cells, cell{r: typed, typed: string(typed), pos: n.pos, stranded: true})
}

var voicingMarks = map[rune]rune{
	'\u3099': '\u3099', '゛': '\u3099', 'ﾞ': '\u3099',
	'\u309A': '\u309A', '゜': '\u309A', 'ﾟ': '\u309A',
}

func isCombining(r rune) bool { return r == '\u3099' || r == '\u309A' }

func (n *nameReader) space(r rune) {
	if r == '　' {
		n.changed(ChangedWidth, "", "")
	}
	if len(n.cells) == 0 || n.cells[len(n.cells)-1].r == ' ' {
		n.dropped()
		return
	}
	n.add(' ', r)
}

// squared takes apart the one-character legal forms such as ㈱, ㊑ and ㍿.
func squared(r rune) (string, bool) {
	switch {
	case r >= '㈠' && r <= '㉇', r == '㍿':
		return norm.NFKC.String(string(r)), true
	case r >= '㊀' && r <= '㊰':
		return "(" + norm.NFKC.String(string(r)) + ")", true
	}
	return "", false
}

// letter gives the canonical form of one character and notes what it changed.
func (n *nameReader) letter(r rune) rune {
	out := n.widen(r)
	if kana := katakana(out); kana != out {
		n.changed(ChangedHiragana, "", "")
		out = kana
	}
	if large := largeKana(out); large != out {
		n.changed(ChangedSmallKana, string(r), narrowText(string(large)))
		out = large
	}
	switch {
	case out >= 'a' && out <= 'z':
		n.changed(ChangedCase, "", "")
		return out + 'A' - 'a'
	case strings.ContainsRune(dashes, out):
		if out != '-' {
			n.changed(ChangedLongVowel, string(r), "-")
		}
		return '-'
	case out == 'ヰ', out == 'ヱ':
		n.changed(ChangedOldKana, string(r), narrowText(string(oldKana[out])))
		return oldKana[out]
	case out == '・':
		return n.middleDot(r)
	}
	return out
}

// dashes lists what people type for a long vowel or a hyphen. Banks write both
// as "-" (Bankers Association's formats, appendix 1). A tilde is not among
// them: it also means "from … to".
const dashes = "-ー‐‑‒–—―−─"

var oldKana = map[rune]rune{'ヰ': 'イ', 'ヱ': 'エ'}

// middleDot writes ・ as the banks' own table of names does, with a full stop;
// banks that take none ask for a space (Keiyo Bank's notes on entry).
func (n *nameReader) middleDot(typed rune) rune {
	to := ' '
	if n.charset.has('.') {
		to = '.'
	}
	n.changed(ChangedMark, string(typed), string(to))
	return to
}

// widen undoes width variants, one character at a time; what would become
// several characters stays as it is and is judged later.
func (n *nameReader) widen(r rune) rune {
	if r >= ' ' && r <= '~' {
		return r
	}
	plain := []rune(norm.NFKC.String(string(r)))
	if len(plain) != 1 {
		return r
	}
	if isKatakana(r) || plain[0] != r && !isHalfKana(r) {
		n.changed(ChangedWidth, "", "")
	}
	return plain[0]
}

func isKatakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' }
func isHalfKana(r rune) bool { return r >= '｡' && r <= 'ﾟ' }

func (n *nameReader) changed(c Change, from, to string) {
	n.pending = append(n.pending, Notice{Field: FieldName, Change: c, From: from, To: to, Position: n.pos})
}

// dropped notes a surplus space; what else was changed about it no longer
// matters.
func (n *nameReader) dropped() {
	n.pending = nil
	n.notices = append(n.notices, Notice{Field: FieldName, Change: ChangedSpaces, Position: n.pos})
}
