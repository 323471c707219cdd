package zengin

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"
)

// Name is an account name as the bank will see it: half-width letters of JIS
// X 0201. It prints masked; [Name.Text] gives the letters.
type Name struct {
	text    secret
	notices []Notice
}

// maxNameInput bounds the work of reading a name; the longest that a bank
// keeps is far shorter even with its legal form written out.
const maxNameInput = 200

// NormalizeName writes an account name as the bank will see it in an on-line
// transfer: [Charset.Normalize] with [CharsetTransfer].
func NormalizeName(s string, limit int) (Name, error) {
	return CharsetTransfer.Normalize(s, limit)
}

// Normalize writes an account name as the bank will see it: half-width, in
// large katakana, with "-" for the long vowel, capitals, single spaces, and the
// legal form abbreviated by its place (Bankers Association's abbreviations):
//
//	株式会社ヤマダ → ｶ)ﾔﾏﾀﾞ    ヤマダ株式会社 → ﾔﾏﾀﾞ(ｶ    ヤマダ株式会社とうきょう営業所 → ﾔﾏﾀﾞ(ｶ)ﾄｳｷﾖｳ(ｴｲ
//
// The result is never a guess: what has no certain form in the charset, such
// as kanji, is refused. The error is [FieldErrors], one for each run of
// characters at fault, with its position in s. A name longer than limit
// half-width letters is refused; [LimitNone] allows any length.
//
// Normalizing a result again changes nothing.
func (c Charset) Normalize(s string, limit int) (Name, error) {
	if n := utf8.RuneCountInString(s); n > maxNameInput {
		return Name{}, FieldErrors{{Field: FieldName, Rule: RuleNameTooLong, Limit: max(limit, 1), Got: n}}
	}
	read := readName(s, c)
	parts := abbreviate(read.cells)
	if faults := c.judge(parts); len(faults) > 0 {
		return Name{}, faults
	}
	if !slices.ContainsFunc(parts, part.isLetter) {
		return Name{}, FieldErrors{{Field: FieldName, Rule: nameless(parts)}}
	}
	text := write(parts)
	if n := utf8.RuneCountInString(text); limit > 0 && n > limit {
		return Name{}, FieldErrors{{Field: FieldName, Rule: RuleNameTooLong, Limit: limit, Got: n}}
	}
	return Name{text: hide(text), notices: noticesOf(parts, read.notices)}, nil
}

// noticesOf keeps one notice for each kind of change to the same letters, in
// order of place.
func noticesOf(parts []part, more []Notice) []Notice {
	all := more
	for _, p := range parts {
		all = append(all, p.notices...)
	}
	slices.SortStableFunc(all, func(a, b Notice) int { return a.Position - b.Position })
	if oneWord(parts) {
		all = append(all, Notice{Field: FieldName, Change: AdviceOneWord})
	}
	var out []Notice
	for _, n := range all {
		if !slices.ContainsFunc(out, n.repeats) {
			out = append(out, n)
		}
	}
	return out
}

func nameless(parts []part) Rule {
	if slices.ContainsFunc(parts, func(p part) bool { return p.form != "" }) {
		return RuleNameOnlyForm
	}
	return RuleRequired
}

// oneWord spots what may be a person's name without its space.
func oneWord(parts []part) bool {
	return !slices.ContainsFunc(parts, func(p part) bool { return p.form != "" || p.isSpace() })
}

// Text gives the letters. They are personal data.
func (n Name) Text() string { return n.text.reveal() }

// Len is the length as banks count it: half-width letters, voicing marks
// counting as one. It is also the length in bytes of JIS X 0201.
func (n Name) Len() int { return utf8.RuneCountInString(n.Text()) }

// Notices says what was changed.
func (n Name) Notices() []Notice { return slices.Clone(n.notices) }

// Truncate gives the first limit letters, which is what banks ask for when a
// name is too long for a field. It drops the letter of a voicing mark that
// would be cut off, because ﾀ for ﾀﾞ would be another letter, and a space at
// the end. A limit below 1 gives an empty name.
func (n Name) Truncate(limit int) Name {
	letters := []rune(n.Text())
	limit = max(limit, 0)
	if len(letters) <= limit {
		return n
	}
	if limit > 0 && isVoicing(letters[limit]) {
		limit--
	}
	return Name{text: hide(strings.TrimRight(string(letters[:limit]), " ")), notices: n.notices}
}

// String is masked: "account name of 12 letters".
func (n Name) String() string { return fmt.Sprintf("account name of %d letters", n.Len()) }

// Format is masked for every verb.
func (n Name) Format(f fmt.State, _ rune) { fmt.Fprint(f, n.String()) }

// LogValue is masked.
func (n Name) LogValue() slog.Value { return slog.StringValue(n.String()) }

// MarshalText is masked: a name in plain text leaves only through [Name.Text].
func (n Name) MarshalText() ([]byte, error) { return []byte(n.String()), nil }
