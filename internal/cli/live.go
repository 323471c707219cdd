package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// live redraws a block of lines in place on a terminal.
type live struct {
	w             io.Writer
	width, height int
	lines         int // drawn last time
}

// draw replaces what was drawn before. Lines are cut at the right edge and at
// the bottom, because one that wraps or scrolls could not be taken back.
func (l *live) draw(block string) {
	lines := strings.Split(strings.TrimSuffix(block, "\n"), "\n")
	if room := l.height - 1; len(lines) > room && room > 1 {
		// The last line sums up and stays.
		hidden, last := len(lines)-room+1, lines[len(lines)-1]
		lines = append(lines[:room-2], fmt.Sprintf("... +%d", hidden), last)
	}
	var b strings.Builder
	if l.lines > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", l.lines)
	}
	b.WriteString("\r\x1b[J")
	for _, line := range lines {
		b.WriteString(text.Snip(line, l.width-1, "~") + "\n")
	}
	l.lines = len(lines)
	// A terminal that is gone cannot be told.
	_, _ = io.WriteString(l.w, b.String())
}
