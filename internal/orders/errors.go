package orders

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"soukin/internal/zengin"
	"soukin/remittance"
)

// Code is the kind of a refusal, for programs and exit codes.
type Code string

// The codes.
const (
	CodeValidation  Code = "validation"  // something in the request is wrong; nothing was done
	CodeNotFound    Code = "not_found"   // there is no such thing for this merchant
	CodeConflict    Code = "conflict"    // it is taken by something else
	CodeTooLate     Code = "too_late"    // the remittance has gone past it
	CodeUnavailable Code = "unavailable" // no answer; repeating the same request is safe
)

// Codes lists the codes in the order of docs/errors.md.
func Codes() []Code {
	return []Code{CodeValidation, CodeNotFound, CodeConflict, CodeTooLate, CodeUnavailable}
}

// Text is a sentence in both languages.
type Text struct {
	Ja string `json:"ja"`
	En string `json:"en"`
}

// In gives the sentence in a language; English is the default.
func (t Text) In(l remittance.Lang) string {
	if l == remittance.Ja {
		return t.Ja
	}
	return t.En
}

// Error is one refusal. What and Fix are for the person who made the request
// and may repeat what was typed; the Error text is for logs and repeats nothing
// that could be personal.
type Error struct {
	Code  Code   `json:"code"`
	Field string `json:"field,omitempty"` // of the request, as it is written there
	Rule  Rule   `json:"rule"`
	What  Text   `json:"message"` // what is wrong
	Fix   Text   `json:"fix"`     // what to do about it

	plain string
	cause error
}

// Error is "code: field: sentence (rule)".
func (e *Error) Error() string {
	field := ""
	if e.Field != "" {
		field = e.Field + ": "
	}
	return string(e.Code) + ": " + field + e.plain + " (" + string(e.Rule) + ")"
}

// Unwrap gives what is behind it, for logs and tests.
func (e *Error) Unwrap() error { return e.cause }

// Sentence is what is wrong and what to do about it.
func (e *Error) Sentence(l remittance.Lang) string {
	if l == remittance.Ja {
		return e.What.Ja + e.Fix.Ja
	}
	return e.What.En + " " + e.Fix.En
}

// LogValue leaves the sentences out: they may repeat a name.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(e.Code)), slog.String("field", e.Field), slog.String("rule", string(e.Rule)))
}

// Faults is everything that is wrong with one request, in the order of its
// fields. errors.As finds each [*Error] in it.
type Faults []*Error

// Error joins the texts for logs.
func (fs Faults) Error() string {
	texts := make([]string, len(fs))
	for i, f := range fs {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap lets errors.Is and errors.As look at each fault.
func (fs Faults) Unwrap() []error {
	out := make([]error, len(fs))
	for i, f := range fs {
		out[i] = f
	}
	return out
}

// orNil keeps an empty list from becoming a non-nil error.
func (fs Faults) orNil() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// and takes on a refusal. Trouble stays an error.
func (fs Faults) and(err error) (Faults, error) {
	var refused *Error
	if errors.As(err, &refused) && refused.Code != CodeUnavailable {
		return append(fs, refused), nil
	}
	return fs, err
}

// FaultsOf gives every refusal in err, or nil when err is none of this
// package's.
func FaultsOf(err error) Faults {
	var many Faults
	if errors.As(err, &many) {
		return many
	}
	var one *Error
	if errors.As(err, &one) {
		return Faults{one}
	}
	return nil
}

// value fills a placeholder of a rule's sentences.
type value struct{ name, text string }

// fault makes a refusal by the catalogue of rules.
func fault(rule Rule, field string, values ...value) *Error {
	entry := catalogue[rule]
	fill := func(s string) string {
		for _, v := range values {
			s = strings.ReplaceAll(s, "{"+v.name+"}", v.text)
		}
		return s
	}
	e := &Error{Code: entry.code, Field: field, Rule: rule,
		What: Text{fill(entry.what.Ja), fill(entry.what.En)}, Fix: Text{fill(entry.fix.Ja), fill(entry.fix.En)}}
	e.plain = e.What.En
	return e
}

func (e *Error) because(err error) *Error {
	e.cause = err
	return e
}

// ofZengin takes on what package zengin found wrong with an account. field
// gives the request's own name of a field.
func ofZengin(faults zengin.FieldErrors, field func(zengin.Field) string) Faults {
	out := make(Faults, len(faults))
	for i, f := range faults {
		out[i] = &Error{
			Code: CodeValidation, Field: field(f.Field), Rule: Rule(f.Rule),
			What: Text{f.What(remittance.Ja), f.What(remittance.En)}, Fix: Text{f.Fix(remittance.Ja), f.Fix(remittance.En)},
			plain: f.Error(), cause: f,
		}
	}
	return out
}

// trouble is for errors that are nobody's fault but ours: our own database, or
// a caller who went away.
func trouble(err error) error {
	if err == nil || FaultsOf(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fault(RuleDatabase, "").because(err)
}
