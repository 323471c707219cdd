package refund

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"soukin/internal/calendar"
)

// ErrWindow is wrapped by every error about the form of a window.
var ErrWindow = errors.New("refund window")

// The longest windows that make sense: card networks end disputes long before.
const (
	maxMonths = 60
	maxDays   = 1825
)

// Window is an issuer's rule. Exactly one of Months and Days is above 0. Make
// one with [ParseWindow].
type Window struct {
	// Months after the month of the purchase, to the end of the last one
	// (WebMoney, BitCash: three).
	Months int
	// Days after the day on which the purchase was processed (JCB PREMO: thirty).
	Days int
	// Partial says that a part of a purchase may be refunded.
	Partial bool
}

// ParseWindow reads "3m" (to the end of the third month after that of the
// purchase) or "30d" (thirty days), and "+partial" behind it. Errors wrap
// [ErrWindow].
func ParseWindow(s string) (Window, error) {
	length, extra, more := strings.Cut(s, "+")
	w := Window{Partial: more}
	if more && extra != "partial" || len(length) < 2 {
		return Window{}, malformed(s)
	}
	n, err := strconv.Atoi(length[:len(length)-1])
	if err != nil || n < 1 || strconv.Itoa(n) != length[:len(length)-1] {
		return Window{}, malformed(s)
	}
	switch unit := length[len(length)-1]; {
	case unit == 'm' && n <= maxMonths:
		w.Months = n
	case unit == 'd' && n <= maxDays:
		w.Days = n
	default:
		return Window{}, malformed(s)
	}
	return w, nil
}

func malformed(s string) error {
	return fmt.Errorf("%w %q: write months as 3m (1 to %d) or days as 30d (1 to %d), and +partial behind it where parts may be refunded",
		ErrWindow, s, maxMonths, maxDays)
}

// ParseIssuers reads the windows of all issuers by their names. The error names
// the issuer and wraps [ErrWindow].
func ParseIssuers(windows map[string]string) (map[string]Window, error) {
	out := make(map[string]Window, len(windows))
	var errs []error
	for issuer, text := range windows {
		w, err := ParseWindow(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("issuer %q: %w", issuer, err))
		}
		out[issuer] = w
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// LastDay is the last day, as its midnight in [calendar.JST], on which a
// purchase processed at the given moment may be refunded.
//
// Months end with the calendar month, however long (SB Payment Service,
// specifications of WebMoney and BitCash: "until the end of the third month
// after the month of the purchase"). Of days, the day of the purchase itself is
// not counted (Civil Code art. 140).
func (w Window) LastDay(purchased time.Time) time.Time {
	day := calendar.Day(purchased)
	if w.Days > 0 {
		return day.AddDate(0, 0, w.Days)
	}
	// Day 0 of a month is the last of the month before, so that no month is
	// skipped on the way from a 31st.
	return time.Date(day.Year(), day.Month()+time.Month(w.Months)+1, 0, 0, 0, 0, 0, calendar.JST)
}

// Open reports whether a purchase may still be refunded at a moment: through
// the whole of [Window.LastDay].
func (w Window) Open(purchased, at time.Time) bool {
	return !calendar.Day(at).After(w.LastDay(purchased))
}

// String is what [ParseWindow] reads.
func (w Window) String() string {
	s := strconv.Itoa(w.Months) + "m"
	if w.Days > 0 {
		s = strconv.Itoa(w.Days) + "d"
	}
	if w.Partial {
		s += "+partial"
	}
	return s
}
