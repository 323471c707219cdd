package amazon

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const masked = "(claim code)"

// ClaimCode is what a recipient types in at Amazon to have the money. It
// prints, encodes and logs masked; the text is behind a function because fmt
// prints unexported fields of whatever struct a value is part of without asking
// the value.
type ClaimCode struct{ text func() string }

func newClaimCode(text string) ClaimCode { return ClaimCode{func() string { return text }} }

// Reveal is the only way to the text, for the recipient's own page alone.
func (c ClaimCode) Reveal() string {
	if c.text == nil {
		return ""
	}
	return c.text()
}

// UnmarshalJSON takes the code out of an answer.
func (c *ClaimCode) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return errUnreadable // that of the decoder repeats what it read
	}
	*c = newClaimCode(text)
	return nil
}

// Format is masked for every verb.
func (c ClaimCode) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalJSON is masked.
func (c ClaimCode) MarshalJSON() ([]byte, error) { return json.Marshal(masked) }

// LogValue is masked.
func (c ClaimCode) LogValue() slog.Value { return slog.StringValue(masked) }
