package zengin

import "unique"

// secret holds text that must not reach a log. A plain string field would: fmt
// prints unexported fields of any struct it is given without asking the
// field's own methods. A handle prints as an address, costs one word, and two
// handles of equal text are equal.
type secret struct{ text unique.Handle[string] }

func hide(s string) secret { return secret{unique.Make(s)} }

func (s secret) reveal() string {
	if s == (secret{}) {
		return ""
	}
	return s.text.Value()
}
