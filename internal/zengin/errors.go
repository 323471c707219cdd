package zengin

import (
	"fmt"
	"strconv"
	"strings"

	"soukin/remittance"
)

// Field names a part of an account that a person types.
type Field string

// The fields; their text is the wire form.
const (
	FieldBank   Field = "bank"
	FieldBranch Field = "branch"
	FieldType   Field = "type"
	FieldNumber Field = "number"
	FieldSymbol Field = "symbol"
	FieldName   Field = "name"
)

// Label is the field as people call it.
func (f Field) Label(l remittance.Lang) string {
	if l == remittance.Ja {
		return fieldLabels[f][0]
	}
	return fieldLabels[f][1]
}

var fieldLabels = map[Field][2]string{
	FieldBank:   {"銀行コード", "bank code"},
	FieldBranch: {"支店コード", "branch code"},
	FieldType:   {"預金種目", "account type"},
	FieldNumber: {"口座番号", "account number"},
	FieldSymbol: {"記号", "symbol"},
	FieldName:   {"口座名義", "account name"},
}

// FieldError says what is wrong with one field, which rule it breaks and how
// to put it right. Show [FieldError.Message] to the person who typed it; its
// Error text is for logs and holds nothing of what was typed into a name or an
// account number.
type FieldError struct {
	Field    Field
	Rule     Rule
	Text     string // the characters at fault: of a name, or a bank or branch code; never of an account number
	Position int    // where Text begins, counted in characters from 1; 0 when the whole field is meant
	Limit    int    // the most, or the exact length, the rule allows; 0 when it does not count
	Got      int    // the length that was given
	Suggest  string // what to write instead, when that can be known
}

// Error names field, rule, position and fix in English, without Text.
func (e *FieldError) Error() string {
	hidden := *e
	hidden.Text, hidden.Suggest = "", ""
	return string(e.Field) + ": " + hidden.Message(remittance.En) + " (" + string(e.Rule) + ")"
}

// Message says what is wrong and what to write instead.
func (e *FieldError) Message(l remittance.Lang) string {
	return e.What(l) + sentenceGap(l) + e.Fix(l)
}

// What says what is wrong, in one sentence.
func (e *FieldError) What(l remittance.Lang) string {
	t := ruleTexts[e.Rule]
	if l == remittance.Ja {
		return e.where(l) + e.fill(t.ja) + "。"
	}
	return e.where(l) + e.fill(t.en) + "."
}

// Fix says what to write instead, in one sentence.
func (e *FieldError) Fix(l remittance.Lang) string {
	t := ruleTexts[e.Rule]
	switch {
	case e.Suggest != "" && l == remittance.Ja:
		return "「" + e.Suggest + "」と書いてください。"
	case e.Suggest != "":
		return fmt.Sprintf("Write %q.", e.Suggest)
	case l == remittance.Ja:
		return e.fill(t.jaFix) + "。"
	}
	return e.fill(t.enFix) + "."
}

func (e *FieldError) where(l remittance.Lang) string {
	label := e.Field.Label(l)
	if l == remittance.Ja {
		if e.Position > 0 {
			label += fmt.Sprintf("の%d文字目", e.Position)
		}
		if e.Text != "" {
			label += "「" + e.Text + "」"
		}
		return label + "："
	}
	if e.Text != "" {
		label += fmt.Sprintf(" %q", e.Text)
	}
	if e.Position > 0 {
		label += fmt.Sprintf(" at character %d", e.Position)
	}
	return label + ": "
}

func (e *FieldError) fill(text string) string {
	return strings.NewReplacer("{limit}", strconv.Itoa(e.Limit), "{got}", strconv.Itoa(e.Got)).Replace(text)
}

func sentenceGap(l remittance.Lang) string {
	if l == remittance.Ja {
		return ""
	}
	return " "
}

// FieldErrors is every fault found in one input, in order of the fields and
// their positions. errors.As finds each [FieldError] in it.
type FieldErrors []*FieldError

// Error joins the errors' log texts.
func (es FieldErrors) Error() string {
	texts := make([]string, len(es))
	for i, e := range es {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "; ")
}

// Message gives one line for each fault.
func (es FieldErrors) Message(l remittance.Lang) string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Message(l)
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As look at each fault.
func (es FieldErrors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// orNil keeps an empty list from becoming a non-nil error.
func (es FieldErrors) orNil() error {
	if len(es) == 0 {
		return nil
	}
	return es
}
