package cli

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/cli/demo"
	"soukin/internal/devserver"
)

// linkState is what scripts read of a remittance that waits for its recipient.
type linkState struct {
	Status   string
	Pattern  string
	Deadline *time.Time
	Live     int
	Issued   int
	Codes    []string
	Locked   bool
	Unlocks  []struct{ Actor string }
	URL      string
	Refused  struct{ Ja, En string }
}

func TestLinkCommands(t *testing.T) {
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
	do := func(args ...string) linkState {
		t.Helper()
		return decodeInto[linkState](t, run(t, home, append(args, "-o", "json")...))
	}

	require.Zero(t, run(t, home, "merchant", "add", "demo", "--name", "Demo Shop").code)
	item := decodeInto[struct {
		ItemKey string `json:"item_key"`
	}](t, run(t, home, "sandbox", "deposit", "50000", "-o", "json")).ItemKey
	require.Zero(t, run(t, home, "fund", "50000", "--item", item).code)
	order := []string{"send", "--pattern", "account-link", "--id", "A-1", "--amount", "9800", "--email", "hanako@example.jp",
		"--recipient-lang", "en", "--purpose", "Refund", "--code", "1234", "--code-label", "Member number", "--expires-days", "10"}
	sent := decodeInto[struct{ Remittances []linkState }](t, run(t, home, append(order, "-o", "json")...)).Remittances[0]
	assert.Equal(t, "account-link", sent.Pattern)
	assert.Equal(t, "awaiting_recipient", sent.Status)
	require.NotNil(t, sent.Deadline)
	assert.WithinDuration(t, time.Now().AddDate(0, 0, 10), *sent.Deadline, time.Hour)

	refused := do("link", "show", "A-1")
	assert.Empty(t, refused.URL, "the merchant's settings do not allow it")
	assert.Contains(t, refused.Refused.En, "do not allow a link to be shown")
	assert.Equal(t, []string{"Member number"}, refused.Codes)
	assert.Contains(t, run(t, home, "link", "show", "A-1", "--lang", "ja").out, "表示できません")
	require.Zero(t, run(t, home, "merchant", "set", "demo", "--link-may-show").code)
	shown := do("link", "show", "A-1")
	answer, err := http.Get(shown.URL)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusOK, answer.StatusCode, "the link opens")
	assert.GreaterOrEqual(t, shown.Live, 1)

	assert.Equal(t, "awaiting_recipient", do("resend", "A-1").Status)
	longer := do("extend", "A-1", "--days", "7")
	assert.WithinDuration(t, sent.Deadline.AddDate(0, 0, 7), *longer.Deadline, time.Second)
	last := time.Now().In(jst).AddDate(0, 0, 30).Format(time.DateOnly)
	assert.Equal(t, last+" 23:59:59 JST", until(do("extend", "A-1", "--until", last).Deadline))
	assert.Equal(t, ExitRefused, run(t, home, "extend", "A-1", "--until", "2020-01-01").code, "it cannot become shorter")
	assert.Equal(t, "awaiting_recipient", do("contact", "A-1", "--email", "taro@example.jp", "--phone", "090-0000-0001").Status)
	assert.Equal(t, ExitRefused, run(t, home, "contact", "A-1", "--email", "nonsense").code)
	unlocked := do("link", "unlock", "A-1")
	require.Len(t, unlocked.Unlocks, 1)
	assert.Equal(t, "operator", unlocked.Unlocks[0].Actor)
	assert.Contains(t, run(t, home, "list", "--status", "awaiting_recipient").out, "account link")
	assert.Contains(t, run(t, home, "show", "A-1").out, "awaiting recipient")

	require.Zero(t, run(t, home, "cancel", "A-1").code)
	for _, late := range [][]string{{"resend", "A-1"}, {"extend", "A-1", "--days", "1"}, {"contact", "A-1", "--email", "taro@example.jp"}} {
		assert.Equal(t, ExitConflict, run(t, home, late...).code, "%v", late)
	}
	assert.Contains(t, do("link", "show", "A-1").Refused.En, "cancelled")
	for _, unknown := range [][]string{{"resend", "A-9"}, {"extend", "A-9", "--days", "1"}, {"link", "show", "A-9"}, {"link", "unlock", "A-9"}} {
		assert.Equal(t, ExitNotFound, run(t, home, unknown...).code, "%v", unknown)
	}
	both := run(t, home, append(order[:4:4], "A-2", "--amount", "100", "--email", "a@example.jp", "--bank", "0001")...)
	assert.Equal(t, ExitRefused, both.code, "an account is for the recipient to name")
}
