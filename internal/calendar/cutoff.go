package calendar

import (
	"fmt"
	"time"
)

// CutOff is a time of day in Japan, to the minute.
type CutOff struct{ Hour, Minute int }

// On gives the moment of the cut-off on a day.
func (c CutOff) On(day time.Time) time.Time {
	y, m, d := day.In(JST).Date()
	return time.Date(y, m, d, c.Hour, c.Minute, 0, 0, JST)
}

// String is "15:30".
func (c CutOff) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// ParseCutOff reads "15:30", a time of day from 00:00 to 23:59.
func ParseCutOff(s string) (CutOff, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return CutOff{}, fmt.Errorf("cut-off %q: write hours and minutes in Japan's time, as in 15:30", s)
	}
	return CutOff{t.Hour(), t.Minute()}, nil
}

// MarshalText is the form of String.
func (c CutOff) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what [ParseCutOff] reads, for settings.
func (c *CutOff) UnmarshalText(text []byte) error {
	parsed, err := ParseCutOff(string(text))
	if err != nil {
		return err
	}
	*c = parsed
	return nil
}
