package bank

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"soukin/remittance"
)

// jst is Japan Standard Time, in which the bank writes every day.
var jst = time.FixedZone("JST", 9*60*60)

const dayForm = "2006-01-02"

func day(t time.Time) string { return t.In(jst).Format(dayForm) }

// parseDay gives midnight in Japan, or the zero time for anything that is not
// a day.
func parseDay(s text) time.Time {
	t, err := time.ParseInLocation(dayForm, string(s), jst)
	if err != nil {
		return time.Time{}
	}
	return t
}

// parseInstant reads the bank's two ways of writing an instant, joined
// ("2018-07-29T10:00:00+09:00") and apart ("2018-08-10", "10:00:00+09:00").
func parseInstant(parts ...text) time.Time {
	whole := make([]string, len(parts))
	for i, p := range parts {
		whole[i] = string(p)
	}
	t, err := time.Parse(time.RFC3339, strings.Join(whole, "T"))
	if err != nil {
		return time.Time{}
	}
	return t.In(jst)
}

// text takes a JSON string, number or boolean: the bank's hosts differ in
// which of them they use for counts, codes and flags.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(strings.TrimSpace(s))
		return nil
	}
	switch s := string(b); {
	case s == "null":
		*t = ""
	case b[0] == '{' || b[0] == '[':
		return fmt.Errorf("a text was expected, not %c", b[0])
	default:
		*t = text(s)
	}
	return nil
}

// boolean takes true, "true", "1" and 1, and their opposites. Absent and empty
// are false, as the bank leaves out items without a value.
type boolean bool

func (f *boolean) UnmarshalJSON(b []byte) error {
	var t text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	switch strings.ToLower(string(t)) {
	case "true", "1":
		*f = true
	case "false", "0", "":
		*f = false
	default:
		return fmt.Errorf("true or false was expected")
	}
	return nil
}

// yen reads whole yen, negative ones too. The form is strict where the type is
// lenient: an amount is never guessed.
func (t text) yen() (remittance.Yen, error) {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil || strings.HasPrefix(string(t), "+") {
		return 0, fmt.Errorf("whole yen in digits were expected")
	}
	return remittance.Yen(n), nil
}
