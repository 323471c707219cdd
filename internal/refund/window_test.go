package refund_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/calendar"
	"soukin/internal/refund"
)

func window(t require.TestingT, s string) refund.Window {
	w, err := refund.ParseWindow(s)
	require.NoError(t, err)
	return w
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.JST)
	require.NoError(t, err)
	return at
}

func TestLastDay(t *testing.T) {
	for _, tc := range []struct{ window, purchased, last string }{
		{"3m", "2026-08-01 00:00:00", "2026-11-30"},
		{"3m", "2026-08-31 23:59:59", "2026-11-30"}, // 31 August and three months is no day
		{"3m", "2026-11-30 12:00:00", "2027-02-28"}, // a short month
		{"3m", "2027-11-30 12:00:00", "2028-02-29"}, // a leap year's
		{"3m", "2099-11-30 12:00:00", "2100-02-28"}, // a century without one
		{"3m", "2026-12-31 12:00:00", "2027-03-31"}, // into the next year
		{"3m", "2026-09-15 12:00:00", "2026-12-31"}, // to the last day of this one
		{"3m", "2026-10-01 00:00:00", "2027-01-31"},
		{"1m", "2026-01-31 12:00:00", "2026-02-28"},
		{"12m", "2026-02-28 12:00:00", "2027-02-28"},
		{"12m", "2027-02-28 12:00:00", "2028-02-29"},
		{"30d", "2026-11-21 00:00:00", "2026-12-21"},
		{"30d", "2026-11-21 23:59:59", "2026-12-21"},
		{"30d", "2026-12-31 12:00:00", "2027-01-30"},
		{"30d", "2027-01-31 12:00:00", "2027-03-02"},
		{"30d", "2028-01-31 12:00:00", "2028-03-01"}, // over 29 February
		{"30d", "2028-02-29 12:00:00", "2028-03-30"},
		{"1d", "2026-12-31 23:59:59", "2027-01-01"},
	} {
		t.Run(tc.window+" from "+tc.purchased, func(t *testing.T) {
			w, purchased := window(t, tc.window), moment(t, tc.purchased)
			assert.Equal(t, tc.last, w.LastDay(purchased).Format(time.DateOnly))
			end := moment(t, tc.last+" 23:59:59")
			assert.True(t, w.Open(purchased, end), "the last second of the last day")
			assert.False(t, w.Open(purchased, end.Add(time.Second)), "the first second after it")
		})
	}
}

// A day is a day in Japan, whatever the zone a moment is written in.
func TestDaysAreJapans(t *testing.T) {
	utc := time.Date(2026, 8, 31, 15, 0, 0, 0, time.UTC) // 1 September in Japan
	assert.Equal(t, "2026-12-31", window(t, "3m").LastDay(utc).Format(time.DateOnly))
	assert.Equal(t, "2026-11-30", window(t, "3m").LastDay(utc.Add(-time.Nanosecond)).Format(time.DateOnly))
	assert.Equal(t, "2026-10-01", window(t, "30d").LastDay(utc).Format(time.DateOnly))
}

func TestParseWindow(t *testing.T) {
	for text, want := range map[string]refund.Window{
		"3m":          {Months: 3},
		"3m+partial":  {Months: 3, Partial: true},
		"30d":         {Days: 30},
		"30d+partial": {Days: 30, Partial: true},
		"60m":         {Months: 60},
		"1825d":       {Days: 1825},
	} {
		got, err := refund.ParseWindow(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got)
		assert.Equal(t, text, got.String())
	}
	for _, text := range []string{
		"", "m", "3", "3M", "3w", "0m", "-3m", "+3m", "03m", " 3m", "3 m", "3m ", "3.5m", "61m", "1826d", "99999999999999999999d",
		"3m+", "3m+full", "3m+partial+partial", "+partial", "３m",
	} {
		_, err := refund.ParseWindow(text)
		require.ErrorIs(t, err, refund.ErrWindow, "%q", text)
		assert.ErrorContains(t, err, "3m (1 to 60)", "%q: the error says what to write", text)
	}
}

func TestParseIssuersNamesTheIssuer(t *testing.T) {
	got, err := refund.ParseIssuers(map[string]string{"webmoney": "3m+partial", "jcb-premo": "30d"})
	require.NoError(t, err)
	assert.Equal(t, map[string]refund.Window{"webmoney": {Months: 3, Partial: true}, "jcb-premo": {Days: 30}}, got)

	_, err = refund.ParseIssuers(map[string]string{"webmoney": "3m", "bitcash": "soon"})
	require.ErrorIs(t, err, refund.ErrWindow)
	assert.ErrorContains(t, err, `issuer "bitcash"`)
	assert.NotContains(t, err.Error(), "webmoney")
}

func TestWindowsAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		second := rapid.Int64Range(946684800, 4102444800) // 2000 to 2100
		purchased := time.Unix(second.Draw(t, "purchased"), 0)
		later := purchased.Add(time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(t, "later")) * time.Second)
		n := rapid.IntRange(1, 59).Draw(t, "n")
		for _, w := range []struct{ short, long refund.Window }{
			{refund.Window{Months: n}, refund.Window{Months: n + 1}},
			{refund.Window{Days: n}, refund.Window{Days: n + 1}},
		} {
			last := w.short.LastDay(purchased)
			assert.False(t, w.short.LastDay(later).Before(last), "a later purchase closes no earlier")
			assert.True(t, w.long.LastDay(purchased).After(last), "a longer window closes later")
			assert.True(t, w.short.Open(purchased, purchased), "the day of the purchase is inside")
			assert.Equal(t, last, calendar.Day(last), "a midnight in Japan")
			if w.short.Open(purchased, later) {
				assert.True(t, w.short.Open(purchased, purchased.Add(later.Sub(purchased)/2)), "once closed, it stays closed")
			}
			again, err := refund.ParseWindow(w.short.String())
			require.NoError(t, err)
			assert.Equal(t, w.short, again)
		}
		end := refund.Window{Months: n}.LastDay(purchased)
		assert.NotEqual(t, end.Month(), end.AddDate(0, 0, 1).Month(), "months end with a month")
	})
}
