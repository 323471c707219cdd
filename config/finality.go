package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Finality is the wait between execution and paid: a number of bank days
// ("2bd"), which is how the rules between banks count, or an elapsed duration
// ("20s"), for a demo or a rail that counts hours.
type Finality struct {
	BankDays int
	Elapsed  time.Duration
}

// maxBankDays keeps a slip of the keyboard from holding money for a year.
const maxBankDays = 30

// UnmarshalText reads "2bd" or a Go duration of at least zero.
func (f *Finality) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "bd"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > maxBankDays {
			return fmt.Errorf("%q: write 0bd to %dbd for bank days", s, maxBankDays)
		}
		*f = Finality{BankDays: n}
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return fmt.Errorf("%q: write bank days as 2bd, or a duration as 20s or 48h", s)
	}
	*f = Finality{Elapsed: d}
	return nil
}

// String is the form [Finality.UnmarshalText] reads.
func (f Finality) String() string {
	if f.Elapsed > 0 {
		return f.Elapsed.String()
	}
	return strconv.Itoa(f.BankDays) + "bd"
}
