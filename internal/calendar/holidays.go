package calendar

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/jp"
)

// date is a day without a clock, for use as a key.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.In(JST).Date()
	return date{y, m, d}
}

func (d date) plus(days int) date {
	return dateOf(time.Date(d.year, d.month, d.day+days, 0, 0, 0, 0, JST))
}

// The years for which the rules of the Act on National Holidays, and the
// equinoxes it refers to, can be computed.
const firstYear, lastYear = 1990, 2099

// nationalHolidays is every day off under the Act on National Holidays. It is
// computed once, whole: a holiday rule of the library writes to its own
// package variable, so two goroutines must never ask it at the same time.
var nationalHolidays = sync.OnceValue(func() map[date]bool {
	var act holidays
	act.proper, act.off = map[date]bool{}, map[date]bool{}
	for year := firstYear; year <= lastYear; year++ {
		for _, h := range jp.Holidays {
			act.add(h, year)
		}
		act.correct(year)
	}
	act.addSandwiched()
	return act.off
})

// holidays keeps the national holidays apart from the other days off that
// follow from them, as the Act does.
type holidays struct {
	proper map[date]bool // "national holidays" of art. 2
	off    map[date]bool // all days off of art. 3
}

// add enters a holiday and, if it falls on a Sunday, the day off instead of it
// (art. 3 para. 2).
func (h holidays) add(rule *cal.Holiday, year int) {
	actual, observed := rule.Calc(year)
	if actual.IsZero() {
		return
	}
	h.proper[named(actual)] = true
	h.off[named(actual)], h.off[named(observed)] = true, true
}

// named gives the day of a time the library calls midnight. It is midnight in
// the machine's own zone, which a change to summer time can move by an hour;
// noon names the day for certain.
func named(t time.Time) date {
	y, m, d := t.Add(12 * time.Hour).Date()
	return date{y, m, d}
}

// correct puts right what the library has wrong.
func (h holidays) correct(year int) {
	switch year {
	case 2019:
		// The throne changed on 1 May: that year had no Emperor's Birthday.
		h.remove(date{2019, time.December, 23})
	case 2020:
		// Mountain Day moved for the Olympic Games (Act on Special Measures for
		// the Tokyo Olympic and Paralympic Games, art. 32 para. 2).
		h.remove(date{2020, time.August, 11})
		h.off[date{2020, time.August, 10}] = true
	case 2021:
		// The same; 8 August was a Sunday, so the day after was off as well.
		h.remove(date{2021, time.August, 11})
		h.off[date{2021, time.August, 8}] = true
		h.off[date{2021, time.August, 9}] = true
	}
}

func (h holidays) remove(d date) {
	delete(h.proper, d)
	delete(h.off, d)
}

// addSandwiched adds the days between two national holidays (art. 3 para. 3).
// The library lists some of them by year; the rule gives all.
func (h holidays) addSandwiched() {
	for d := range h.proper {
		if middle := d.plus(1); h.proper[middle.plus(1)] {
			h.off[middle] = true
		}
	}
}
