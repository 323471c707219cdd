package calendar_test

import (
	"bufio"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/calendar"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	layout := time.DateOnly
	if len(s) > len(layout) {
		layout = "2006-01-02 15:04"
	}
	moment, err := time.ParseInLocation(layout, s, calendar.JST)
	require.NoError(t, err)
	return moment
}

// nationalHolidays reads a list that somebody else keeps: see testdata/README.md.
func nationalHolidays(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("testdata/holidays.tsv")
	require.NoError(t, err)
	defer f.Close()
	list := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		day, name, ok := strings.Cut(lines.Text(), "\t")
		require.True(t, ok, lines.Text())
		list[day] = name
	}
	require.Len(t, list, 628)
	return list
}

func TestEveryDayAgreesWithAnIndependentList(t *testing.T) {
	holidays := nationalHolidays(t)
	c := calendar.New(calendar.Settings{})
	checked := 0
	for day := at(t, "2016-01-01"); day.Year() <= 2050; day = day.AddDate(0, 0, 1) {
		text := day.Format(time.DateOnly)
		monthDay := text[5:]
		closed := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday ||
			holidays[text] != "" || monthDay == "12-31" || monthDay == "01-02" || monthDay == "01-03"
		if c.IsBankDay(day) == closed {
			t.Errorf("%s %s %q: bank day is %v", text, day.Weekday(), holidays[text], !closed)
		}
		checked++
	}
	assert.Equal(t, 35*365+9, checked, "35 years with 9 leap days")
}

func TestTheDayIsJapansWhateverTheZone(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	// Sunday 15:30 in London is Monday 00:30 in Tokyo.
	monday := time.Date(2026, 11, 15, 15, 30, 0, 0, time.UTC)
	assert.True(t, c.IsBankDay(monday))
	assert.Equal(t, "2026-11-16", calendar.Day(monday).Format(time.DateOnly))
	honolulu := time.FixedZone("HST", -10*60*60)
	assert.Equal(t, "2026-11-16", calendar.Day(monday.In(honolulu)).Format(time.DateOnly))
	assert.False(t, c.IsBankDay(monday.Add(-time.Hour)), "an hour earlier it is still Sunday")
}

func TestSteps(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	for _, row := range []struct {
		name, day string
		n         int
		want      string
	}{
		{"over a weekend", "2026-11-20", 1, "2026-11-24"}, // 23 November is a holiday
		{"over golden week", "2026-05-01", 1, "2026-05-07"},
		{"over the turn of the year", "2026-12-30", 1, "2027-01-04"},
		{"the turn of the year on a weekend", "2021-12-30", 1, "2022-01-04"},
		{"silver week has a day between two holidays", "2026-09-18", 1, "2026-09-24"},
		{"none from a bank day", "2026-11-20", 0, "2026-11-20"},
		{"none from a Saturday", "2026-11-21", 0, "2026-11-24"},
		{"from a Saturday", "2026-11-21", 1, "2026-11-24"},
		{"back", "2027-01-04", -1, "2026-12-30"},
		{"back from a Sunday", "2026-11-22", -2, "2026-11-19"},
		{"a month", "2026-06-01", 20, "2026-06-29"},
	} {
		t.Run(row.name, func(t *testing.T) {
			assert.Equal(t, row.want, c.AddBankDays(at(t, row.day), row.n).Format(time.DateOnly))
		})
	}
	assert.Equal(t, "2026-11-24", c.NextBankDay(at(t, "2026-11-20 23:59")).Format(time.DateOnly))
	assert.Equal(t, "2026-11-20", c.PreviousBankDay(at(t, "2026-11-24 00:00")).Format(time.DateOnly))
	assert.Equal(t, "2026-11-20", c.OnOrAfter(at(t, "2026-11-20 23:59")).Format(time.DateOnly))
}

func TestBankDaysBetween(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	assert.Equal(t, 1, c.BankDaysBetween(at(t, "2026-11-20"), at(t, "2026-11-24")))
	assert.Equal(t, -1, c.BankDaysBetween(at(t, "2026-11-24"), at(t, "2026-11-20")))
	assert.Equal(t, 0, c.BankDaysBetween(at(t, "2026-11-20"), at(t, "2026-11-23")))
	assert.Equal(t, 0, c.BankDaysBetween(at(t, "2026-11-20 01:00"), at(t, "2026-11-20 23:00")))
	assert.Equal(t, 242, c.BankDaysBetween(at(t, "2025-12-31"), at(t, "2026-12-31")), "261 weekdays, 19 of them off")
}

func TestValueDay(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	cutOff := calendar.CutOff{Hour: 14, Minute: 30}
	for now, want := range map[string]string{
		"2026-11-20 14:29": "2026-11-20",
		"2026-11-20 14:30": "2026-11-24",
		"2026-11-20 00:00": "2026-11-20",
		"2026-11-21 09:00": "2026-11-24",
		"2026-12-31 09:00": "2027-01-04",
	} {
		assert.Equal(t, want, c.ValueDay(at(t, now), cutOff).Format(time.DateOnly), now)
	}
}

func TestFinalityDeadline(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	for _, row := range []struct {
		executed string
		days     int
		want     string
	}{
		{"2026-11-18 10:00", 2, "2026-11-20 15:30"},
		{"2026-11-20 10:00", 2, "2026-11-25 15:30"},
		{"2026-11-21 10:00", 1, "2026-11-24 15:30"},
		{"2026-12-28 10:00", 2, "2026-12-30 16:30"}, // the month's last bank day closes later
		{"2026-12-29 10:00", 2, "2027-01-04 15:30"},
		{"2026-11-18 10:00", 0, "2026-11-18 15:30"},
		{"2026-11-18 15:30", 0, "2026-11-19 15:30"},
		{"2026-11-21 10:00", -1, "2026-11-24 15:30"},
	} {
		got := c.FinalityDeadline(at(t, row.executed), row.days)
		assert.Equal(t, row.want, got.In(calendar.JST).Format("2006-01-02 15:04"), row)
	}
	late := calendar.New(calendar.Settings{Closing: calendar.CutOff{Hour: 18}, ClosingMonthEnd: calendar.CutOff{Hour: 19}})
	assert.Equal(t, at(t, "2026-11-20 18:00"), late.FinalityDeadline(at(t, "2026-11-18 10:00"), 2))
	assert.Equal(t, at(t, "2026-11-30 19:00"), late.FinalityDeadline(at(t, "2026-11-27 10:00"), 1))
}

func TestAHolidayAddedLater(t *testing.T) {
	day := at(t, "2026-11-18")
	plain := calendar.New(calendar.Settings{})
	added := calendar.New(calendar.Settings{ExtraHolidays: []time.Time{day}})
	assert.True(t, plain.IsBankDay(day))
	assert.False(t, added.IsBankDay(day.Add(23*time.Hour)))
}

func TestCutOffText(t *testing.T) {
	c, err := calendar.ParseCutOff("07:05")
	require.NoError(t, err)
	assert.Equal(t, calendar.CutOff{Hour: 7, Minute: 5}, c)
	for _, bad := range []string{"", "7:05", "24:00", "12:60", "12:00:00", "noon", "12:00 "} {
		_, err := calendar.ParseCutOff(bad)
		assert.ErrorContains(t, err, "as in 15:30", bad)
	}
	var parsed calendar.CutOff
	require.NoError(t, parsed.UnmarshalText([]byte("23:59")))
	text, err := parsed.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "23:59", string(text))
	assert.Error(t, parsed.UnmarshalText([]byte("x")))
}

func moments() *rapid.Generator[time.Time] {
	from := time.Date(2022, 1, 1, 0, 0, 0, 0, calendar.JST).Unix()
	to := time.Date(2037, 1, 1, 0, 0, 0, 0, calendar.JST).Unix()
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(from, to-1).Draw(t, "unix"), 0).UTC()
	})
}

func TestProperties(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	rapid.Check(t, func(t *rapid.T) {
		day := moments().Draw(t, "day")
		n := rapid.IntRange(-60, 60).Draw(t, "n")

		moved := c.AddBankDays(day, n)
		assert.True(t, c.IsBankDay(moved), "the result is a bank day")
		assert.Equal(t, moved, calendar.Day(moved), "the result is a midnight in Japan")

		from := c.OnOrAfter(day)
		assert.Equal(t, n, c.BankDaysBetween(from, c.AddBankDays(from, n)), "counting is the inverse of adding")

		value := c.ValueDay(day, calendar.CoreClosing)
		assert.True(t, c.IsBankDay(value) && !value.Before(calendar.Day(day)))

		sooner := c.FinalityDeadline(day, 1)
		assert.True(t, sooner.After(day), "a deadline lies ahead")
		assert.True(t, c.FinalityDeadline(day, 2).After(sooner), "a bank day more is later")
		assert.False(t, sooner.Before(c.FinalityDeadline(day, 0)))
	})
}

func TestManyGoroutinesMayAskFirst(t *testing.T) {
	c := calendar.New(calendar.Settings{})
	var wg sync.WaitGroup
	for year := range 16 {
		wg.Go(func() {
			assert.False(t, c.IsBankDay(time.Date(2022+year, 1, 2, 9, 0, 0, 0, calendar.JST)))
			assert.False(t, c.IsBankDay(time.Date(2022+year, 5, 3, 9, 0, 0, 0, calendar.JST)))
		})
	}
	wg.Wait()
}
