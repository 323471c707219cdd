package remittance

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Yen is an amount in whole Japanese yen. The yen has no minor unit, so an
// integer is exact; amounts are never floats anywhere in Soukin.
type Yen int64

// LegalCap is the most a single remittance may carry: one million yen, the
// limit for a Type II funds transfer operator (Payment Services Act art. 36-2
// para. 2, Enforcement Order art. 12-2).
const LegalCap Yen = 1_000_000

// ErrAmount is wrapped by every error about an amount's form or size.
var ErrAmount = errors.New("amount")

// String renders the amount as people write it: "¥12,345", "-¥1".
func (y Yen) String() string {
	if y < 0 {
		return "-¥" + group(strconv.FormatUint(uint64(-(y+1))+1, 10))
	}
	return "¥" + group(strconv.FormatInt(int64(y), 10))
}

func group(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// ParseYen reads a positive amount of whole yen: "12345", "12,345", "¥12,345"
// or "12345円". It refuses signs, decimals, zero and anything above
// [LegalCap] × 10⁹ (which no ledger line may exceed), with an error that wraps
// [ErrAmount] and says how to write it.
func ParseYen(s string) (Yen, error) {
	t := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "¥"), "円")
	if strings.Contains(t, ",") && !groupedRight(t) {
		return 0, fmt.Errorf("%w %q: commas must separate groups of three digits, as in 12,345", ErrAmount, s)
	}
	t = strings.ReplaceAll(t, ",", "")
	if t == "" || strings.Trim(t, "0123456789") != "" {
		return 0, fmt.Errorf("%w %q: write whole yen in digits, as in 12345", ErrAmount, s)
	}
	n, err := strconv.ParseInt(t, 10, 64)
	if err != nil || n > int64(LegalCap)*1_000_000_000 {
		return 0, fmt.Errorf("%w %q: the number is too large", ErrAmount, s)
	}
	if n == 0 {
		return 0, fmt.Errorf("%w %q: must be at least 1 yen", ErrAmount, s)
	}
	return Yen(n), nil
}

func groupedRight(s string) bool {
	parts := strings.Split(s, ",")
	for i, p := range parts {
		if i == 0 && (len(p) < 1 || len(p) > 3) || i > 0 && len(p) != 3 {
			return false
		}
	}
	return true
}
