package cli

import (
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// column is one column of a table.
type column struct {
	title phrase
	right bool // numbers and amounts
	// wide is the column that gives way, by wrapping, when the terminal is
	// narrow. A table has at most one.
	wide bool
}

const (
	gap = "  " // between columns
	// minWide keeps a wrapped column readable; below it lines run over instead.
	minWide = 16
)

// grid draws rows under titles, wrapped to the terminal where there is one.
func (s *session) grid(cols []column, rows [][]string) string {
	return s.gridWithin(columns(s.stdout), cols, rows)
}

// gridWithin draws for a terminal of width columns; 0 wraps nothing.
func (s *session) gridWithin(width int, cols []column, rows [][]string) string {
	header := make([]string, len(cols))
	for i, c := range cols {
		header[i] = s.say(c.title)
	}
	t := table.NewWriter()
	t.SetStyle(plainStyle())
	t.SetColumnConfigs(configure(width, cols, append([][]string{header}, rows...)))
	t.AppendHeader(tableRow(header))
	for _, r := range rows {
		t.AppendRow(tableRow(r))
	}
	return trimLines(t.Render())
}

func configure(width int, cols []column, all [][]string) []table.ColumnConfig {
	out := make([]table.ColumnConfig, len(cols))
	for i, c := range cols {
		out[i] = table.ColumnConfig{Number: i + 1}
		if c.right {
			out[i].Align, out[i].AlignHeader = text.AlignRight, text.AlignRight
		}
		if c.wide && width > 0 {
			out[i].WidthMax = max(minWide, width-widthWithout(i, all))
			out[i].WidthMaxEnforcer = wrapCell
		}
	}
	return out
}

// widthWithout is what the other columns and all gaps take.
func widthWithout(skip int, all [][]string) int {
	total := 0
	for col := range all[0] {
		widest := 0
		for _, row := range all {
			widest = max(widest, text.StringWidthWithoutEscSequences(row[col]))
		}
		if col != skip {
			total += widest
		}
		total += len(gap)
	}
	return total
}

// wrapCell breaks English between words and Japanese, which has no spaces,
// anywhere.
func wrapCell(cell string, width int) string {
	for _, r := range cell {
		if unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) {
			return text.WrapText(cell, width)
		}
	}
	return text.WrapSoft(cell, width)
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
	st.Options = table.Options{SeparateHeader: true}
	st.Box.PaddingLeft, st.Box.PaddingRight = "", gap
	st.Format.Header = text.FormatDefault
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
		if p.value != "" {
			b.WriteString(text.Pad(s.say(p.label), widest, ' ') + gap + p.value + "\n")
		}
	}
	return b.String()
}
