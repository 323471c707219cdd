package books

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"soukin/remittance"
)

// ErrRules is wrapped by every error about a rule's value.
var ErrRules = errors.New("sandbox bank rules")

// Rules is how the sandbox's bank behaves. All delays run on the sandbox's
// clock, which can be moved. Values that the real bank does not publish are
// here so that they can be changed.
type Rules struct {
	OwnBankCode string // 4 digits; transfers inside this bank cost FeeOwnBank and run on any day

	FeeOwnBank   remittance.Yen // yen a line
	FeeOtherBank remittance.Yen // yen a line

	// EveryDay lets transfers to other banks run on weekends and holidays too.
	EveryDay bool
	// BookingRunsAt is when bookings for a later day are executed, since midnight in Japan.
	BookingRunsAt time.Duration

	Approval       Approval
	ApprovalExpiry time.Duration // how long an approval may be awaited

	VisibilityDelay time.Duration // how long a request stays 依頼中
	ProcessingDelay time.Duration // how long a transfer stays 手続中
	HeldDelay       time.Duration // the same where a magic value holds it
	BounceDelay     time.Duration // from execution to a return
	LateBounceDelay time.Duration // the same for returns days later
	RecallDelay     time.Duration // how long a recall runs

	KeyRetention time.Duration // how long an Idempotency-Key is remembered
}

// DefaultRules is a bank that needs no approval and executes at once.
func DefaultRules() Rules {
	return Rules{
		OwnBankCode:     "0310",
		FeeOwnBank:      0,
		FeeOtherBank:    130,
		BookingRunsAt:   8*time.Hour + 30*time.Minute,
		Approval:        ApprovalNone,
		ApprovalExpiry:  72 * time.Hour,
		HeldDelay:       24 * time.Hour,
		BounceDelay:     2 * time.Second,
		LateBounceDelay: 72 * time.Hour,
		RecallDelay:     24 * time.Hour,
		KeyRetention:    24 * time.Hour,
	}
}

// Validate names the first rule whose value cannot be used.
func (r Rules) Validate() error {
	if len(r.OwnBankCode) != 4 {
		return fmt.Errorf("%w: OwnBankCode %q must be 4 digits", ErrRules, r.OwnBankCode)
	}
	if !slices.Contains(Approvals(), r.Approval) {
		return fmt.Errorf("%w: Approval %q must be one of %v", ErrRules, r.Approval, Approvals())
	}
	if r.FeeOwnBank < 0 || r.FeeOtherBank < 0 {
		return fmt.Errorf("%w: fees are %d and %d yen, must be at least 0", ErrRules, r.FeeOwnBank, r.FeeOtherBank)
	}
	if r.BookingRunsAt < 0 || r.BookingRunsAt >= 24*time.Hour {
		return fmt.Errorf("%w: BookingRunsAt is %v, must be a time of day", ErrRules, r.BookingRunsAt)
	}
	for _, d := range []struct {
		name  string
		value time.Duration
		least time.Duration
	}{
		{"ApprovalExpiry", r.ApprovalExpiry, 1}, {"VisibilityDelay", r.VisibilityDelay, 0},
		{"ProcessingDelay", r.ProcessingDelay, 0}, {"HeldDelay", r.HeldDelay, 1}, {"BounceDelay", r.BounceDelay, 0},
		{"LateBounceDelay", r.LateBounceDelay, 0}, {"RecallDelay", r.RecallDelay, 0}, {"KeyRetention", r.KeyRetention, 1},
	} {
		if d.value < d.least {
			return fmt.Errorf("%w: %s is %v, must be at least %v", ErrRules, d.name, d.value, d.least)
		}
	}
	return nil
}

func (r Rules) fee(bankCode string) remittance.Yen {
	if bankCode == r.OwnBankCode {
		return r.FeeOwnBank
	}
	return r.FeeOtherBank
}
