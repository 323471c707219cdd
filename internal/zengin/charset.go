package zengin

import "strings"

// Charset is the letters a rail takes in an account name. Every rail takes the
// large katakana ｱ to ﾝ with ﾞ and ﾟ, A to Z, 0 to 9 and the space (the Japanese
// Bankers Association's file formats of 2019-12, appendix 1); rails differ in
// the punctuation and in ｦ.
type Charset struct {
	Name  string // which rail it is; tells a charset without punctuation from none
	Extra string // what it takes beyond the common letters, half-width
}

// The charsets. A bank with other rules gets a Charset of its own.
var (
	// CharsetFile is the party names of the Bankers Association's 120-byte
	// transfer files.
	CharsetFile = Charset{Name: "zengin file", Extra: "()-."}
	// CharsetTransfer is transfers entered on line: GMO Aozora Net Bank's API
	// (corporate API v1.1.12, account names) and MUFG's corporate banking take
	// comma and slash as well.
	CharsetTransfer = Charset{Name: "transfer", Extra: "()-.,/"}
)

// Limits of the length of an account name in half-width letters, a voicing
// mark counting as one.
const (
	LimitTransfer = 48 // entered on line, one by one
	LimitFile     = 30 // in transfer files and bulk requests
	LimitNone     = 0  // no limit: to cut afterwards with [Name.Truncate]
)

// Allows reports whether every letter of a half-width text is in the charset
// and every voicing mark stands on a letter that takes one.
func (c Charset) Allows(text string) bool {
	var before rune
	for _, r := range text {
		if isVoicing(r) {
			if !takesVoicing(before, r) {
				return false
			}
		} else if !c.has(r) {
			return false
		}
		before = r
	}
	return true
}

// has judges one half-width letter that is no voicing mark.
func (c Charset) has(r rune) bool {
	switch {
	case r >= 'ｱ' && r <= 'ﾝ', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == ' ':
		return true
	}
	return strings.ContainsRune(c.Extra, r)
}

func isVoicing(r rune) bool { return r == 'ﾞ' || r == 'ﾟ' }

func takesVoicing(letter, mark rune) bool {
	if mark == 'ﾟ' {
		return letter >= 'ﾊ' && letter <= 'ﾎ'
	}
	return letter == 'ｳ' || letter >= 'ｶ' && letter <= 'ﾄ' || letter >= 'ﾊ' && letter <= 'ﾎ'
}
