package cli

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/rivo/uniseg"
)

// column is one column of a table.
type column struct {
	title phrase
	right bool // numbers and amounts
	// wide is the column that gives way, by wrapping, when the terminal is
	// narrow. A table has at most one.
	wide bool
	// spare columns are left out, the highest first, when the wide column would
	// become too narrow to read; JSON still has them.
	spare int
}

const (
	gap = "  " // between columns
	// minWide keeps a wrapped column readable; narrowest is what it may shrink to
	// when nothing is left to leave out.
	minWide   = 26
	narrowest = 16
)

// grid draws rows under titles, fitted to the terminal where there is one.
func (s *session) grid(cols []column, rows [][]string) string {
	all := make([][]string, 1, len(rows)+1)
	for _, c := range cols {
		all[0] = append(all[0], s.say(c.title))
	}
	cols, all = fit(s.width, cols, append(all, rows...))
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	t.SetColumnConfigs(configure(s.width, cols, all))
	for _, r := range all {
		t.AppendRow(tableRow(r))
	}
	return trimLines(t.Render())
}

// fit leaves spare columns out until the wide one is readable.
func fit(width int, cols []column, all [][]string) ([]column, [][]string) {
	for width > 0 {
		wide := slices.IndexFunc(cols, func(c column) bool { return c.wide })
		drop := mostSpare(cols)
		if wide < 0 || drop < 0 || width-widthWithout(wide, all) >= minWide {
			return cols, all
		}
		cols = slices.Delete(slices.Clone(cols), drop, drop+1)
		for i, row := range all {
			all[i] = slices.Delete(slices.Clone(row), drop, drop+1)
		}
	}
	return cols, all
}

func mostSpare(cols []column) int {
	at, most := -1, 0
	for i, c := range cols {
		if c.spare > most {
			at, most = i, c.spare
		}
	}
	return at
}

func configure(width int, cols []column, all [][]string) []table.ColumnConfig {
	out := make([]table.ColumnConfig, len(cols))
	for i, c := range cols {
		out[i] = table.ColumnConfig{Number: i + 1}
		if c.right {
			out[i].Align = text.AlignRight
		}
		if c.wide && width > 0 {
			out[i].WidthMax = max(narrowest, width-widthWithout(i, all))
			out[i].WidthMaxEnforcer = wrapCell
		}
	}
	return out
}

// widthWithout is what the other columns and the gaps between all take.
func widthWithout(skip int, all [][]string) int {
	total := len(gap) * (len(all[0]) - 1)
	for col := range all[0] {
		if col == skip {
			continue
		}
		widest := 0
		for _, row := range all {
			widest = max(widest, text.StringWidthWithoutEscSequences(row[col]))
		}
		total += widest
	}
	return total
}

// wrapCell breaks lines where UAX #14 allows it: between English words, between
// Japanese letters, but not before a full stop.
func wrapCell(cell string, width int) string {
	var b strings.Builder
	used, rest, state := 0, cell, -1
	for rest != "" {
		var piece string
		piece, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		if used > 0 && used+text.StringWidthWithoutEscSequences(strings.TrimRight(piece, " ")) > width {
			b.WriteByte('\n')
			used = 0
		}
		b.WriteString(piece)
		used += text.StringWidthWithoutEscSequences(piece)
	}
	return b.String()
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = cell
	}
	return row
}

func plainStyle() table.Style {
	st := table.StyleDefault
	st.Options = table.Options{}
	st.Box.PaddingLeft, st.Box.PaddingRight = "", gap
	return st
}

func trimLines(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// pair is one line of a description: a label and its value.
type pair struct {
	label phrase
	value string
}

// sheet draws labels and values under each other; pairs without a value are
// left out.
func (s *session) sheet(pairs []pair) string {
	widest := 0
	for _, p := range pairs {
		if p.value != "" {
			widest = max(widest, text.StringWidthWithoutEscSequences(s.say(p.label)))
		}
	}
	var b strings.Builder
	for _, p := range pairs {
		if p.value == "" {
			continue
		}
		value := p.value
		if s.width > 0 && !strings.HasPrefix(value, "http") { // a broken address cannot be clicked
			value = wrapCell(value, max(minWide, s.width-widest-len(gap)))
		}
		value = strings.ReplaceAll(value, "\n", "\n"+strings.Repeat(" ", widest+len(gap)))
		b.WriteString(text.Pad(s.say(p.label), widest, ' ') + gap + value + "\n")
	}
	return trimLines(strings.TrimSuffix(b.String(), "\n"))
}
