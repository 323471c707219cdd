package calendar

import (
	"time"
)

// JST is Japan's time. Japan has no summer time, so a fixed offset is exact and
// needs no time zone database on the machine.
var JST = time.FixedZone("JST", 9*60*60)

// CoreClosing is when the banks' core clearing session ends on a bank day, and
// CoreClosingMonthEnd when it ends on the last bank day of a month (Zengin
// system, core time).
var (
	CoreClosing         = CutOff{Hour: 15, Minute: 30}
	CoreClosingMonthEnd = CutOff{Hour: 16, Minute: 30}
)

// Settings is what differs between banks and what a later law can change. The
// zero value is the rules of today.
type Settings struct {
	Closing         CutOff      // end of a bank day; zero means CoreClosing
	ClosingMonthEnd CutOff      // the same on a month's last bank day; zero means CoreClosingMonthEnd
	ExtraHolidays   []time.Time // days off that a law added after this program was built
}

// Calendar answers questions about bank days. Days go in as any moment of
// them and come out as their midnight, both in [JST]. It never changes and is
// safe for concurrent use. Make one with [New].
//
// National holidays are known for 1990 to 2099; beyond, only weekends and the
// turn of the year are days off.
type Calendar struct {
	closing, closingMonthEnd CutOff
	extra                    map[date]bool
}

// New makes a calendar.
func New(s Settings) *Calendar {
	c := &Calendar{closing: CoreClosing, closingMonthEnd: CoreClosingMonthEnd, extra: map[date]bool{}}
	if s.Closing != (CutOff{}) {
		c.closing = s.Closing
	}
	if s.ClosingMonthEnd != (CutOff{}) {
		c.closingMonthEnd = s.ClosingMonthEnd
	}
	for _, t := range s.ExtraHolidays {
		c.extra[dateOf(t)] = true
	}
	return c
}

// Day gives the midnight that begins a moment's day in Japan.
func Day(t time.Time) time.Time {
	y, m, d := t.In(JST).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, JST)
}

// IsBankDay reports whether banks work on a day (Banking Act Enforcement Order
// art. 5).
func (c *Calendar) IsBankDay(day time.Time) bool {
	d := dateOf(day)
	switch day.In(JST).Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	return !isTurnOfYear(d) && !nationalHolidays()[d] && !c.extra[d]
}

func isTurnOfYear(d date) bool {
	return d.month == time.December && d.day == 31 || d.month == time.January && d.day <= 3
}

// NextBankDay gives the first bank day after a day.
func (c *Calendar) NextBankDay(day time.Time) time.Time { return c.step(day, 1) }

// PreviousBankDay gives the last bank day before a day.
func (c *Calendar) PreviousBankDay(day time.Time) time.Time { return c.step(day, -1) }

func (c *Calendar) step(day time.Time, by int) time.Time {
	for day = Day(day).AddDate(0, 0, by); !c.IsBankDay(day); {
		day = day.AddDate(0, 0, by)
	}
	return day
}

// OnOrAfter gives the day itself if it is a bank day, else the next one.
func (c *Calendar) OnOrAfter(day time.Time) time.Time {
	if c.IsBankDay(day) {
		return Day(day)
	}
	return c.NextBankDay(day)
}

// AddBankDays gives the n-th bank day after a day, or before it for a negative
// n. For 0 it is [Calendar.OnOrAfter].
func (c *Calendar) AddBankDays(day time.Time, n int) time.Time {
	if n == 0 {
		return c.OnOrAfter(day)
	}
	by := 1
	if n < 0 {
		by, n = -1, -n
	}
	for range n {
		day = c.step(day, by)
	}
	return day
}

// BankDaysBetween counts the bank days after one day up to and including
// another; if the other is earlier, the count from there, negated. Between bank
// days it is the inverse of [Calendar.AddBankDays].
func (c *Calendar) BankDaysBetween(from, to time.Time) int {
	from, to = Day(from), Day(to)
	if to.Before(from) {
		return -c.BankDaysBetween(to, from)
	}
	n := 0
	for day := from.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if c.IsBankDay(day) {
			n++
		}
	}
	return n
}

// ValueDay gives the bank day on which banks deal with what reaches them now:
// today if it is a bank day and before the cut-off, else the next bank day. The
// cut-off itself is too late.
func (c *Calendar) ValueDay(now time.Time, cutOff CutOff) time.Time {
	if c.IsBankDay(now) && now.Before(cutOff.On(now)) {
		return Day(now)
	}
	return c.NextBankDay(now)
}

// Closing gives the moment a bank day ends.
func (c *Calendar) Closing(day time.Time) time.Time {
	if next := c.NextBankDay(day); next.Month() != Day(day).Month() {
		return c.closingMonthEnd.On(day)
	}
	return c.closing.On(day)
}

// FinalityDeadline gives the moment until which money executed at a moment can
// be expected to come back: the end of the n-th bank day after the day of
// execution. For n of 0 or less it is the end of the bank day that banks count
// the execution to.
func (c *Calendar) FinalityDeadline(executedAt time.Time, bankDays int) time.Time {
	if bankDays > 0 {
		return c.Closing(c.AddBankDays(executedAt, bankDays))
	}
	day := c.OnOrAfter(executedAt)
	if !executedAt.Before(c.Closing(day)) {
		day = c.NextBankDay(day)
	}
	return c.Closing(day)
}
