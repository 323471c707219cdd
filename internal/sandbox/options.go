package sandbox

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/sandbox/amazon"
	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/aupay"
	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
	"soukin/internal/sandbox/prepaid"
)

// ErrOptions is wrapped by the error of [New] about a missing or wrong option.
var ErrOptions = errors.New("sandbox options")

// Options is what [New] needs.
type Options struct {
	// DBPath is the SQLite file with everything the sandbox remembers; it is made
	// if missing, its folder must exist.
	DBPath string
	// Settings is how the counterparties behave; begin with [DefaultSettings].
	Settings Settings

	Clock     func() time.Time // what the sandbox's movable clock is based on; default time.Now
	Calendar  books.Calendar   // bank days; default Japan's
	Directory books.Directory  // banks and branches; default none: every code is taken
	Logger    *slog.Logger     // default slog.Default()
}

// Settings is how the counterparties behave.
type Settings struct {
	// Accounts are ours at the bank. One that the books know already stays as it is.
	Accounts []books.Account
	Bank     books.Rules
	Door     ganb.Settings
	AuPay    aupay.Settings
	Prepaid  prepaid.Settings
	ATM      atm.Settings
	Amazon   amazon.Settings
	// Faults is the plan of a new database; later ones come by the control API.
	Faults faults.Plan
}

// DefaultSettings is one account with ten million yen at a bank that needs no
// approval, executes at once and hurts nobody unless asked.
func DefaultSettings() Settings {
	return Settings{
		Accounts: []books.Account{{
			ID: "101011234567", BranchCode: "101", BranchName: "法人営業部", TypeCode: "01", Number: "1234567", Primary: true,
			Name: "カブシキガイシャソウキンサンプル", NameKana: "ｶ)ｿｳｷﾝｻﾝﾌﾟﾙ", DailyLimit: 10_000_000_000, Opening: 10_000_000,
		}},
		Bank:    books.DefaultRules(),
		Door:    ganb.DefaultSettings(),
		AuPay:   aupay.DefaultSettings(),
		Prepaid: prepaid.DefaultSettings(),
		ATM:     atm.DefaultSettings(),
		Amazon:  amazon.DefaultSettings(),
	}
}

func (s Settings) validate() error {
	if len(s.Accounts) == 0 {
		return fmt.Errorf("%w: Settings.Accounts is empty, begin with DefaultSettings()", ErrOptions)
	}
	primaries := 0
	for i, a := range s.Accounts {
		if err := checkAccount(a); err != nil {
			return fmt.Errorf("%w: Settings.Accounts[%d]: %w", ErrOptions, i, err)
		}
		if a.Primary {
			primaries++
		}
	}
	if primaries != 1 {
		return fmt.Errorf("%w: Settings.Accounts has %d primary accounts, must have 1", ErrOptions, primaries)
	}
	return nil
}

func checkAccount(a books.Account) error {
	switch {
	case len(a.ID) < 12 || len(a.ID) > 29:
		return errors.New("ID must have 12 to 29 characters")
	case len(a.BranchCode) != 3 || len(a.Number) != 7:
		return errors.New("BranchCode must have 3 digits and Number 7")
	case a.TypeCode != "01" && a.TypeCode != "02":
		return fmt.Errorf("TypeCode %q must be 01 or 02", a.TypeCode)
	case a.BranchName == "" || a.Name == "" || a.NameKana == "":
		return errors.New("BranchName, Name and NameKana must not be empty")
	case a.Opening < 0 || a.DailyLimit < 1 || a.DailyLimit > 999_999_999_999:
		return errors.New("opening must be at least 0 and DailyLimit from 1 to 999999999999 yen")
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Calendar == nil {
		o.Calendar = calendar.New(calendar.Settings{})
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}
