package zengin

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// legalForm is a kind of company or office and the kana that banks write for
// it.
type legalForm struct {
	short    string   // the banks' abbreviation, canonical kana
	kanji    []string // in full
	readings []string // in full, as people write them
	marks    []string // the usual kanji abbreviation, without its parentheses
}

// legalForms is the Bankers Association's list of abbreviations for legal
// forms and for offices, as Keiyo Bank and Joyo Bank publish it. Its third
// list, for lines of business, is left out on purpose: banks differ in whether
// the account carries those.
var legalForms = []legalForm{
	{"カ", []string{"株式会社"}, []string{"カブシキガイシャ", "カブシキカイシャ"}, []string{"株"}},
	{"ユ", []string{"有限会社"}, []string{"ユウゲンガイシャ", "ユウゲンカイシャ"}, []string{"有"}},
	{"メ", []string{"合名会社"}, []string{"ゴウメイガイシャ", "ゴウメイカイシャ"}, []string{"名"}},
	{"シ", []string{"合資会社"}, []string{"ゴウシガイシャ", "ゴウシカイシャ"}, []string{"資"}},
	{"ド", []string{"合同会社"}, []string{"ゴウドウガイシャ", "ゴウドウカイシャ"}, []string{"同"}},
	{"ソ", []string{"相互会社"}, []string{"ソウゴガイシャ", "ソウゴカイシャ"}, []string{"相"}},
	{"イ", []string{"医療法人", "医療法人社団", "医療法人財団", "社会医療法人"},
		[]string{"イリョウホウジン", "イリョウホウジンシャダン", "イリョウホウジンザイダン", "シャカイイリョウホウジン"}, []string{"医"}},
	{"ザイ", []string{"財団法人", "一般財団法人", "公益財団法人"},
		[]string{"ザイダンホウジン", "イッパンザイダンホウジン", "コウエキザイダンホウジン"}, []string{"財", "一財", "公財"}},
	{"シヤ", []string{"社団法人", "一般社団法人", "公益社団法人"},
		[]string{"シャダンホウジン", "イッパンシャダンホウジン", "コウエキシャダンホウジン"}, []string{"社", "一社", "公社"}},
	{"シユウ", []string{"宗教法人"}, []string{"シュウキョウホウジン"}, []string{"宗"}},
	{"ガク", []string{"学校法人"}, []string{"ガッコウホウジン"}, []string{"学"}},
	{"フク", []string{"社会福祉法人"}, []string{"シャカイフクシホウジン"}, []string{"福", "社福"}},
	{"ホゴ", []string{"更生保護法人"}, []string{"コウセイホゴホウジン"}, nil},
	{"トクヒ", []string{"特定非営利活動法人", "NPO法人"},
		[]string{"トクテイヒエイリカツドウホウジン", "エヌピーオーホウジン", "NPOホウジン"}, []string{"特非"}},
	{"ドク", []string{"独立行政法人"}, []string{"ドクリツギョウセイホウジン"}, []string{"独"}},
	{"チドク", []string{"地方独立行政法人"}, []string{"チホウドクリツギョウセイホウジン"}, []string{"地独"}},
	{"ベン", []string{"弁護士法人"}, []string{"ベンゴシホウジン"}, nil},
	{"チユウ", []string{"有限責任中間法人", "無限責任中間法人"},
		[]string{"ユウゲンセキニンチュウカンホウジン", "ムゲンセキニンチュウカンホウジン"}, nil},
	{"ギヨ", []string{"行政書士法人"}, []string{"ギョウセイショシホウジン"}, nil},
	{"シホウ", []string{"司法書士法人"}, []string{"シホウショシホウジン"}, nil},
	{"ゼイ", []string{"税理士法人"}, []string{"ゼイリシホウジン"}, nil},
	{"ダイ", []string{"国立大学法人", "公立大学法人"},
		[]string{"コクリツダイガクホウジン", "コウリツダイガクホウジン"}, nil},
	{"ノウ", []string{"農事組合法人"}, []string{"ノウジクミアイホウジン"}, nil},
	{"カンリ", []string{"管理組合法人"}, []string{"カンリクミアイホウジン"}, nil},
	{"ロウム", []string{"社会保険労務士法人"}, []string{"シャカイホケンロウムシホウジン"}, nil},
	{"エイ", []string{"営業所"}, []string{"エイギョウショ", "エイギョウジョ"}, nil},
	{"シユツ", []string{"出張所"}, []string{"シュッチョウジョ", "シュッチョウショ"}, nil},
}

// formPattern is one spelling of a legal form, in canonical letters.
type formPattern struct {
	letters []rune
	short   string
	place   place
}

// place is where a spelling means the legal form.
type place int

const (
	anywhere place = iota
	head
	tail
)

// formPatterns is every spelling by its first letter, the longest first.
var formPatterns = sync.OnceValue(func() map[rune][]formPattern {
	patterns := map[rune][]formPattern{}
	add := func(spelling, short string, at place) {
		letters := canonical(spelling)
		patterns[letters[0]] = append(patterns[letters[0]], formPattern{letters, short, at})
	}
	for _, f := range legalForms {
		for _, word := range append(slices.Clone(f.kanji), f.readings...) {
			add(word, f.short, anywhere)
			add("("+word+")", f.short, anywhere)
		}
		for _, mark := range append(slices.Clone(f.marks), f.short) {
			add("("+mark+")", f.short, anywhere)
			add(mark+")", f.short, head)
			add("("+mark, f.short, tail)
		}
	}
	for _, of := range patterns {
		slices.SortStableFunc(of, func(a, b formPattern) int { return len(b.letters) - len(a.letters) })
	}
	return patterns
})

func canonical(s string) []rune {
	read := readName(s, CharsetFile)
	letters := make([]rune, len(read.cells))
	for i, c := range read.cells {
		letters[i] = c.r
	}
	return letters
}

// part is a character of the name or a legal form in its final writing.
type part struct {
	cell
	form string // "カ)", "(カ)" or "(カ"; empty for a character
}

func (p part) isSpace() bool { return p.form == "" && p.r == ' ' }

// isLetter tells what can be a name from punctuation and legal forms.
func (p part) isLetter() bool {
	return p.form == "" && (unicode.IsLetter(p.r) || unicode.IsNumber(p.r))
}

// abbreviate finds legal forms and writes them by their place. The spaces
// around a form go: banks write ｶ)ﾔﾏﾀﾞ and ﾔﾏﾀﾞ(ｶ.
func abbreviate(cells []cell) []part {
	var parts []part
	for i := 0; i < len(cells); {
		p, ok := formAt(cells, i)
		if !ok {
			parts = append(parts, part{cell: cells[i]})
			i++
			continue
		}
		end := i + len(p.letters)
		found := part{cell: cells[i], form: placed(p.short, i == 0, end == len(cells))}
		if string(p.letters) != found.form {
			// How the letters of the long form were typed no longer matters.
			found.notices = []Notice{{Field: FieldName, Change: ChangedLegalForm,
				From: typed(cells[i:end]), To: narrowText(found.form), Position: found.pos}}
		}
		if last := len(parts) - 1; last >= 0 && parts[last].isSpace() {
			found.spaceDropped(parts[last].pos)
			parts = parts[:last]
		}
		if end < len(cells) && cells[end].r == ' ' {
			found.spaceDropped(cells[end].pos)
			end++
		}
		parts = append(parts, found)
		i = end
	}
	return parts
}

func (p *part) spaceDropped(pos int) {
	p.notices = append(p.notices, Notice{Field: FieldName, Change: ChangedSpaces, Position: pos})
}

func formAt(cells []cell, i int) (formPattern, bool) {
	for _, p := range formPatterns()[cells[i].r] {
		end := i + len(p.letters)
		if end > len(cells) || p.place == head && i > 0 || p.place == tail && end < len(cells) {
			continue
		}
		if slices.EqualFunc(cells[i:end], p.letters, func(c cell, r rune) bool { return c.r == r }) {
			return p, true
		}
	}
	return formPattern{}, false
}

func placed(short string, first, last bool) string {
	switch {
	case first:
		return short + ")"
	case last:
		return "(" + short
	}
	return "(" + short + ")"
}

// typed gives the characters as they were typed; a squared character stands
// for several cells and comes once.
func typed(cells []cell) string {
	var b strings.Builder
	for i, c := range cells {
		if i == 0 || c.pos != cells[i-1].pos || c.typed != cells[i-1].typed {
			b.WriteString(c.typed)
		}
	}
	return b.String()
}
