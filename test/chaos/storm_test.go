//go:build chaos

package chaos

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

	"soukin/internal/cli"
	"soukin/internal/devserver"
	"soukin/remittance"
)

// TestStorm is a short one of 'starter demo --remittances N --faults SEED': every
// rail, every counterparty's faults, people of all kinds, and a worker that is
// killed again and again.
func TestStorm(t *testing.T) {
	devserver.ForTest(t, nil) // skips where no Temporal server is at hand
	seed := "1"
	if s := os.Getenv("CHAOS_SEED"); s != "" {
		seed = s
	}
	t.Logf("CHAOS_SEED=%s", seed)
	ownCache(t)
	var out, errs bytes.Buffer
	code := cli.Main(context.Background(), []string{"demo", "--once", "--remittances", "60", "--faults", seed, "--state", t.TempDir(), "--output", "json"},
		append(os.Environ(), "LANG=C", "TEMPORAL_CONFIG_FILE="+filepath.Join(t.TempDir(), "none")), strings.NewReader(""), &out, &errs)
	var sum struct {
		Remittances []struct{ Pattern remittance.Pattern }
		Audit       struct {
			OK       bool
			Findings []any
		}
		Faults        map[string]int
		WorkersKilled int  `json:"workers_killed"`
		SecretsFound  *int `json:"secrets_found"`
		Stuck         []any
		AsExpected    bool `json:"as_expected"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &sum), errs.String())
	assert.Empty(t, sum.Stuck)
	assert.Empty(t, sum.Audit.Findings)
	assert.True(t, sum.Audit.OK)
	assert.GreaterOrEqual(t, sum.WorkersKilled, 3)
	require.NotNil(t, sum.SecretsFound)
	assert.Zero(t, *sum.SecretsFound)
	struck := 0
	for kind, n := range sum.Faults {
		if !strings.HasPrefix(kind, "magic:") {
			struck += n
		}
	}
	assert.Positive(t, struck)
	patterns := map[remittance.Pattern]bool{}
	for _, r := range sum.Remittances {
		patterns[r.Pattern] = true
	}
	assert.Len(t, patterns, len(remittance.Patterns()))
	assert.Len(t, sum.Remittances, 60)
	assert.True(t, sum.AsExpected)
	assert.Zero(t, code, errs.String())
}

// ownCache keeps the demo's notes out of the user's; the server is found where it
// is cached.
func ownCache(t *testing.T) {
	t.Helper()
	users, err := os.UserCacheDir()
	require.NoError(t, err)
	own := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(own, "soukin"), 0o700))
	binary := filepath.Join("soukin", "temporal-"+devserver.CLIVersion)
	if _, err := os.Stat(filepath.Join(users, binary)); err == nil {
		require.NoError(t, os.Symlink(filepath.Join(users, binary), filepath.Join(own, binary)))
	}
	t.Setenv("XDG_CACHE_HOME", own)
}
