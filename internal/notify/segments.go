package notify

import (
	"strings"
	"unicode/utf16"
)

// The alphabet of a short message (3GPP TS 23.038): letters of one septet, and
// those that need two.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// What fits into one short message alone, and into one of several (3GPP TS
// 23.040: a header joins them).
const (
	septetsAlone, septetsJoined = 160, 153
	unitsAlone, unitsJoined     = 70, 67
)

// Segments is how many short messages a text is sent and billed as: 160 letters
// fit into one where the text is in the GSM alphabet, else, as always in
// Japanese, 70; a little fewer where there are several.
func Segments(text string) int {
	size, gsm := septets(text)
	if gsm {
		return parts(size, septetsAlone, septetsJoined)
	}
	return parts(len(utf16.Encode([]rune(text))), unitsAlone, unitsJoined)
}

func septets(text string) (n int, gsm bool) {
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			n++
		case strings.ContainsRune(gsmExtended, r):
			n += 2
		default:
			return 0, false
		}
	}
	return n, true
}

func parts(size, alone, joined int) int {
	if size <= alone {
		return 1
	}
	return (size + joined - 1) / joined
}
