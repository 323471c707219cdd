package orders_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/orders"
	"soukin/internal/zengin"
	"soukin/remittance"
)

var update = flag.Bool("update", false, "write docs/errors.md")

func TestErrorsAreDocumented(t *testing.T) {
	const path = "../../docs/errors.md"
	want := errorsDoc(t)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/errors.md is out of date, run go test ./internal/orders -run TestErrorsAreDocumented -update:\n%s", diff)
	}
}

const introduction = `# Errors and reasons

Generated from the code by ` + "`go test ./internal/orders -run TestErrorsAreDocumented -update`" + `; do not edit.

The command line and the API refuse with the same errors. Each has a code for programs, the field it is about, a rule that
never changes its name, and two sentences, in Japanese and English: what is wrong, and what to do about it. When several
things are wrong with one request, all of them are reported at once and nothing has been stored or sent. In the tables,
` + "`{…}`" + ` stands for what was given or what is allowed.

## Codes

| code | meaning | was anything done? | repeat the same request? |
|---|---|---|---|
| validation | something in the request is wrong | no | not before it is corrected |
| not_found | there is no such remittance, merchant or account | no | not before it exists |
| conflict | an id is taken by something else, or an account is in use | no | no |
| too_late | the remittance has gone past it | no | as the sentence says |
| unavailable | no answer from Temporal or our database | perhaps | yes: the same id is never paid twice |

## Rules
`

func errorsDoc(t *testing.T) string {
	var doc strings.Builder
	doc.WriteString(introduction)
	titles := map[orders.Code]string{
		orders.CodeValidation: "Wrong requests and files", orders.CodeNotFound: "What is not there", orders.CodeConflict: "Conflicts",
		orders.CodeTooLate: "Too late", orders.CodeUnavailable: "No answer",
	}
	for _, code := range orders.Codes() {
		fmt.Fprintf(&doc, "\n### %s: `%s`\n\n| rule | what is wrong | what to do |\n|---|---|---|\n", titles[code], code)
		for _, rule := range orders.Rules() {
			if c, what, fix := orders.Describe(rule); c == code {
				row(&doc, string(rule), what, fix)
			}
		}
	}
	doc.WriteString("\n### Account details: `validation`\n\nThese rules are those of the banks; docs/zengin.md says more. The sentences are examples.\n\n" +
		"| rule | what is wrong | what to do |\n|---|---|---|\n")
	for _, f := range bankFaults(t) {
		row(&doc, string(f.Rule), orders.Text{Ja: f.What(remittance.Ja), En: f.What(remittance.En)}, orders.Text{Ja: f.Fix(remittance.Ja), En: f.Fix(remittance.En)})
	}
	doc.WriteString("\n## Reasons\n\nA reason says why a remittance stands where it stands, or what it waits for. With a correctable one, new account details may\n" +
		"make the remittance succeed.\n\n| reason | sentence | correctable |\n|---|---|---|\n")
	for _, r := range remittance.Reasons() {
		correctable := ""
		if r.Correctable() {
			correctable = "yes"
		}
		fmt.Fprintf(&doc, "| `%s` | %s<br>%s | %s |\n", r, r.Sentence(remittance.En), r.Sentence(remittance.Ja), correctable)
	}
	return doc.String()
}

func row(doc *strings.Builder, rule string, what, fix orders.Text) {
	cell := func(t orders.Text) string { return strings.ReplaceAll(t.En+"<br>"+t.Ja, "|", "\\|") }
	fmt.Fprintf(doc, "| `%s` | %s | %s |\n", rule, cell(what), cell(fix))
}

// bankFaults breaks each rule of package zengin once, in a fixed order.
func bankFaults(t *testing.T) []*zengin.FieldError {
	ok := zengin.Input{Bank: "0005", Branch: "001", Type: "1", Number: "1234567", Name: "ヤマダ"}
	yucho := zengin.Input{Symbol: "12345", Number: "12345671", Name: "ヤマダ"}
	change := func(in zengin.Input, f func(*zengin.Input)) zengin.Input { f(&in); return in }
	inputs := []zengin.Input{
		change(ok, func(i *zengin.Input) { i.Number = "" }),
		change(ok, func(i *zengin.Input) { i.Bank = "000a" }),
		change(ok, func(i *zengin.Input) { i.Bank = "5" }),
		change(ok, func(i *zengin.Input) { i.Bank = "9998" }),
		change(ok, func(i *zengin.Input) { i.Branch = "000" }),
		change(ok, func(i *zengin.Input) { i.Type = "7" }),
		change(ok, func(i *zengin.Input) { i.Number = "123456789" }),
		change(ok, func(i *zengin.Input) { i.Bank, i.Branch, i.Number = "9900", "238", "12345671" }),
		change(ok, func(i *zengin.Input) { i.Bank, i.Branch = "9900", "001" }),
		change(ok, func(i *zengin.Input) { i.Bank, i.Branch, i.Type = "9900", "238", "2" }),
		change(yucho, func(i *zengin.Input) { i.Symbol = "99999" }),
		change(yucho, func(i *zengin.Input) { i.Bank = "0005" }),
		change(yucho, func(i *zengin.Input) { i.Branch = "001" }),
		change(yucho, func(i *zengin.Input) { i.Symbol = "11530" }),
		change(yucho, func(i *zengin.Input) { i.Number = "12345678" }),
		change(ok, func(i *zengin.Input) { i.Name = "山田" }),
		change(ok, func(i *zengin.Input) { i.Name = "二ホン タロウ" }),
		change(ok, func(i *zengin.Input) { i.Name = "ヤマダ♪" }),
		change(ok, func(i *zengin.Input) { i.Name = "ヤマ\u200bダ" }),
		change(ok, func(i *zengin.Input) { i.Name = "ア゛ベ" }),
		change(ok, func(i *zengin.Input) { i.Name = strings.Repeat("ガ", 25) }),
		change(ok, func(i *zengin.Input) { i.Name = "株式会社" }),
	}
	var out []*zengin.FieldError
	for _, in := range inputs {
		_, _, err := zengin.ParseAccount(in)
		var faults zengin.FieldErrors
		require.True(t, errors.As(err, &faults), "nothing is wrong with %s %s", in.Bank, in.Symbol)
		out = append(out, faults[len(faults)-1])
	}
	return out
}

// TestEveryRuleOfTheBanksIsDocumented reads the rules from the source, so that
// a new one is not forgotten.
func TestEveryRuleOfTheBanksIsDocumented(t *testing.T) {
	source, err := os.ReadFile("../zengin/rules.go")
	require.NoError(t, err)
	declared := regexp.MustCompile(`Rule\s*=\s*"(\w+)"`).FindAllStringSubmatch(string(source), -1)
	require.NotEmpty(t, declared)
	shown := map[string]bool{}
	for _, f := range bankFaults(t) {
		shown[string(f.Rule)] = true
	}
	for _, d := range declared {
		assert.True(t, shown[d[1]], "%s is not shown by an example", d[1])
	}
}

func TestEveryRuleHasBothSentencesInBothLanguages(t *testing.T) {
	source, err := os.ReadFile("rules.go")
	require.NoError(t, err)
	assert.Len(t, orders.Rules(), len(regexp.MustCompile(`Rule\s*=\s*"(\w+)"`).FindAllString(string(source), -1)), "Rules lists them all")
	for _, rule := range orders.Rules() {
		code, what, fix := orders.Describe(rule)
		assert.Contains(t, orders.Codes(), code, rule)
		for _, text := range []string{what.Ja, fix.Ja} {
			assert.True(t, strings.HasSuffix(text, "。"), "%s: %q", rule, text)
		}
		for _, text := range []string{what.En, fix.En} {
			assert.Regexp(t, `[.:\-]$|"\.$`, text, rule)
		}
	}
	for _, rule := range orders.Rules() {
		_, what, fix := orders.Describe(rule)
		assert.Equal(t, placeholders(what.Ja+fix.Ja), placeholders(what.En+fix.En), "%s says the same in both languages", rule)
	}
}

func placeholders(s string) map[string]bool {
	out := map[string]bool{}
	for _, p := range regexp.MustCompile(`\{\w+\}`).FindAllString(s, -1) {
		out[p] = true
	}
	return out
}
