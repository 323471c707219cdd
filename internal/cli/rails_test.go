package cli

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/examples"
	"soukin/internal/cli/batch"
	"soukin/internal/cli/demo"
	"soukin/internal/devserver"
)

func TestRails(t *testing.T) {
	home := t.TempDir()
	require.Zero(t, run(t, home, "keys", "new").code)
	require.Zero(t, run(t, home, "merchant", "add", "shop", "--rail", "aupay", "--cap", "20000", "--fee", "7").code)
	type rails struct {
		Rails []struct {
			Rail     string
			Cap, Fee int64
			Sandbox  bool
		}
	}
	got := decodeInto[rails](t, run(t, home, "rails", "-m", "shop", "-o", "json")).Rails
	require.Len(t, got, 5)
	assert.Equal(t, "aupay", got[3].Rail)
	assert.EqualValues(t, [2]int64{20000, 7}, [2]int64{got[3].Cap, got[3].Fee})
	assert.True(t, got[3].Sandbox)
	assert.Contains(t, run(t, home, "rails", "-m", "shop", "--lang", "ja").out, "ATMで現金")
	assert.Equal(t, ExitNotFound, run(t, home, "rails", "-m", "nobody").code)
}

// TestTheExampleIsTakenAsItSays looks at every row of examples/rails.csv with the
// settings of an installation: what must be refused is, and nothing else.
func TestTheExampleIsTakenAsItSays(t *testing.T) {
	home := t.TempDir()
	require.Zero(t, run(t, home, "keys", "new").code)
	require.Zero(t, run(t, home, "merchant", "add", "demo").code)
	file := filepath.Join(t.TempDir(), "rails.csv")
	require.NoError(t, os.WriteFile(file, examples.Rails(time.Now()), 0o600))
	got := run(t, home, "send", file, "-m", "demo", "--dry-run", "--output", "csv")
	require.Equal(t, ExitRefused, got.code, got.errors)
	lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
	require.NoError(t, err)
	refused := map[string]string{}
	for _, line := range lines[1:] {
		if line[3] != "accepted" {
			refused[line[0]] = line[4]
		}
	}
	assert.Equal(t, map[string]string{"A-07": "thousands_only", "A-08": "over_rail_cap", "R-03": "refund_window_passed", "R-04": "no_partial_refund"}, refused)
	assert.Contains(t, got.out, "2025-04-30", "in plain words, with the last day")
	assert.Contains(t, got.errors, "C-05: Cash at an ATM is not offered")
	assert.NotContains(t, got.errors, "C-01")
}

func TestOneOrderByFlags(t *testing.T) {
	home := t.TempDir()
	require.Zero(t, run(t, home, "keys", "new").code)
	require.Zero(t, run(t, home, "merchant", "add", "demo").code)
	today := time.Now().In(jst).Format(time.DateOnly)
	for _, args := range [][]string{
		{"--pattern", "choice", "--rails", "bank,atm,amazon", "--gift-form", "code", "--email", "a@example.jp"},
		{"--pattern", "prepaid-refund", "--issuer", "webmoney", "--purchase", "WM-1", "--purchased-on", today, "--purchase-amount", "5000"},
	} {
		got := run(t, home, append([]string{"send", "-m", "demo", "--dry-run", "--id", "X-1", "--amount", "3000"}, args...)...)
		assert.Zero(t, got.code, got.errors)
	}
	got := run(t, home, "send", "-m", "demo", "--dry-run", "--id", "X-1", "--amount", "300000", "--pattern", "choice", "--rails", "atm,bank", "--email", "a@example.jp")
	require.Zero(t, got.code, got.errors)
	assert.Contains(t, got.errors, "Cash at an ATM is not offered", "what was left out is said")
}

// cashRow is what scripts read of a remittance in cash.
type cashRow struct {
	Status  string
	Rail    string
	Numbers *batch.Numbers
}

func TestCashCommands(t *testing.T) {
	// It also skips this test where no Temporal server is on this machine.
	devserver.ForTest(t, nil)
	cache := t.TempDir()
	linkServer(t, cache)
	t.Setenv("XDG_CACHE_HOME", cache)
	home := filepath.Join(t.TempDir(), "state")
	system, err := demo.Start(context.Background(), demo.Options{
		Environ: []string{"TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none")}, State: home, HandsOn: true,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, system.Close()) })
	require.Zero(t, run(t, home, "merchant", "add", "demo").code)
	item := decodeInto[struct {
		ItemKey string `json:"item_key"`
	}](t, run(t, home, "sandbox", "deposit", "50000", "-o", "json")).ItemKey
	require.Zero(t, run(t, home, "fund", "50000", "--item", item).code)

	order := []string{"send", "--pattern", "atm-cash", "--id", "A-1", "--amount", "10000", "--email", "hanako@example.jp", "--expires-days", "10"}
	sent := decodeInto[struct{ Remittances []cashRow }](t, run(t, home, append(order, "-o", "json")...)).Remittances[0]
	assert.Equal(t, "awaiting_recipient", sent.Status)
	require.NotNil(t, sent.Numbers, "the merchant has them at once")
	assert.Regexp(t, `^[0-9]{4}$`, sent.Numbers.PartnerCode)
	assert.Regexp(t, `^[0-9]{9}$`, sent.Numbers.CustomerNumber)
	assert.Regexp(t, `^[0-9]{6}$`, sent.Numbers.ConfirmationNumber)
	for _, form := range []string{"table", "csv", "json"} {
		again := run(t, home, append(order, "-o", form)...)
		require.Zero(t, again.code, again.errors)
		assert.Contains(t, again.out, sent.Numbers.CustomerNumber, "the same order brings the same numbers as %s", form)
		assert.Contains(t, again.out, sent.Numbers.ConfirmationNumber, form)
	}

	masked := run(t, home, "show", "A-1")
	assert.Contains(t, masked.out, "--numbers shows them")
	for _, form := range []string{"table", "json"} {
		assert.NotContains(t, run(t, home, "show", "A-1", "-o", form).out, sent.Numbers.ConfirmationNumber, form)
	}
	assert.NotContains(t, run(t, home, "list", "-o", "json").out, sent.Numbers.ConfirmationNumber)
	assert.Contains(t, run(t, home, "show", "A-1", "--numbers").out, sent.Numbers.ConfirmationNumber)

	require.Zero(t, run(t, home, "reissue", "A-1").code)
	fresh := decodeInto[cashRow](t, run(t, home, "show", "A-1", "--numbers", "-o", "json"))
	require.NotNil(t, fresh.Numbers)
	assert.NotEqual(t, sent.Numbers, fresh.Numbers)
	assert.Equal(t, "atm", fresh.Rail)
	assert.Contains(t, run(t, home, "show", "A-1").out, "New ATM numbers were issued")

	cancelled := decodeInto[cashRow](t, run(t, home, "cancel", "A-1", "-o", "json"))
	assert.Equal(t, "cancelled", cancelled.Status)
	assert.Equal(t, ExitNotFound, run(t, home, "show", "A-1", "--numbers").code, "they are worth nothing now")
	assert.Equal(t, ExitConflict, run(t, home, "reissue", "A-1").code)
	assert.Equal(t, ExitNotFound, run(t, home, "reissue", "A-9").code)
}
