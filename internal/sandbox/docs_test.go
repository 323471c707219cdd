package sandbox_test

import (
	"flag"
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox"
	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/aupay"
	"soukin/internal/sandbox/faults"
	"soukin/internal/sandbox/ganb"
	"soukin/internal/sandbox/prepaid"
)

var update = flag.Bool("update", false, "write the tables of docs/sandbox.md anew")

const manual = "../../docs/sandbox.md"

func TestDocumentationHasTheTablesOfTheCode(t *testing.T) {
	text, err := os.ReadFile(manual)
	require.NoError(t, err)
	for name, table := range map[string]string{"magic": ganb.MagicTable(), "faults": faults.Table(), "codes": ganb.CodeTable(), "atm": atm.MagicTable(),
		"aupay": aupay.MagicTable(), "prepaid": prepaid.MagicTable()} {
		section := regexp.MustCompile(`(?s)(<!-- ` + name + `: begin[^\n]*-->\n).*?(<!-- ` + name + `: end -->)`)
		require.Regexp(t, section, string(text))
		want := section.ReplaceAllString(string(text), "${1}"+table+"${2}")
		if *update {
			require.NoError(t, os.WriteFile(manual, []byte(want), 0o644))
			text = []byte(want)
		}
		assert.Equal(t, want, string(text), "table %s: run go test ./internal/sandbox -run Documentation -update", name)
	}
}

func TestDocumentationNamesEverySetting(t *testing.T) {
	text, err := os.ReadFile(manual)
	require.NoError(t, err)
	for prefix, of := range map[string]any{"": sandbox.Settings{}, "Bank.": sandbox.Settings{}.Bank, "Door.": sandbox.Settings{}.Door, "Door.OAuth.": sandbox.Settings{}.Door.OAuth, "AuPay.": sandbox.Settings{}.AuPay, "Prepaid.": sandbox.Settings{}.Prepaid, "ATM.": sandbox.Settings{}.ATM} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(of)) {
			assert.Contains(t, string(text), f.Name, "setting %s%s", prefix, f.Name)
		}
	}
}

func TestCodesFitTheirFields(t *testing.T) {
	for _, c := range ganb.Codes() {
		assert.LessOrEqual(t, len(c.Code), 10, c.Code)
		assert.NotEmpty(t, c.Meaning, c.Code)
		assert.NotEmpty(t, c.Source, c.Code)
	}
}
