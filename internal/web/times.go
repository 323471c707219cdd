package web

import (
	"fmt"
	"strings"
	"time"

	"soukin/remittance"
)

// jst has no daylight saving, so a fixed zone is exact and needs no zone file.
var jst = time.FixedZone("JST", 9*60*60)

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// moment writes a time as people in Japan read it, with the weekday, because a
// date without one is misread more often.
func moment(l remittance.Lang, t time.Time) string {
	t = t.In(jst)
	if l == remittance.Ja {
		return fmt.Sprintf("%d年%d月%d日（%s）%02d:%02d", t.Year(), t.Month(), t.Day(), weekdays[t.Weekday()], t.Hour(), t.Minute())
	}
	return t.Format("Monday, 2 January 2006, 15:04") + " Japan time"
}

// until writes the end of a wait rounded up to a minute, so that nobody is told
// a time at which they still have to wait.
func until(l remittance.Lang, t time.Time) string {
	return moment(l, t.Add(time.Minute-time.Nanosecond).Truncate(time.Minute))
}

// amount writes yen as each language's readers do.
func amount(l remittance.Lang, y remittance.Yen) string {
	if l == remittance.Ja {
		return strings.TrimPrefix(y.String(), "¥") + "円"
	}
	return y.String()
}
