package zengin

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// defaultLimit is how many results a search gives when asked for none.
const defaultLimit = 10

// SearchBanks finds banks by code, name, reading or romaji, in any width and
// script: "0005", "三菱", "みつびし", "ﾐﾂﾋﾞｼ" and "mitsubishi" all find
// 三菱UFJ銀行 first. Exact matches come before prefixes, those before matches
// elsewhere; among equals banks that serve the whole country come first, then
// banks before other institutions, then those with more branches. Words
// separated by spaces must all match. At most limit results come back; a limit
// below 1 means 10. An empty query finds nothing.
func (d *Directory) SearchBanks(query string, limit int) []Bank {
	d.bankIndex.Do(func() { d.indexed = indexBanks(d.banks) })
	found := search(d.indexed, query, limit)
	out := make([]Bank, len(found))
	for i, at := range found {
		out[i] = d.banks[at].Bank
	}
	return out
}

// SearchBranches finds branches of one bank in the same way; equals come in
// order of their codes. An unknown bank has no branches.
func (d *Directory) SearchBranches(bank, query string, limit int) []Branch {
	of := d.branchesOf(bank)
	if len(of) == 0 {
		return nil
	}
	index, ok := d.branchIndex.Load(bank)
	if !ok {
		index, _ = d.branchIndex.LoadOrStore(bank, sync.OnceValue(func() []searchable { return indexBranches(of) }))
	}
	found := search(index.(func() []searchable)(), query, limit)
	out := make([]Branch, len(found))
	for i, at := range found {
		out[i] = of[at]
	}
	return out
}

// searchable is one bank or branch, folded. An index is in the order in which
// equal matches come back.
type searchable struct {
	at     int // its place in the directory
	code   string
	texts  []string // folded names and readings
	romaji []string
}

func indexBanks(banks []bankEntry) []searchable {
	index := make([]searchable, len(banks))
	for i, b := range banks {
		names := append([]string{b.short, b.Kana}, aliases[b.Code]...)
		index[i] = newSearchable(i, b.Code, names)
	}
	slices.SortStableFunc(index, func(a, b searchable) int {
		return cmp.Compare(standing(banks[b.at]), standing(banks[a.at]))
	})
	return index
}

func indexBranches(branches []Branch) []searchable {
	index := make([]searchable, len(branches))
	for i, b := range branches {
		index[i] = newSearchable(i, b.Code, []string{b.Name, b.Kana})
	}
	return index
}

func newSearchable(at int, code string, names []string) searchable {
	s := searchable{at: at, code: code}
	for _, name := range names {
		text := fold(name)
		s.texts = append(s.texts, text)
		if key := romaji(text); key != "" && !slices.Contains(s.romaji, key) {
			s.romaji = append(s.romaji, key)
		}
	}
	return s
}

// standing is how likely a bank is the one that is meant: people look for
// nationwide banks first, and the number of branches tells the rest apart.
func standing(b bankEntry) int {
	branches := b.to - b.from
	switch {
	case slices.Contains(nationwide, b.Code):
		return 20_000 + branches
	case b.Code < "1000":
		return 10_000 + branches
	}
	return branches
}

// The ways a query can match, best first.
const (
	exact = iota
	prefix
	within
	words
	noMatch
)

func search(index []searchable, query string, limit int) []int {
	q := newQuery(query)
	if q.whole.text == "" {
		return nil
	}
	if limit < 1 {
		limit = defaultLimit
	}
	var hits [noMatch][]int
	for i := range index {
		if m := q.match(&index[i]); m < noMatch && len(hits[m]) < limit {
			hits[m] = append(hits[m], index[i].at)
		}
	}
	found := slices.Concat(hits[:]...)
	return found[:min(limit, len(found))]
}

type query struct {
	whole term
	words []term // two or more, else nil
}

type term struct {
	text   string // folded
	romaji string // its key, when the term is Latin letters
	digits bool
}

// maxQuery bounds the work a query can cause; no name is longer.
const maxQuery = 100

func newQuery(s string) query {
	if runes := []rune(s); len(runes) > maxQuery {
		s = string(runes[:maxQuery])
	}
	q := query{whole: newTerm(s)}
	fields := strings.Fields(s)
	for _, field := range fields {
		if t := newTerm(field); t.text != "" && !genericWords[t.text] {
			q.words = append(q.words, t)
		}
	}
	if len(fields) < 2 {
		q.words = nil
	}
	return q
}

func newTerm(s string) term {
	t := term{text: fold(shorten(longVowels.Replace(strings.ToLower(s))))}
	if t.text == "" {
		return t
	}
	if strings.Trim(t.text, "0123456789") == "" {
		t.digits = true
	}
	if strings.Trim(t.text, "abcdefghijklmnopqrstuvwxyz") == "" {
		// A syllable that is still being typed: "ky" must find "kyo", "sh" "shi".
		t.romaji = strings.TrimSuffix(foldRomaji(t.text), "y")
	}
	return t
}

// longVowels takes the marks off vowels that romaji writes long.
var longVowels = strings.NewReplacer(
	"ā", "a", "ī", "i", "ū", "u", "ē", "e", "ō", "o", "â", "a", "î", "i", "û", "u", "ê", "e", "ô", "o",
)

func (q query) match(s *searchable) int {
	if m := q.whole.match(s); m < noMatch {
		return m
	}
	if len(q.words) == 0 {
		return noMatch
	}
	for _, w := range q.words {
		if w.match(s) == noMatch {
			return noMatch
		}
	}
	return words
}

func (t term) match(s *searchable) int {
	best := noMatch
	if t.digits {
		best = matchCode(s.code, t.text)
	}
	for _, text := range s.texts {
		best = min(best, matchText(text, t.text))
	}
	if t.romaji != "" {
		for _, key := range s.romaji {
			best = min(best, matchText(key, t.romaji))
		}
	}
	return best
}

// matchCode lets "5" find 0005: spreadsheets drop leading zeros.
func matchCode(code, digits string) int {
	switch {
	case code == digits, strings.TrimLeft(code, "0") == strings.TrimLeft(digits, "0"):
		return exact
	case strings.HasPrefix(code, digits):
		return prefix
	}
	return noMatch
}

func matchText(text, part string) int {
	switch strings.Index(text, part) {
	case -1:
		return noMatch
	case 0:
		if len(text) == len(part) {
			return exact
		}
		return prefix
	}
	return within
}
