package cli

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"soukin/internal/cli/batch"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

// ownNumbers says what the numbers are worth, wherever they are shown.
var ownNumbers = phrase{
	"Whoever has these numbers has the money: give them to the recipient alone.",
	"番号を知っている人は現金を受け取れます。受取人以外に見せないでください。",
}

// numbersTable draws the numbers that orders for cash brought; empty without any.
func (s *session) numbersTable(rows []batch.Row) string {
	var cells [][]string
	for _, r := range rows {
		if r.Numbers != nil {
			cells = append(cells, []string{r.RemittanceID, r.Numbers.PartnerCode, r.Numbers.CustomerNumber, r.Numbers.ConfirmationNumber, shortUntil(r.Deadline)})
		}
	}
	if len(cells) == 0 {
		return ""
	}
	return "\n" + s.grid([]column{
		{title: phrase{"REMITTANCE", "送金ID"}}, {title: phrase{"PARTNER CODE", "提携先コード"}}, {title: phrase{"CUSTOMER NO.", "お客さま番号"}},
		{title: phrase{"CONFIRMATION NO.", "確認番号"}}, {title: phrase{"UNTIL (JST)", "期限 (JST)"}, spare: 1},
	}, cells) + s.say(ownNumbers) + "\n"
}

func shortUntil(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(jst).Format(shortTime)
}

// shownView is the JSON of show: the numbers only where they were asked for.
type shownView struct {
	orders.View
	Numbers *batch.Numbers `json:"numbers,omitempty"`
}

// numbersSheet draws the numbers of one remittance, or says how to see them;
// empty where none are out.
func (s *session) numbersSheet(row record.Remittance, n *batch.Numbers) string {
	switch {
	case n != nil:
		return "\n" + s.sheet([]pair{
			{phrase{"partner code", "提携先コード"}, n.PartnerCode},
			{phrase{"customer number", "お客さま番号"}, n.CustomerNumber},
			{phrase{"confirmation number", "確認番号"}, n.ConfirmationNumber},
		}) + s.say(ownNumbers) + "\n"
	case orders.NumbersOut(row):
		return "\n" + s.sheet([]pair{{phrase{"ATM numbers", "ATMの受取番号"}, s.say(phrase{"**** ********* ****** (--numbers shows them)", "**** ********* ****** (--numbers で表示)"})}})
	}
	return ""
}

var resultColumns = []string{
	"remittance_id", "pattern", "amount", "status", "reason", "message", "final", "deadline", "shortfall", "rail_ref",
	"partner_code", "customer_number", "confirmation_number",
}

// writeResults writes what became of the rows of a file as CSV, one line each.
func (s *session) writeResults(w io.Writer, rows []batch.Row) error {
	out := csv.NewWriter(w)
	lines := [][]string{resultColumns}
	for _, r := range rows {
		lines = append(lines, s.resultLine(r))
	}
	return out.WriteAll(lines)
}

func (s *session) resultLine(r batch.Row) []string {
	deadline := ""
	if r.Deadline != nil {
		deadline = r.Deadline.In(jst).Format(time.RFC3339)
	}
	message := ""
	if r.Message != nil {
		message = r.Message.In(s.lang)
	}
	numbers := batch.Numbers{}
	if r.Numbers != nil {
		numbers = *r.Numbers
	}
	line := []string{
		r.RemittanceID, string(r.Pattern), plain(r.Amount), r.Status, r.Reason, message, strconv.FormatBool(r.Final), deadline, plain(r.Shortfall), r.RailRef,
		numbers.PartnerCode, numbers.CustomerNumber, numbers.ConfirmationNumber,
	}
	for i := range line {
		line[i] = unformula(line[i])
	}
	return line
}

// plain writes an amount for programs; nothing where there is none.
func plain(y remittance.Yen) string {
	if y == 0 {
		return ""
	}
	return strconv.FormatInt(int64(y), 10)
}

// unformula keeps a spreadsheet from taking what somebody typed for a formula
// (OWASP, CSV injection).
func unformula(cell string) string {
	if slices.ContainsFunc([]string{"=", "+", "-", "@", "\t", "\r"}, func(mark string) bool { return strings.HasPrefix(cell, mark) }) {
		return "'" + cell
	}
	return cell
}
