package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/cli/demo"
	"soukin/internal/devserver"
)

func TestEveryShortenedWaitHasAWord(t *testing.T) {
	for _, w := range demo.Waits(false, demo.Crowd{Remittances: 60}.Waits()) {
		assert.Contains(t, waitWords, w.Setting)
	}
}

// demoResult is the JSON document that scripts rely on.
type demoResult struct {
	Remittances []struct {
		RemittanceID string `json:"remittance_id"`
		Pattern      string
		Status       string
		Expected     string
		Reason       string
		Amount       int64
		Final        bool
	}
	Balances map[string]int64
	Audit    struct {
		OK      bool
		Checked map[string]int
	}
	Searched struct {
		ClaimCodes int `json:"claim_codes"`
		ATMNumbers int `json:"atm_numbers"`
		Files      int
	}
	SecretsFound *int `json:"secrets_found"`
	AsExpected   bool `json:"as_expected"`
	Home         string
}

func TestDemo(t *testing.T) {
	// It also skips this test where no Temporal server is on this machine.
	devserver.ForTest(t, nil)
	cache := t.TempDir()
	linkServer(t, cache)
	t.Setenv("XDG_CACHE_HOME", cache)
	home := filepath.Join(t.TempDir(), "state")

	first := playOnce(t, home)
	assert.Len(t, first.Remittances, 54)
	var paid int64
	patterns := map[string]int{}
	for _, r := range first.Remittances {
		assert.Equal(t, r.Expected, r.Status, r.RemittanceID)
		patterns[r.Pattern]++
		assert.True(t, r.Final, r.RemittanceID)
		assert.Equal(t, r.Status == "paid", r.Reason == "", "%s: whatever is not paid says why", r.RemittanceID)
		if r.Status == "paid" {
			paid += r.Amount
		}
	}
	assert.Equal(t, map[string]int{
		"bank-transfer": 20, "account-link": 7, "atm-cash": 8, "gift-card": 5, "au-pay": 3, "prepaid-refund": 6, "choice": 5,
	}, patterns)
	assert.True(t, first.AsExpected)
	assert.True(t, first.Audit.OK)
	assert.Equal(t, 46, first.Audit.Checked["compared with counterparties"])
	assert.Equal(t, paid, first.Balances["paid"])
	assert.Zero(t, first.Balances["held"]+first.Balances["in_flight"])
	assert.Equal(t, 3, first.Searched.ClaimCodes, "those of G-02, G-05 and C-02")
	assert.GreaterOrEqual(t, first.Searched.ATMNumbers, 8, "of six remittances, two of them issued anew")
	assert.Greater(t, first.Searched.Files, 5)
	require.NotNil(t, first.SecretsFound)
	assert.Zero(t, *first.SecretsFound)
	assert.Equal(t, home, first.Home)

	// The same directory again: the same orders are the same remittances.
	second := playOnce(t, home)
	assert.Equal(t, first.Remittances, second.Remittances)
	assert.Equal(t, first.Balances, second.Balances)

	nothingPersonalIn(t, home)
	whatOtherTerminalsSee(t, home)
}

func playOnce(t *testing.T, home string) demoResult {
	t.Helper()
	var out, errs bytes.Buffer
	environ := []string{"TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none")}
	code := Main(context.Background(), []string{"demo", "--once", "--state", home, "--output", "json"}, environ, strings.NewReader(""), &out, &errs)
	require.Zero(t, code, errs.String())
	dec := json.NewDecoder(&out)
	var r demoResult
	require.NoError(t, dec.Decode(&r))
	assert.False(t, dec.More(), "exactly one document")
	assert.Contains(t, errs.String(), "2bd", "the waits that were shortened are told")
	return r
}

func linkServer(t *testing.T, cache string) {
	t.Helper()
	users, err := os.UserCacheDir()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(cache, "soukin"), 0o700))
	binary := filepath.Join("soukin", "temporal-"+devserver.CLIVersion)
	if _, err := os.Stat(filepath.Join(users, binary)); err == nil {
		require.NoError(t, os.Symlink(filepath.Join(users, binary), filepath.Join(cache, binary)))
	}
}

// nothingPersonalIn looks for what the file says about payees in everything
// that Temporal and the logs kept.
func nothingPersonalIn(t *testing.T, home string) {
	t.Helper()
	secrets := []string{"ﾔﾏﾀﾞ", "ヤマダ", "ｶﾄﾞｸﾗ", "さとう", "山田花子", "ｻｸﾗﾍﾞ", "1234567", "0234561", "3344556", "12345671",
		"hanako@example.jp", "john@example.com", "9000000006", "ﾔﾏﾀﾞ ﾊﾅｺ", "ｻﾄｳ ｹﾝ", "佐藤健", "2345678", "3456789"}
	for _, dir := range []string{"temporal", "logs"} {
		err := filepath.WalkDir(filepath.Join(home, dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			for _, s := range secrets {
				assert.False(t, bytes.Contains(content, []byte(s)), "%s holds %q", path, s)
			}
			return err
		})
		require.NoError(t, err)
	}
}

// whatOtherTerminalsSee reads the record of a demo that has ended.
func whatOtherTerminalsSee(t *testing.T, home string) {
	t.Helper()
	list := decodeInto[struct {
		Remittances []struct {
			RemittanceID string `json:"remittance_id"`
		}
		Next string
	}](t, run(t, home, "list", "--status", "failed,returned", "-o", "json"))
	assert.Len(t, list.Remittances, 3)
	assert.Contains(t, run(t, home, "list", "--limit", "5").out, "starter list --after ")
	assert.Contains(t, run(t, home, "list", "--from", "2999-01-01", "-o", "json").out, `"remittances": []`)

	shown := decodeInto[struct {
		Status   string
		Timeline []struct{ To string }
	}](t, run(t, home, "show", "D-19", "-o", "json"))
	assert.Equal(t, "paid", shown.Status)
	assert.GreaterOrEqual(t, len(shown.Timeline), 4)
	assert.Contains(t, run(t, home, "show", "D-18", "--lang", "ja").out, "該当する口座がありません")
	assert.Equal(t, ExitNotFound, run(t, home, "show", "D-11").code, "what was refused is not on record")
	assert.Equal(t, ExitNotFound, run(t, home, "show", "D-01", "--merchant", "nobody").code)

	assert.Contains(t, run(t, home, "show", "L-06").out, "recipient")
	assert.Contains(t, run(t, home, "link", "show", "L-01").out, "paid", "a link that nobody needs any more")
	assert.Equal(t, ExitNotFound, run(t, home, "link", "show", "D-01").code, "it never had one")
	assert.Equal(t, ExitConflict, run(t, home, "resend", "L-05").code, "it has expired")

	assert.Contains(t, run(t, home, "balance").out, "available")
	assert.Equal(t, ExitNotFound, run(t, home, "balance", "--merchant", "nobody").code)
	assert.Zero(t, run(t, home, "watch", "D-01", "--expect", "paid").code)
	assert.Equal(t, ExitUnexpected, run(t, home, "watch", "D-18", "--expect", "paid").code)
	assert.Equal(t, ExitNotFound, run(t, home, "watch", "D-11").code)

	assert.Equal(t, ExitConflict, run(t, home, "cancel", "D-01").code, "it is paid")
	assert.Equal(t, ExitConflict, run(t, home, "correct", "D-18", "--bank", "0001").code, "it has ended")
	assert.Equal(t, ExitRefused, run(t, home, "resolve", "D-19", "--executed").code, "evidence is missing")
	assert.Equal(t, ExitConflict, run(t, home, "resolve", "D-19", "--executed", "--evidence", "statement").code)
	assert.Equal(t, ExitUsage, run(t, home, "resolve", "D-19").code)
	assert.Equal(t, ExitUsage, run(t, home, "fund", "100").code, "an item is needed")

	accounts := decodeInto[struct {
		Accounts []struct{ Account, Number string }
	}](t, run(t, home, "account", "list", "-o", "json"))
	assert.NotEmpty(t, accounts.Accounts)
	for _, a := range accounts.Accounts {
		assert.True(t, strings.HasPrefix(a.Number, "*****"), a.Number)
	}
	id := accounts.Accounts[0].Account
	assert.Contains(t, run(t, home, "account", "show", id).out, "*****67")
	assert.Zero(t, run(t, home, "account", "delete", id).code)
	assert.Equal(t, ExitNotFound, run(t, home, "account", "show", id).code)
	added := run(t, home, "account", "add", "--bank", "5", "--branch", "1", "--type", "普通", "--number", "1234567", "--name", "ヤマダ タロウ")
	assert.Equal(t, ExitRefused, added.code)
	assert.Contains(t, added.errors, "bank")

	dry := decodeInto[struct {
		Remittances []struct{ Status string }
	}](t, run(t, home, "send", "--dry-run", "--id", "N-1", "--amount", "100", "--bank", "0001", "--branch", "001", "--type", "1", "--number", "76543", "--name", "ヤマダ タロウ", "-o", "json"))
	assert.Equal(t, "accepted", dry.Remittances[0].Status)
	assert.Equal(t, ExitNotFound, run(t, home, "show", "N-1").code, "a dry run leaves nothing")
	conflict := run(t, home, "send", "--id", "D-01", "--amount", "1", "--bank", "0001", "--branch", "001", "--type", "1", "--number", "1", "--name", "ヤマダ タロウ")
	assert.Equal(t, ExitConflict, conflict.code, conflict.errors)
	lost := run(t, home, "send", "--id", "N-2", "--amount", "100", "--bank", "0001", "--branch", "001", "--type", "1", "--number", "76543", "--name", "ヤマダ タロウ")
	assert.Equal(t, ExitUnavailable, lost.code, "Temporal has stopped: %s", lost.errors)
	stdin := runWith(t, home, "remittance_id,amount,account\nN-3,0,acc_x\n", "send", "-", "--dry-run", "-o", "json")
	assert.Equal(t, ExitRefused, stdin.code)
	assert.Contains(t, stdin.out, `"status": "refused"`)
	assert.Equal(t, ExitUsage, run(t, home, "send", filepath.Join(home, "nosuch.csv")).code)
	assert.Equal(t, ExitUsage, run(t, home, "send").code)
	assert.Equal(t, ExitRefused, runWith(t, home, "nothing\nx\n", "send", "-").code, "unknown columns")
}
