package orders

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"soukin/remittance"
)

// Row is one remittance of a file.
type Row struct {
	// Line is where the row begins in the file, counted from 1 with the line of
	// column names.
	Line int
	// Request lacks the merchant, which a file does not name.
	Request Request
	// Expect is how the row says that it will end: a status, [ExpectRefused], or
	// empty.
	Expect string
	// Faults is what is wrong with the row by itself. A row without faults may
	// still be refused when it is taken.
	Faults Faults
}

// ExpectRefused is the expectation that an order is refused before anything is
// held.
const ExpectRefused = "refused"

// Columns lists the columns that a file may have, in any order.
// remittance_id and amount are required; note is for people and ignored.
func Columns() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

var columns = []struct {
	name string
	set  func(*Row, string)
}{
	{"remittance_id", func(r *Row, s string) { r.Request.RemittanceID = s }},
	{"amount", func(r *Row, s string) { r.Request.Amount = s }},
	{"bank", func(r *Row, s string) { r.Request.Bank = s }},
	{"branch", func(r *Row, s string) { r.Request.Branch = s }},
	{"type", func(r *Row, s string) { r.Request.Type = s }},
	{"number", func(r *Row, s string) { r.Request.Number = s }},
	{"name", func(r *Row, s string) { r.Request.Name = s }},
	{"symbol", func(r *Row, s string) { r.Request.Symbol = s }},
	{"jp_number", func(r *Row, s string) { r.Request.JPNumber = s }},
	{"account", func(r *Row, s string) { r.Request.Account = s }},
	{"pattern", func(r *Row, s string) { r.Request.Pattern = s }},
	{"email", func(r *Row, s string) { r.Request.Email = s }},
	{"phone", func(r *Row, s string) { r.Request.Phone = s }},
	{"lang", func(r *Row, s string) { r.Request.Lang = s }},
	{"purpose", func(r *Row, s string) { r.Request.Purpose = s }},
	{"code", func(r *Row, s string) { r.Request.Code = s }},
	{"code_label", func(r *Row, s string) { r.Request.CodeLabel = s }},
	{"code2", func(r *Row, s string) { r.Request.Code2 = s }},
	{"code2_label", func(r *Row, s string) { r.Request.Code2Label = s }},
	{"code3", func(r *Row, s string) { r.Request.Code3 = s }},
	{"code3_label", func(r *Row, s string) { r.Request.Code3Label = s }},
	{"expires_days", func(r *Row, s string) { r.Request.ExpiresDays = s }},
	{"rails", func(r *Row, s string) { r.Request.Rails = s }},
	{"gift_form", func(r *Row, s string) { r.Request.GiftForm = s }},
	{"issuer", func(r *Row, s string) { r.Request.Issuer = s }},
	{"purchase", func(r *Row, s string) { r.Request.Purchase = s }},
	{"purchased_on", func(r *Row, s string) { r.Request.PurchasedOn = s }},
	{"purchase_amount", func(r *Row, s string) { r.Request.PurchaseAmount = s }},
	{"expect", func(r *Row, s string) { r.Expect = s }},
	{"note", func(*Row, string) {}},
}

var requiredColumns = []string{"remittance_id", "amount"}

// ParseCSV reads a file of remittances: column names in the first line, one
// remittance a row, in UTF-8 with or without byte order mark or in Shift_JIS
// (CP932). Rows in which nothing is written are passed over.
//
// What is wrong with a row stands in its Faults, where one row never spoils
// another. The error is [Faults] about the file as a whole: its encoding, its
// size, its columns; or the reader's own.
func ParseCSV(r io.Reader) ([]Row, error) {
	text, err := decoded(r)
	if err != nil {
		return nil, err
	}
	records := split(text)
	if len(records) == 0 {
		return nil, Faults{fault(RuleEmptyFile, "")}
	}
	header, err := parseHeader(records[0])
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, rec := range records[1:] {
		if !rec.blank() {
			rows = append(rows, header.row(rec))
		}
	}
	markDuplicates(rows)
	return rows, nil
}

// csvRecord is the fields of one record, or why it has none.
type csvRecord struct {
	line   int
	fields []string
	broken bool // its quotation marks are not closed
}

func (r csvRecord) blank() bool {
	return !r.broken && !slices.ContainsFunc(r.fields, func(f string) bool { return f != "" })
}

// split reads records. Only a note may run over several lines; anything else
// that does is a quotation mark that was not closed and swallows the rows below
// it, so reading begins anew on the next line.
func split(text string) []csvRecord {
	var out []csvRecord
	notes := -1 // the column of notes, known from the first record
	for before := 0; text != ""; {
		reader := csv.NewReader(strings.NewReader(text))
		reader.FieldsPerRecord = -1
		bad := 0
		for bad == 0 {
			rec, err := readRecord(reader, notes)
			if err != nil {
				return out
			}
			if len(out) == 0 {
				notes = slices.IndexFunc(rec.fields, func(f string) bool { return strings.EqualFold(f, "note") })
			}
			if rec.broken {
				bad = rec.line
			}
			rec.line += before
			out = append(out, rec)
		}
		for range bad {
			_, text, _ = strings.Cut(text, "\n")
		}
		before += bad
	}
	return out
}

// readRecord gives the next record, broken or not. An error is the end.
func readRecord(reader *csv.Reader, notes int) (csvRecord, error) {
	fields, err := reader.Read()
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return csvRecord{line: wrong.StartLine, broken: true}, nil
	}
	if err != nil {
		return csvRecord{}, err
	}
	line, _ := reader.FieldPos(0)
	for i := range fields {
		if i != notes && strings.Contains(fields[i], "\n") {
			return csvRecord{line: line, broken: true}, nil
		}
		fields[i] = strings.TrimSpace(fields[i])
	}
	return csvRecord{line: line, fields: fields}, nil
}

// csvHeader says what each column of a file is.
type csvHeader []func(*Row, string)

func parseHeader(rec csvRecord) (csvHeader, error) {
	if rec.broken {
		return nil, Faults{fault(RuleRowQuotes, "")}
	}
	var (
		header csvHeader
		faults Faults
		seen   []string
	)
	for _, field := range rec.fields {
		name := strings.ToLower(field)
		i := slices.Index(Columns(), name)
		switch {
		case i < 0:
			faults = append(faults, fault(RuleUnknownColumn, field, value{"value", strconv.Quote(field)}, listed(Columns())))
			continue
		case slices.Contains(seen, name):
			faults = append(faults, fault(RuleRepeatedColumn, name, value{"value", name}))
		}
		seen = append(seen, name)
		header = append(header, columns[i].set)
	}
	for _, name := range requiredColumns {
		if !slices.Contains(seen, name) {
			faults = append(faults, fault(RuleMissingColumn, name, value{"value", name}, listed(Columns())))
		}
	}
	return header, faults.orNil()
}

func (h csvHeader) row(rec csvRecord) Row {
	row := Row{Line: rec.line}
	if rec.broken {
		row.Faults = Faults{fault(RuleRowQuotes, "")}
		return row
	}
	for i, set := range h {
		if i < len(rec.fields) {
			set(&row, rec.fields[i])
		}
	}
	if len(rec.fields) != len(h) {
		row.Faults = Faults{fault(RuleRowLength, "", value{"got", strconv.Itoa(len(rec.fields))}, value{"limit", strconv.Itoa(len(h))})}
		return row // its fields may stand under the wrong names
	}
	row.Request = row.Request.trimmed()
	row.Faults = new(parsed).parseBody(row.Request)
	if row.Expect != "" && !slices.Contains(expectations(), row.Expect) {
		row.Faults = append(row.Faults, fault(RuleExpectation, "expect", value{"value", row.Expect}, listed(expectations())))
	}
	return row
}

func expectations() []string {
	out := []string{ExpectRefused}
	for _, s := range remittance.Statuses() {
		if s.Ended() {
			out = append(out, string(s))
		}
	}
	return out
}

// markDuplicates tells each row of an id where the first other one is.
func markDuplicates(rows []Row) {
	first := make(map[string]int)
	for i, row := range rows {
		id := row.Request.RemittanceID
		if id == "" {
			continue
		}
		j, taken := first[id]
		if !taken {
			first[id] = i
			continue
		}
		rows[i].addDuplicate(rows[j].Line)
		if !slices.ContainsFunc(rows[j].Faults, func(f *Error) bool { return f.Rule == RuleDuplicateRow }) {
			rows[j].addDuplicate(row.Line)
		}
	}
}

func (r *Row) addDuplicate(line int) {
	r.Faults = append(r.Faults, fault(RuleDuplicateRow, "remittance_id", value{"line", strconv.Itoa(line)}))
}
