package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	urfave "github.com/urfave/cli/v3"

	"soukin/remittance"
)

// ran is what one invocation left behind.
type ran struct {
	code        int
	out, errors string
}

// run invokes the command line with a home of the test's own.
func run(t *testing.T, home string, args ...string) ran {
	t.Helper()
	return runWith(t, home, "", args...)
}

func runWith(t *testing.T, home, stdin string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	environ := []string{"TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none"), "SOUKIN_HOME=" + home}
	code := Main(context.Background(), args, environ, strings.NewReader(stdin), &out, &errs)
	return ran{code, out.String(), errs.String()}
}

func leaves(c *urfave.Command, path []string, visit func(path []string, c *urfave.Command)) {
	for _, sub := range c.VisibleCommands() {
		here := append(append([]string{}, path...), sub.Name)
		if len(sub.Commands) == 0 {
			visit(here, sub)
			continue
		}
		leaves(sub, here, visit)
	}
}

func tree(l remittance.Lang) *urfave.Command {
	s := &session{stdout: io.Discard, stderr: io.Discard, lang: l}
	return s.root()
}

func TestHelpOfEveryCommand(t *testing.T) {
	for _, lang := range []remittance.Lang{remittance.En, remittance.Ja} {
		root := run(t, t.TempDir(), "--lang", string(lang), "--help")
		require.Zero(t, root.code)
		golden(t, filepath.Join("help", string(lang), "starter.txt"), root.out)
		leaves(tree(lang), nil, func(path []string, c *urfave.Command) {
			name := strings.Join(path, " ")
			got := run(t, t.TempDir(), append(path, "--lang", string(lang), "--help")...)
			require.Zero(t, got.code, name)
			golden(t, filepath.Join("help", string(lang), strings.Join(path, "-")+".txt"), got.out)
			assert.Contains(t, c.Description, "starter "+path[0], "%s: help must show an example", name)
			for line := range strings.SplitSeq(got.out, "\n") {
				limit := 80
				if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "starter ") || strings.HasPrefix(trimmed, "--") {
					limit = 120 // examples are to be copied whole; options are columns
				}
				assert.LessOrEqual(t, text.StringWidthWithoutEscSequences(line), limit, "%s: %q", name, line)
			}
		})
	}
}

func TestJapaneseHelpHasNothingLeftInEnglish(t *testing.T) {
	english := map[string]string{}
	leaves(tree(remittance.En), nil, func(path []string, c *urfave.Command) { english[strings.Join(path, " ")] = c.Usage })
	leaves(tree(remittance.Ja), nil, func(path []string, c *urfave.Command) {
		assert.NotEqual(t, english[strings.Join(path, " ")], c.Usage, "%v", path)
	})
}

func TestUsageErrors(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"nosuch"}, `there is no command "nosuch"`},
		{[]string{"bank", "nosuch"}, `there is no command "nosuch"`},
		{[]string{"bank", "search"}, "TEXT is missing"},
		{[]string{"bank", "version", "x"}, `unexpected argument "x"`},
		{[]string{"bank", "search", "--nosuch", "x"}, "nosuch"},
		{[]string{"bank", "search", "--limit", "0", "x"}, "at least 1"},
		{[]string{"bank", "version", "--output", "yaml"}, "must be one of table, json, csv"},
		{[]string{"bank", "version", "--lang", "fr"}, "must be one of en, ja"},
		{[]string{"merchant", "show", "No Good"}, "must be 1-20 of a-z"},
		{[]string{"sandbox", "deposit", "12.5"}, "write whole yen"},
		{[]string{"sandbox", "faults", "--set", "nosuch=1"}, "unknown fault"},
		{[]string{"sandbox", "faults", "--set", "answer_lost=often"}, "must be a number from 0 to 1"},
		{[]string{"extend", "L-01"}, "either --until or --days"},
		{[]string{"extend", "L-01", "--until", "2026-12-24", "--days", "1"}, "either --until or --days"},
		{[]string{"extend", "L-01", "--until", "tomorrow"}, "2026-12-24"},
		{[]string{"extend", "L-01", "--days", "0"}, "at least 1"},
		{[]string{"contact", "L-01"}, "--email, --phone or both"},
		{[]string{"resend"}, "ID is missing"},
		{[]string{"demo", "--once", "--hands-on"}, "exclude each other"},
		{[]string{"demo", "--remittances", "60"}, "go together"},
		{[]string{"demo", "--faults", "1"}, "go together"},
		{[]string{"demo", "--remittances", "60", "--faults", "1", "--hands-on"}, "leave out --remittances"},
		{[]string{"demo", "--remittances", "5", "--faults", "1"}, "must be from 20 to 100000"},
		{[]string{"link", "show"}, "ID is missing"},
		{[]string{"merchant", "set", "shop", "--link-reminders", "72"}, "--link-reminders"},
		{[]string{"merchant", "set", "shop", "--rail", "pigeon"}, "must be one of bank, atm, amazon, aupay, prepaid"},
		{[]string{"merchant", "set", "shop", "--rail", "atm", "--fee-same-bank", "1"}, "rail bank only"},
		{[]string{"list", "--output", "csv"}, "no rows to write as csv"},
		{[]string{"reissue"}, "ID is missing"},
		{[]string{"sandbox", "decide", "1", "perhaps"}, "approve, withdraw or send-back"},
	}
	for _, tt := range tests {
		got := run(t, t.TempDir(), tt.args...)
		assert.Equal(t, ExitUsage, got.code, "%v: %s", tt.args, got.errors)
		assert.Contains(t, got.errors, tt.want, "%v", tt.args)
		assert.Empty(t, got.out, "%v: errors do not go where results go", tt.args)
	}
}

func TestLanguage(t *testing.T) {
	tests := []struct {
		args []string
		env  map[string]string
		want remittance.Lang
	}{
		{nil, nil, remittance.En},
		{nil, map[string]string{"LANG": "ja_JP.UTF-8"}, remittance.Ja},
		{nil, map[string]string{"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, remittance.En},
		{[]string{"list", "--lang", "ja"}, nil, remittance.Ja},
		{[]string{"--lang=en"}, map[string]string{"LANG": "ja_JP.UTF-8"}, remittance.En},
		{[]string{"--lang"}, nil, remittance.En},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, language(tt.args, tt.env), "%v %v", tt.args, tt.env)
	}
}

func TestBanks(t *testing.T) {
	got := run(t, t.TempDir(), "bank", "search", "三菱", "--output", "json")
	require.Zero(t, got.code)
	var found struct {
		Banks []struct{ Code, Name, Kana string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &found))
	assert.Equal(t, "0005", found.Banks[0].Code)

	assert.Equal(t, ExitNotFound, run(t, t.TempDir(), "bank", "search", "zzzz").code)
	assert.Equal(t, ExitNotFound, run(t, t.TempDir(), "bank", "branches", "zzzz", "x").code)
	assert.Equal(t, ExitNotFound, run(t, t.TempDir(), "bank", "branches", "0005", "zzzz").code)
	branches := run(t, t.TempDir(), "bank", "branches", "mizuho", "shinjuku")
	require.Zero(t, branches.code)
	assert.Contains(t, branches.out, "0001 みずほ銀行")
	assert.Contains(t, branches.out, "240")
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "pwsh"} {
		got := run(t, t.TempDir(), "completion", shell)
		assert.Zero(t, got.code, shell)
		assert.NotEmpty(t, got.out, shell)
	}
	got := run(t, t.TempDir(), "bank", "--generate-shell-completion")
	assert.Contains(t, got.out, "branches")
}

func TestPrintConfig(t *testing.T) {
	home := t.TempDir()
	got := run(t, home, "--print-config")
	require.Zero(t, got.code, got.errors)
	assert.Contains(t, got.out, "SOUKIN_HOME="+home)
	assert.NotContains(t, got.out, "soukin-sandbox-secret")
}

func TestWrongSettingsStopBeforeAnythingIsDone(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "soukin.env"), []byte("SOUKIN_BANK_CAP=2000000\n"), 0o600))
	got := run(t, home, "audit")
	assert.Equal(t, ExitUsage, got.code)
	assert.Contains(t, got.errors, "legal limit")
}

func TestDocumentationIsCurrent(t *testing.T) {
	const path = "../../docs/cli.md"
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(Markdown()), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(Markdown(), string(have)); diff != "" {
		t.Errorf("docs/cli.md is out of date, run go test ./internal/cli -update:\n%s", diff)
	}
}
