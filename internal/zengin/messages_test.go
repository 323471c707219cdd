package zengin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/zengin"
	"soukin/remittance"
)

// constants reads the values of a string type's constants from the source, so
// that a new one without a sentence is noticed.
func constants(t *testing.T, file, typeName string) (values []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == typeName && len(spec.Values) == 1 {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			values = append(values, value)
		}
		return true
	})
	require.NotEmpty(t, values, file)
	return values
}

func assertSentence(t *testing.T, lang remittance.Lang, text, what string) {
	t.Helper()
	end := map[remittance.Lang]string{remittance.Ja: "。", remittance.En: "."}[lang]
	assert.True(t, strings.HasSuffix(text, end), "%s: %q", what, text)
	assert.NotContains(t, text, "{", what)
	assert.Greater(t, len(strings.TrimSuffix(text, end)), 8, "%s: %q", what, text)
}

func TestEveryRuleSaysWhatIsWrongAndHowToFixIt(t *testing.T) {
	fields := constants(t, "errors.go", "Field")
	for _, rule := range constants(t, "rules.go", "Rule") {
		for _, field := range fields {
			e := &zengin.FieldError{Field: zengin.Field(field), Rule: zengin.Rule(rule), Limit: 7, Got: 9}
			for _, lang := range []remittance.Lang{remittance.Ja, remittance.En} {
				assertSentence(t, lang, e.What(lang), rule)
				assertSentence(t, lang, e.Fix(lang), rule)
				assert.True(t, strings.HasPrefix(e.Message(lang), zengin.Field(field).Label(lang)), rule)
			}
			assert.Contains(t, e.Error(), rule)
		}
	}
}

func TestEveryChangeIsExplained(t *testing.T) {
	for _, change := range constants(t, "notice.go", "Change") {
		for _, n := range []zengin.Notice{
			{Field: zengin.FieldName, Change: zengin.Change(change)},
			{Field: zengin.FieldName, Change: zengin.Change(change), From: "ャ", To: "ﾔ"},
		} {
			for _, lang := range []remittance.Lang{remittance.Ja, remittance.En} {
				assertSentence(t, lang, n.Message(lang), change)
				assert.Equal(t, n.From != "", strings.Contains(n.Message(lang), "ャ"), change)
			}
		}
	}
}

func TestSentencesReadWell(t *testing.T) {
	e := &zengin.FieldError{Field: zengin.FieldBank, Rule: zengin.RuleLength, Text: "5", Limit: 4, Got: 1}
	assert.Equal(t, "銀行コード「5」：4桁の数字ですが、1桁です。先頭の0も含めて4桁で入力してください（表計算ソフトは先頭の0を消すことがあります）。", e.Message(remittance.Ja))
	assert.Equal(t, `bank code "5": must have 4 digits but has 1. Write all 4 digits with the leading zeros, which spreadsheets drop.`, e.Message(remittance.En))
	lookalike := &zengin.FieldError{Field: zengin.FieldName, Rule: zengin.RuleNameLookalike, Text: "力", Position: 2, Suggest: "カ"}
	assert.Equal(t, "口座名義の2文字目「力」：カナに似た漢字です。「カ」と書いてください。", lookalike.Message(remittance.Ja))
}
