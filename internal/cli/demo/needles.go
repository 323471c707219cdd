package demo

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
)

// needle is a text to find; one that stands alone has no digit beside it, and no
// point before it, as the fractions of seconds in logs have.
type needle struct {
	text  string
	alone bool
}

// needles finds many texts in one pass, by their first eight bytes.
type needles struct {
	byStart map[uint64][]needle
	pairs   [1 << 16]bool
	longest int
	block   int // how much of a file is held at a time
}

const startLength = 8

func (n *needles) add(one needle) {
	start := startOf([]byte(one.text))
	n.byStart[start] = append(n.byStart[start], one)
	n.pairs[uint16(one.text[0])<<8|uint16(one.text[1])] = true
	n.longest = max(n.longest, len(one.text))
}

func startOf(b []byte) (start uint64) {
	for _, c := range b[:startLength] {
		start = start<<8 | uint64(c)
	}
	return start
}

// in counts the needles that begin in a part of a block. The bytes around it tell
// whether a number stands alone.
func (n *needles) in(block []byte, from, until int) (found int) {
	for i := from; i < until && i+startLength <= len(block); i++ {
		if !n.pairs[uint16(block[i])<<8|uint16(block[i+1])] {
			continue
		}
		for _, one := range n.byStart[startOf(block[i:])] {
			end := i + len(one.text)
			if end > len(block) || string(block[i:end]) != one.text {
				continue
			}
			if one.alone && (i > 0 && (digit(block[i-1]) || block[i-1] == '.') || end < len(block) && digit(block[end])) {
				continue
			}
			found++
			break
		}
	}
	return found
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// inReader counts the needles of a text, each place once.
func (n *needles) inReader(r io.Reader) (found int, size int64, err error) {
	block := make([]byte, 0, n.block+n.longest+2)
	for from := 0; ; from = 1 {
		read, err := io.ReadFull(r, block[len(block):cap(block)])
		size += int64(read)
		block = block[:len(block)+read]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return found, size, err
		}
		until := len(block)
		if !last {
			until -= n.longest + 1 // what begins further on may end in the next block
		}
		found += n.in(block, from, until)
		if last {
			return found, size, nil
		}
		block = append(block[:0], block[until-1:]...) // with the byte before
	}
}

// spellings are a text as it is, in hexadecimal digits, and in base64 wherever in
// a longer text it begins.
func spellings(text string) []string {
	digits := hex.EncodeToString([]byte(text))
	out := []string{text, digits, strings.ToUpper(digits)}
	for before := range 3 {
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			whole := enc.EncodeToString([]byte(strings.Repeat("x", before) + text))
			// Letters at both ends that the neighbours have a share in are left out.
			out = append(out, whole[(before*8+5)/6:(before+len(text))*8/6])
		}
	}
	slices.Sort(out[3:])
	return append(out[:3], slices.Compact(out[3:])...)
}
