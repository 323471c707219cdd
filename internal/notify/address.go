package notify

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// ErrEmail and ErrPhone are returned for contacts that cannot be used. They
// repeat nothing of what was given.
var (
	ErrEmail = errors.New("the e-mail address must have the form name@example.jp, in ASCII, up to 254 characters")
	ErrPhone = errors.New("the telephone number must be a mobile number as 090-1234-5678 (060, 070, 080 or 090 and 8 digits), or an international one as +14155550123")
)

var (
	// Dots may stand anywhere in the local part: Japan's mobile carriers gave out
	// such addresses (name..x.@docomo.ne.jp) against RFC 5321, and they are in use.
	localPart = regexp.MustCompile("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$")
	domain    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

	international = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	// Japan's telephone numbering plan gives these to mobile telephones.
	japanMobile = regexp.MustCompile(`^\+81[6-9]0[0-9]{8}$`)
)

const maxEmail = 254 // RFC 5321 section 4.5.3.1.3, less the angle brackets

// ParseEmail checks an address and gives it as it is used: without spaces
// around, in half width, its domain in small letters. Errors: [ErrEmail].
func ParseEmail(s string) (string, error) {
	s = strings.TrimSpace(width.Fold.String(s))
	at := strings.LastIndexByte(s, '@')
	if at < 0 || len(s) > maxEmail {
		return "", ErrEmail
	}
	name, host := s[:at], strings.ToLower(s[at+1:])
	if !localPart.MatchString(name) || !domain.MatchString(host) {
		return "", ErrEmail
	}
	return name + "@" + host, nil
}

// ParsePhone checks a number that can receive short messages and gives it in the
// form of E.164 (+819012345678). A number without a country code is Japan's.
// Errors: [ErrPhone].
func ParsePhone(s string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if r == 'ー' || r == '−' || r == '(' || r == ')' || unicode.In(r, unicode.Z, unicode.Pd) {
			return -1
		}
		return r
	}, width.Fold.String(s))
	if rest, ok := strings.CutPrefix(digits, "0"); ok {
		digits = "+81" + rest
	}
	if rest, ok := strings.CutPrefix(digits, "+810"); ok { // the trunk 0 after the country code is a common slip
		digits = "+81" + rest
	}
	if !international.MatchString(digits) || strings.HasPrefix(digits, "+81") && !japanMobile.MatchString(digits) {
		return "", ErrPhone
	}
	return digits, nil
}
