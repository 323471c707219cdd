package cli

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/app/sandboxed"
)

// homeWithSandbox is an installation whose sandbox runs and whose other
// processes do not.
func homeWithSandbox(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, config.WriteHomeFile(home, "a test", map[string]string{"SOUKIN_SANDBOX_LISTEN": l.Addr().String(), "SOUKIN_SANDBOX_SMTP_LISTEN": "127.0.0.1:0"}))
	cfg, err := config.Load([]string{"SOUKIN_HOME=" + home, "TEMPORAL_CONFIG_FILE=" + filepath.Join(home, "none")})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- sandboxed.Run(ctx, cfg, app.WithListener(l), app.WithLogger(slog.New(slog.DiscardHandler)), app.WithReady(func() { close(ready) }))
	}()
	<-ready
	t.Cleanup(func() { stop(); assert.NoError(t, <-done) })
	return home
}

func decodeInto[T any](t *testing.T, r ran) T {
	t.Helper()
	require.Zero(t, r.code, r.errors)
	var v T
	dec := json.NewDecoder(strings.NewReader(r.out))
	require.NoError(t, dec.Decode(&v), r.out)
	assert.False(t, dec.More(), "exactly one document:\n%s", r.out)
	return v
}

func TestSandboxCommands(t *testing.T) {
	home := homeWithSandbox(t)

	clock := decodeInto[struct{ Moved string }](t, run(t, home, "sandbox", "clock", "--advance", "72h", "-o", "json"))
	assert.Equal(t, "72h0m0s", clock.Moved)
	assert.Contains(t, run(t, home, "sandbox", "clock").out, "72h0m0s")
	assert.Equal(t, ExitRefused, run(t, home, "sandbox", "clock", "--advance", "-1h").code, "time does not go back")

	deposit := decodeInto[struct {
		ItemKey string `json:"item_key"`
		Balance int64
	}](t, run(t, home, "sandbox", "deposit", "5,000", "-o", "json"))
	assert.Len(t, deposit.ItemKey, 20)
	assert.EqualValues(t, 10_005_000, deposit.Balance)
	assert.Contains(t, run(t, home, "sandbox", "deposit", "1").out, "starter fund 1 --item ")

	none := decodeInto[struct{ Transfers []any }](t, run(t, home, "sandbox", "transfers", "-o", "json"))
	assert.NotNil(t, none.Transfers, "an empty list is a list")
	assert.Equal(t, ExitNotFound, run(t, home, "sandbox", "transfers", "1234567890123456").code)
	assert.Equal(t, ExitNotFound, run(t, home, "sandbox", "decide", "1234567890123456", "approve").code)

	faults := decodeInto[struct {
		Plan struct {
			Seed  uint64
			Rates map[string]float64
		}
	}](t, run(t, home, "sandbox", "faults", "--rate", "0.1", "--set", "answer_lost=0.3", "--seed", "7", "-o", "json"))
	assert.EqualValues(t, 7, faults.Plan.Seed)
	assert.InDelta(t, 0.3, faults.Plan.Rates["answer_lost"], 0)
	assert.InDelta(t, 0.1, faults.Plan.Rates["duplicate"], 0)
	assert.Contains(t, run(t, home, "sandbox", "faults").out, "answer_lost")
	assert.Contains(t, run(t, home, "sandbox", "faults", "--off").out, "no faults")
}

func TestSandboxThatIsNotThere(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, config.WriteHomeFile(home, "a test", map[string]string{"SOUKIN_SANDBOX_LISTEN": "127.0.0.1:1"}))
	assert.Equal(t, ExitUnavailable, run(t, home, "sandbox", "clock").code)
}

func TestLoginAtTheSandbox(t *testing.T) {
	home := homeWithSandbox(t)
	got := run(t, home, "bank", "login", "--sandbox")
	require.Zero(t, got.code, got.errors)
	assert.FileExists(t, filepath.Join(home, "bank-token.json"))
}

func TestLoginByHand(t *testing.T) {
	home := homeWithSandbox(t)
	tests := []struct{ pasted, want string }{
		{"", "no address was given"},
		{"http://127.0.0.1:8090/bank/callback?state=x\n", "has no code"},
		{"http://127.0.0.1:8090/bank/callback?code=c&state=somebody-elses\n", "belongs to another login"},
		{"http://127.0.0.1:8090/bank/callback?error=access_denied\n", "access_denied"},
	}
	for _, tt := range tests {
		got := runWith(t, home, tt.pasted, "bank", "login")
		assert.Equal(t, ExitUsage, got.code, tt.pasted)
		assert.Contains(t, got.errors, tt.want)
		assert.Contains(t, got.errors, "/ganb/api/auth/v1/authorization?", "the address to open is shown")
	}
	assert.NoFileExists(t, filepath.Join(home, "bank-token.json"))
}

func TestMerchants(t *testing.T) {
	home := t.TempDir()
	assert.Contains(t, run(t, home, "merchant", "list", "-o", "json").out, `"merchants": []`)
	require.Zero(t, run(t, home, "merchant", "add", "shop", "--name", "Shop Inc.", "--fee", "0").code)
	require.Zero(t, run(t, home, "merchant", "add", "shop", "--cap", "300000").code)
	m := decodeInto[struct {
		DisplayName string `json:"display_name"`
		Settings    struct {
			Rails map[string]struct {
				Fee, Cap *int64
			}
		}
	}](t, run(t, home, "merchant", "show", "shop", "-o", "json"))
	assert.Equal(t, "Shop Inc.", m.DisplayName, "what a flag does not name stays")
	assert.EqualValues(t, 0, *m.Settings.Rails["bank"].Fee, "a fee of nothing is a fee, not a missing one")
	assert.EqualValues(t, 300000, *m.Settings.Rails["bank"].Cap)
	assert.Contains(t, run(t, home, "merchant", "list").out, "Shop Inc.")
	assert.Contains(t, run(t, home, "merchant", "show", "shop").out, "¥300,000")

	set := run(t, home, "merchant", "set", "shop", "--link-window", "240h", "--link-reminders", "72h, 24h", "--link-may-show", "--contact-phone", "03-1234-5678", "-o", "json")
	linked := decodeInto[struct {
		Settings struct {
			Link struct {
				Window    time.Duration
				Reminders []time.Duration
				MayShow   bool `json:"may_show"`
			}
			Help struct{ Phone string }
		}
	}](t, set)
	assert.Equal(t, 240*time.Hour, linked.Settings.Link.Window)
	assert.Equal(t, []time.Duration{72 * time.Hour, 24 * time.Hour}, linked.Settings.Link.Reminders)
	assert.True(t, linked.Settings.Link.MayShow)
	assert.Equal(t, "03-1234-5678", linked.Settings.Help.Phone)
	require.Zero(t, run(t, home, "merchant", "set", "shop", "--link-may-show=false").code)
	shown := run(t, home, "merchant", "show", "shop").out
	assert.Contains(t, shown, "72h0m0s, 24h0m0s", "what a flag does not name stays")
	assert.Regexp(t, `links may be shown +no`, shown)
	assert.Equal(t, ExitRefused, run(t, home, "merchant", "set", "shop", "--link-window", "1ms").code)

	require.Zero(t, run(t, home, "merchant", "set", "shop", "--rail", "atm", "--fee", "350", "--cap", "50000", "--fallback", "same").code)
	shown = run(t, home, "merchant", "show", "shop").out
	assert.Regexp(t, `cash at an ATM +fee ¥350, most ¥50,000`, shown)
	assert.Regexp(t, `after a way failed +the same way`, shown)
	assert.Regexp(t, `most per remittance +¥300,000`, shown, "the bank's terms stay")
	assert.Equal(t, ExitRefused, run(t, home, "merchant", "set", "shop", "--fallback", "perhaps").code)
	assert.Equal(t, ExitUsage, run(t, home, "merchant", "set", "shop", "--rail", "atm").code, "a rail alone changes nothing")
	nobody := run(t, home, "merchant", "show", "nobody", "--lang", "ja")
	assert.Equal(t, ExitNotFound, nobody.code)
	assert.Contains(t, nobody.errors, "加盟店「nobody」は登録されていません")

	assert.Equal(t, ExitNotFound, run(t, home, "merchant", "show", "nobody").code)
	assert.Equal(t, ExitRefused, run(t, home, "merchant", "add", "shop", "--cap", "2000000").code)
}

func TestKeys(t *testing.T) {
	home := t.TempDir()
	assert.Equal(t, ExitFailed, run(t, home, "keys", "list").code, "there are none yet")
	require.Zero(t, run(t, home, "keys", "new").code)
	before := decodeInto[struct {
		Keys []keyView `json:"payload_keys"`
	}](t, run(t, home, "keys", "new", "-o", "json"))
	require.Len(t, before.Keys, 1, "new keys are made once")

	done := decodeInto[rotated](t, run(t, home, "keys", "rotate", "-o", "json"))
	after := decodeInto[struct {
		Keys []keyView `json:"payload_keys"`
	}](t, run(t, home, "keys", "list", "-o", "json"))
	require.Len(t, after.Keys, 2)
	for _, k := range after.Keys {
		assert.True(t, k.Enabled, "old keys still open what they sealed")
		assert.Equal(t, k.ID == done.PayloadKey, k.Primary)
	}
}

func TestAudit(t *testing.T) {
	home := homeWithSandbox(t)
	report := decodeInto[struct {
		OK       bool
		Findings []any
	}](t, run(t, home, "audit", "-o", "json"))
	assert.True(t, report.OK)
	assert.NotNil(t, report.Findings)
	assert.Contains(t, run(t, home, "audit").out, "The books are right.")
	assert.Contains(t, run(t, home, "audit", "--lang", "ja").out, "帳簿に誤りはありません。")
}

func TestAuditWithoutTheSandboxSaysSo(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, config.WriteHomeFile(home, "a test", map[string]string{"SOUKIN_SANDBOX_LISTEN": "127.0.0.1:1"}))
	got := run(t, home, "audit")
	assert.Zero(t, got.code)
	assert.Contains(t, got.errors, "The sandbox does not answer")
}
