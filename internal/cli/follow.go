package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"soukin/internal/cli/batch"
	"soukin/remittance"
)

// followEvery is how often the record is read while rows are followed.
const followEvery = 300 * time.Millisecond

// follower shows rows as they change: a table redrawn in place on a terminal, a
// line for each change when piped.
type follower struct {
	s    *session
	w    io.Writer
	live *live // nil when piped
	last map[string]string
}

// newFollower shows on standard output, or on standard error where that is kept
// for one JSON document.
func (s *session) newFollower() *follower {
	f := &follower{s: s, w: s.stdout, last: map[string]string{}}
	if s.asJSON {
		f.w = s.stderr
	}
	if width, height := terminal(f.w); width > 0 && !s.asJSON {
		f.live = &live{w: f.w, width: width, height: height}
	}
	return f
}

func (f *follower) show(rows []batch.Row) {
	if f.live != nil {
		// One line a row: a wrapped row could not be redrawn in place.
		unwrapped := *f.s
		unwrapped.width = 0
		shown := openOnes(rows, f.live.height-aroundRows)
		f.live.draw(unwrapped.rowTable(shown, false) + "\n" + f.s.tally(rows) + "\n")
		return
	}
	for _, r := range rows {
		status := f.s.rowStatus(r)
		if r.Status == "" || f.last[r.RemittanceID] == status {
			continue
		}
		before := f.last[r.RemittanceID]
		f.last[r.RemittanceID] = status
		if before != "" {
			status = before + " -> " + status
		}
		// Progress that cannot be shown must not end the work.
		_, _ = fmt.Fprintf(f.w, "%s  %-12s %12s  %s\n", time.Now().In(jst).Format(time.TimeOnly), r.RemittanceID, yen(r.Amount), status)
	}
}

// aroundRows is what a live table has besides its rows: titles, an empty line, the
// tally, and the cursor's line.
const aroundRows = 4

// openOnes leaves out rows that have ended, the first ones first, until the rest
// fits; the tally still counts them.
func openOnes(rows []batch.Row, room int) []batch.Row {
	over := len(rows) - room
	var out []batch.Row
	for _, r := range rows {
		if over > 0 && r.Final {
			over--
			continue
		}
		out = append(out, r)
	}
	return out
}

// rowStatus is the status in words, with a mark where an ended-looking one is
// still open.
func (s *session) rowStatus(r batch.Row) string {
	switch r.Status {
	case "":
		return ""
	case batch.Refused:
		return s.paint(s.say(phrase{"refused", "受付拒否"}), text.FgRed)
	case batch.NotSent:
		return s.paint(s.say(phrase{"not sent", "未送信"}), text.FgYellow)
	}
	text := s.status(remittance.Status(r.Status))
	if remittance.Status(r.Status).Ended() && !r.Final {
		text += s.say(phrase{" (open)", " (訂正待ち)"})
	}
	return text
}

// rowTable draws rows of a file, with their patterns where there are several.
// ended adds the column that says whether each ended as expected.
func (s *session) rowTable(rows []batch.Row, ended bool) string {
	cols := []column{
		{title: phrase{"REMITTANCE", "送金ID"}},
		{title: phrase{"AMOUNT", "金額"}, right: true},
		{title: phrase{"STATUS", "状態"}},
	}
	mixed := slices.ContainsFunc(rows, func(r batch.Row) bool { return r.Pattern != remittance.BankTransfer })
	if mixed {
		cols = append(cols, column{title: phrase{"PATTERN", "方式"}, spare: 2})
	}
	if ended {
		cols = append(cols, column{title: phrase{"EXPECTED", "想定"}, spare: 1})
	}
	cols = append(cols, column{title: phrase{"WHY", "理由"}, wide: true})
	table := make([][]string, len(rows))
	for i, r := range rows {
		table[i] = []string{s.rowName(r), rowAmount(r), s.rowStatus(r)}
		if mixed {
			table[i] = append(table[i], s.pattern(r.Pattern))
		}
		if ended {
			table[i] = append(table[i], s.rowExpectation(r))
		}
		table[i] = append(table[i], s.rowMessage(r))
	}
	return s.grid(cols, table)
}

// rowName falls back on the line where the file gives no id.
func (s *session) rowName(r batch.Row) string {
	if r.RemittanceID == "" {
		return s.sayf(phrase{"(line %d)", "(%d行目)"}, r.Line)
	}
	return r.RemittanceID
}

func rowAmount(r batch.Row) string {
	if r.Amount == 0 {
		return "-"
	}
	return yen(r.Amount)
}

func (s *session) rowExpectation(r batch.Row) string {
	switch {
	case r.Expected == "":
		return ""
	case r.AsExpected():
		return s.say(phrase{"as expected", "想定どおり"})
	}
	return s.paint(s.sayf(phrase{"NOT %s", "想定外 (%s)"}, r.Expected), text.FgRed)
}

func (s *session) rowMessage(r batch.Row) string {
	if r.Message == nil {
		return ""
	}
	return s.withDeadline(r.Message.In(s.lang), remittance.Status(r.Status), r.Deadline)
}

// tally counts rows by what became of them, in one line.
func (s *session) tally(rows []batch.Row) string {
	open, paid, refused, other := 0, 0, 0, 0
	for _, r := range rows {
		switch {
		case !r.Final:
			open++
		case r.Status == string(remittance.Paid):
			paid++
		case r.Status == batch.Refused:
			refused++
		default:
			other++
		}
	}
	return s.say(phrase{"paid ", "受取完了 "}) + strconv.Itoa(paid) +
		s.say(phrase{", refused ", "、受付拒否 "}) + strconv.Itoa(refused) +
		s.say(phrase{", ended otherwise ", "、その他の終了 "}) + strconv.Itoa(other) +
		s.say(phrase{", open ", "、進行中 "}) + strconv.Itoa(open)
}
