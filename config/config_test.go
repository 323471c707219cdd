package config_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/remittance"
)

var update = flag.Bool("update", false, "write docs/settings.md")

func load(t *testing.T, environ ...string) (config.Config, error) {
	t.Helper()
	// A profile file of the developer's own must not reach the tests.
	base := []string{"SOUKIN_HOME=" + t.TempDir(), "TEMPORAL_CONFIG_FILE=" + filepath.Join(t.TempDir(), "none.toml")}
	return config.Load(append(base, environ...))
}

func TestDefaultsAreComplete(t *testing.T) {
	c, err := load(t)
	require.NoError(t, err)
	assert.Equal(t, "sqlite:"+filepath.Join(c.Home, "soukin.db"), c.Database)
	assert.Equal(t, "http://127.0.0.1:8092/ganb/api/corporation/v1", c.Bank.APIURL)
	assert.Equal(t, "http://127.0.0.1:8092/ganb/api/auth/v1", c.Bank.AuthURL)
	assert.Equal(t, config.Finality{BankDays: 2}, c.Bank.Finality)
	assert.Equal(t, "localhost:7233", c.Temporal.Address())
	assert.Equal(t, "default", c.Temporal.Namespace())
	assert.Equal(t, 14*24*time.Hour, c.Bank.Policy.Contract().FundingWindow)
}

func TestEverySettingIsDescribed(t *testing.T) {
	names := map[string]bool{}
	for _, s := range config.Settings() {
		assert.NotEmpty(t, s.Unit, s.Name)
		assert.NotEmpty(t, s.Doc, s.Name)
		assert.NotEmpty(t, s.Default, "%s: a setting without a default must say what empty means", s.Name)
		assert.False(t, names[s.Name], "%s is described twice", s.Name)
		names[s.Name] = true
	}
	assert.True(t, names["SOUKIN_STICKY_CACHE"])
}

// The parser reports a wrong value by its Go field, so two fields that can
// fail to parse must not share a name.
func TestErrorsNameTheRightVariable(t *testing.T) {
	for name, bad := range map[string]string{
		"SOUKIN_SANDBOX_EVERY_DAY": "maybe", "SOUKIN_SANDBOX_PROCESSING": "1", "SOUKIN_SANDBOX_BOUNCE": "1",
		"SOUKIN_BANK_HONOURS_KEYS": "maybe", "SOUKIN_BANK_NEEDS_APPROVAL": "maybe", "SOUKIN_BANK_BUSINESS_ID": "maybe",
		"SOUKIN_STICKY_CACHE": "many", "SOUKIN_STOP_TIMEOUT": "45", "SOUKIN_BANK_RATE": "fast",
		"SOUKIN_BANK_CONCURRENCY": "x", "SOUKIN_BANK_TIMEOUT": "25", "SOUKIN_BANK_CAP": "1e6",
		"SOUKIN_BANK_FEE": "¥1", "SOUKIN_BANK_FEE_SAME_BANK": "x", "SOUKIN_BANK_FINALITY": "2 days",
		"SOUKIN_FUNDING_WINDOW": "14d", "SOUKIN_FUNDING_RECHECK": "x", "SOUKIN_BANK_SUBMIT_ATTEMPTS": "x",
		"SOUKIN_BANK_SUBMIT_WINDOW": "x", "SOUKIN_BANK_VISIBILITY_DELAY": "x", "SOUKIN_BANK_ENQUIRE_EVERY": "x",
		"SOUKIN_BANK_ATTENTION_AFTER": "x", "SOUKIN_BANK_WATCH_EVERY": "x", "SOUKIN_BANK_CORRECTION_WINDOW": "x",
	} {
		_, err := load(t, name+"="+bad)
		assert.ErrorContains(t, err, name+": not readable as", "%s=%s", name, bad)
	}
}

func TestRules(t *testing.T) {
	tests := []struct{ set, want string }{
		{"SOUKIN_BANK_CAP=1000001", "legal limit"},
		{"SOUKIN_BANK_CAP=0", "from 1"},
		{"SOUKIN_BANK_SUBMIT_WINDOW=24h", "forgets keys"},
		{"SOUKIN_STOP_TIMEOUT=25s", "cuts an instruction off"},
		{"SOUKIN_STICKY_CACHE=-1", "0 or more"},
		{"SOUKIN_BANK_RATE=0", "above 0"},
		{"SOUKIN_BANK_FEE=-1", "0 or more"},
		{"SOUKIN_BANK_API_URL=ftp://bank", "http or https"},
		{"SOUKIN_GATEWAY_LISTEN=8090", "host:port"},
		{"SOUKIN_LOG_LEVEL=loud", "debug, info"},
		{"SOUKIN_BANK_CLIENT_AUTH=jwt", "basic or post"},
		{"SOUKIN_BANK_ACOUNT_ID=1", "is not a setting"},
		{"SOUKIN_BANK_ACCOUNT_ID=123", "12 to 29"},
		{"SOUKIN_FUNDING_WINDOW=-1h", "at least 1s"},
		{"SOUKIN_BANK_FINALITY=31bd", "0bd to 30bd"},
		{"SOUKIN_MERCHANT=No Good", "a-z"},
		{"SOUKIN_BANK_OWN_CODE=310", "4 digits"},
		{"SOUKIN_SANDBOX_BOUNCE=-1s", "at least 0s"},
		{"SOUKIN_BANK_ERROR_CODES=220001=paid", "outcome"},
		{"SOUKIN_BANK_ERROR_CODES=220001=rejected/bad_luck", "reason"},
		{"SOUKIN_AUPAY_MEMBER_FORM=[0-9]{16}", "from ^ to $"},
		{"SOUKIN_AUPAY_MEMBER_FORM=^[0-9$", "from ^ to $"},
		{"SOUKIN_PREPAID_ISSUERS=webmoney=soon", "issuer \"webmoney\""},
	}
	for _, tt := range tests {
		_, err := load(t, tt.set)
		name, _, _ := strings.Cut(tt.set, "=")
		assert.ErrorContains(t, err, tt.want, tt.set)
		assert.ErrorContains(t, err, name, tt.set)
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	_, err := load(t, "SOUKIN_BANK_RATE=0", "SOUKIN_STICKY_CACHE=-1")
	assert.ErrorContains(t, err, "SOUKIN_BANK_RATE")
	assert.ErrorContains(t, err, "SOUKIN_STICKY_CACHE")
}

func TestEnvironmentOverridesHomeFile(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, config.WriteHomeFile(home, "written by a test", map[string]string{
		"SOUKIN_BANK_RATE": "2.5", "SOUKIN_BANK_FEE": "99", "TEMPORAL_ADDRESS": "127.0.0.1:1", "TEMPORAL_NAMESPACE": "file",
	}))
	c, err := config.Load([]string{"SOUKIN_HOME=" + home, "SOUKIN_BANK_FEE=7", "SOUKIN_BANK_RATE=", "TEMPORAL_NAMESPACE=env"})
	require.NoError(t, err)
	assert.InDelta(t, 2.5, c.Bank.Rate, 0, "an empty value counts as not set")
	assert.EqualValues(t, 7, c.Bank.Fee)
	assert.Equal(t, "127.0.0.1:1", c.Temporal.Address())
	assert.Equal(t, "env", c.Temporal.Namespace())

	var out strings.Builder
	require.NoError(t, c.Print(&out))
	assert.Contains(t, out.String(), "SOUKIN_BANK_FEE=7  # environment\n")
	assert.Contains(t, out.String(), "SOUKIN_BANK_RATE=2.5  # soukin.env\n")
	assert.Contains(t, out.String(), "SOUKIN_STICKY_CACHE=2000  # default\n")
}

func TestHomeFileNamesTheBadLine(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, config.HomeFile), []byte("# ok\n\nSOUKIN_BANK_FEE\n"), 0o600))
	_, err := config.Load([]string{"SOUKIN_HOME=" + home})
	assert.ErrorContains(t, err, "soukin.env line 3")
}

func TestHomeFileRefusesWhatItCannotHold(t *testing.T) {
	assert.ErrorContains(t, config.WriteHomeFile(t.TempDir(), "", map[string]string{"A": "1\nB=2"}), "cannot span lines")
}

func TestHomeFileIsPrivate(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, config.WriteHomeFile(home, "h", nil))
	info, err := os.Stat(filepath.Join(home, config.HomeFile))
	require.NoError(t, err)
	assert.EqualValues(t, 0o600, info.Mode().Perm())
}

func TestSecretsAreNeverShown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte("hunter2\n"), 0o600))
	c, err := load(t,
		"SOUKIN_BANK_CLIENT_SECRET_FILE="+file,
		"SOUKIN_DATABASE=postgres://u:hunter2@db/soukin?sslmode=disable&password=hunter2",
		"SOUKIN_BANK_ACCOUNT_ID=987654321012345",
	)
	require.NoError(t, err)
	assert.Equal(t, "hunter2", c.Bank.ClientSecret.Reveal(), "the newline at the end of the file is not part of it")

	var printed strings.Builder
	require.NoError(t, c.Print(&printed))
	shown := []string{printed.String(), fmt.Sprintf("%v %+v %#v %s", c.Bank.ClientSecret, c.Bank, c.Bank.ClientSecret, c.Bank.ClientSecret)}
	for _, s := range shown {
		assert.NotContains(t, s, "hunter2")
	}
	assert.Contains(t, printed.String(), "SOUKIN_BANK_ACCOUNT_ID=************345")
}

func TestOnlyTheSandboxNeedsNoSecret(t *testing.T) {
	c, err := load(t)
	require.NoError(t, err)
	assert.Equal(t, config.SandboxClientSecret, c.Bank.ClientSecret)
	_, err = load(t, "SOUKIN_BANK_AUTH_URL=https://api.gmo-aozora.com/ganb/api/auth/v1")
	assert.ErrorContains(t, err, "SOUKIN_BANK_CLIENT_SECRET_FILE")
}

func TestSandboxIsReachedWhereItListens(t *testing.T) {
	c, err := load(t, "SOUKIN_SANDBOX_LISTEN=0.0.0.0:9999")
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1:9999", c.Sandbox.URL)
}

func TestNewestDemo(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	_, ok := config.NewestDemo()
	assert.False(t, ok)

	home := t.TempDir()
	require.NoError(t, config.WriteHomeFile(home, "demo", nil))
	require.NoError(t, config.NoteDemo(home))
	got, ok := config.NewestDemo()
	assert.True(t, ok)
	assert.Equal(t, home, got)

	require.NoError(t, os.RemoveAll(home))
	_, ok = config.NewestDemo()
	assert.False(t, ok, "a demo whose directory is gone is no demo")
}

func TestFinalityRoundTrip(t *testing.T) {
	for _, s := range []string{"0bd", "2bd", "20s", "48h0m0s"} {
		var f config.Finality
		require.NoError(t, f.UnmarshalText([]byte(s)))
		assert.Equal(t, s, f.String())
	}
}

func TestOperators(t *testing.T) {
	file := filepath.Join(t.TempDir(), "operators")
	require.NoError(t, os.WriteFile(file, []byte("tanaka 0123456789abcdefghij\n\nsato abcdefghij0123456789\n"), 0o600))
	c, err := load(t, "SOUKIN_CODEC_OPERATORS_FILE="+file)
	require.NoError(t, err)
	got, err := c.Gateway.ParseOperators()
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"0123456789abcdefghij": "tanaka", "abcdefghij0123456789": "sato"}, got)

	require.NoError(t, os.WriteFile(file, []byte("tanaka\n"), 0o600))
	_, err = load(t, "SOUKIN_CODEC_OPERATORS_FILE="+file)
	assert.ErrorContains(t, err, "SOUKIN_CODEC_OPERATORS_FILE line 1")
}

func TestErrorCodes(t *testing.T) {
	c, err := load(t, "SOUKIN_BANK_ERROR_CODES=220001=rejected/bad_details,WG_ERR_999=unknown")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"220001": "rejected/bad_details", "WG_ERR_999": "unknown"}, c.Bank.ErrorCodes)
	outcome, reason, err := config.ParseCodeMeaning(c.Bank.ErrorCodes["220001"])
	require.NoError(t, err)
	assert.Equal(t, remittance.OutcomeRejected, outcome)
	assert.Equal(t, remittance.BadDetails, reason)
}

// A policy field that is added to the contract and forgotten here would run
// with zero patience.
func TestPolicyIsPassedOnWhole(t *testing.T) {
	c, err := load(t)
	require.NoError(t, err)
	v := reflect.ValueOf(c.Bank.Policy.Contract())
	for i := range v.NumField() {
		assert.False(t, v.Field(i).IsZero(), v.Type().Field(i).Name)
	}
}

func TestDocumentationIsCurrent(t *testing.T) {
	const path = "../docs/settings.md"
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(config.Markdown()), 0o644))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(config.Markdown(), string(text)); diff != "" {
		t.Errorf("docs/settings.md is out of date, run go test ./config -update:\n%s", diff)
	}
}

func TestARealBankNeedsAnswersNotDefaults(t *testing.T) {
	real := []string{"SOUKIN_BANK_API_URL=https://api.bank.example/v1", "SOUKIN_BANK_AUTH_URL=https://api.bank.example/auth"}
	_, err := load(t, real...)
	require.ErrorContains(t, err, "SOUKIN_BANK_NEEDS_APPROVAL")
	require.ErrorContains(t, err, "SOUKIN_BANK_HONOURS_KEYS")
	_, err = load(t, append(real, "SOUKIN_BANK_NEEDS_APPROVAL=true", "SOUKIN_BANK_HONOURS_KEYS=false")...)
	require.NotContains(t, fmt.Sprint(err), "SOUKIN_BANK_NEEDS_APPROVAL")
	require.NotContains(t, fmt.Sprint(err), "SOUKIN_BANK_HONOURS_KEYS")
}
