package orders

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
)

// maxFile bounds the memory that a file may take: some 200,000 rows.
const maxFile = 32 << 20

var byteOrderMark = []byte("\ufeff")

// decoded reads a file as text. The errors are [Faults] or the reader's own.
func decoded(r io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return "", err
	}
	if len(raw) > maxFile {
		return "", Faults{fault(RuleLargeFile, "", value{"limit", strconv.Itoa(maxFile >> 20)})}
	}
	text, marked := bytes.CutPrefix(raw, byteOrderMark)
	if utf8.Valid(text) && (marked || !looksLikeHalfWidthKana(text)) {
		return string(text), nil
	}
	if !marked {
		if sjis, err := japanese.ShiftJIS.NewDecoder().Bytes(text); err == nil && !bytes.ContainsRune(sjis, utf8.RuneError) && !bytes.ContainsRune(sjis, 0) {
			return string(sjis), nil
		}
	}
	return "", Faults{fault(RuleEncoding, "")}
}

// looksLikeHalfWidthKana spots Shift_JIS that happens to be valid UTF-8: two
// half-width kana such as ﾐｷ are also the bytes of one Cyrillic or Arabic
// letter. Japanese in UTF-8 always has letters of three bytes.
func looksLikeHalfWidthKana(text []byte) bool {
	foreign := false
	for _, r := range string(text) {
		if r >= 0x800 {
			return false
		}
		foreign = foreign || r >= utf8.RuneSelf
	}
	return foreign
}
