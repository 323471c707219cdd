package link

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"soukin/remittance"
)

// MaxCodes is how many codes a link may ask for.
const MaxCodes = 3

const (
	maxLabel      = 40 // characters
	minCode       = 4
	maxCode       = 64
	maxTyped      = 256 // bytes; more is wrong without being looked at
	codeHashUsage = "soukin link code"
)

// ErrCode is wrapped by errors about the form of a code or its label.
var ErrCode = errors.New("auth code")

// Code is one thing that the recipient must know, and what the merchant calls it
// ("会員番号"). The value prints, encodes and logs masked.
type Code struct {
	Label string
	value secret
}

// NewCode checks label (1 to 40 characters in one line) and value (4 to 64
// characters, not counting spaces and hyphens). Errors: [ErrCode]; the message
// names the rule and never the value.
func NewCode(label, value string) (Code, error) {
	if n := utf8.RuneCountInString(label); n < 1 || n > maxLabel || strings.ContainsFunc(label, unicode.IsControl) {
		return Code{}, fmt.Errorf("%w: the label must be 1 to %d characters in one line", ErrCode, maxLabel)
	}
	plain := normalize(value)
	if n := utf8.RuneCountInString(plain); n < minCode || n > maxCode {
		return Code{}, fmt.Errorf("%w %q: the value must be %d to %d characters, not counting spaces and hyphens", ErrCode, label, minCode, maxCode)
	}
	return Code{label, secret{&plain}}, nil
}

// normalize makes equal what people take for the same code: full and half
// width, capital and small letters, with and without spaces and hyphens. The
// long-vowel mark counts as a hyphen because Japanese keyboards put it there.
func normalize(s string) string {
	if len(s) > maxTyped {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == 'ー' || r == '−' || unicode.In(r, unicode.Z, unicode.Pd, unicode.Cc, unicode.Cf) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(s))
}

// storedCode is a code as the database has it.
type storedCode struct{ label, hash string }

// hash binds a code to its link and place, so that equal codes do not look equal.
func (l *Links) hash(ref remittance.Ref, position int, value string) string {
	return l.keyed([]byte(strings.Join([]string{codeHashUsage, string(ref.Merchant), string(ref.Remittance), strconv.Itoa(position), value}, "\x00")))
}

// matches compares every answer with every code, however many are wrong.
func (l *Links) matches(ref remittance.Ref, codes []storedCode, answers []Answer) bool {
	same := subtle.ConstantTimeEq(int32(len(codes)), int32(len(answers)))
	for i, c := range codes {
		typed := ""
		if i < len(answers) {
			typed = answers[i].Reveal()
		}
		same &= subtle.ConstantTimeCompare([]byte(c.hash), []byte(l.hash(ref, i, normalize(typed))))
	}
	return same == 1
}

func labels(codes []storedCode) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = c.label
	}
	return out
}
