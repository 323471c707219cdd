//go:build unix

package devserver

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// machine is an empty home: nothing on PATH but what the test puts there, and an empty cache.
type machine struct {
	bin, cache string
	steps      []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	root := t.TempDir()
	m := &machine{bin: filepath.Join(root, "bin"), cache: filepath.Join(root, "cache", "soukin")}
	require.NoError(t, os.MkdirAll(m.bin, 0o755))
	require.NoError(t, os.MkdirAll(m.cache, 0o755))
	t.Setenv("PATH", m.bin)
	t.Setenv("HOME", root)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(root, "cache"))
	if base, err := os.UserCacheDir(); err != nil || filepath.Join(base, "soukin") != m.cache {
		t.Skipf("the user's cache directory cannot be moved on this system (%s)", base)
	}
	return m
}

func (m *machine) install(t *testing.T, path, script string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755))
}

func (m *machine) options() Options {
	return Options{OnDisk: true, Progress: func(p Progress) { m.steps = append(m.steps, p.Step) }}
}

func TestFindTakesTheFirstServerThatWorks(t *testing.T) {
	const good, old = `echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"`, `echo "temporal version 1.1.1 (Server 1.25.1, UI 2.31.2)"`
	tests := []struct {
		name, onPath string
		cached       bool
		want         string
	}{
		{name: "on PATH before the cache", onPath: good, cached: true, want: "path"},
		{name: "too old on PATH", onPath: old, cached: true, want: "cache"},
		{name: "broken on PATH", onPath: "exit 3", cached: true, want: "cache"},
		{name: "something else called temporal", onPath: "echo 7", cached: true, want: "cache"},
		{name: "cache only", cached: true, want: "cache"},
		{name: "nothing", want: "none"},
		{name: "only an old one", onPath: old, want: "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			places := map[string]string{"path": filepath.Join(m.bin, "temporal"), "cache": builtPath(m.cache)}
			if tt.onPath != "" {
				m.install(t, places["path"], tt.onPath)
			}
			if tt.cached {
				m.install(t, places["cache"], good)
			}
			bin, err := find(t.Context(), m.options())
			if tt.want == "none" {
				require.ErrorIs(t, err, ErrNoServer)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, places[tt.want], bin.path)
		})
	}
}

func TestFindSaysWhyAServerOnPathIsNotUsed(t *testing.T) {
	m := newMachine(t)
	m.install(t, filepath.Join(m.bin, "temporal"), `echo "temporal version 1.1.1 (Server 1.25.1, UI 2.31.2)"`)
	_, err := find(t.Context(), m.options())
	require.ErrorIs(t, err, ErrNoServer)
	require.Len(t, m.steps, 1)
	assert.Contains(t, m.steps[0], "carries server 1.25.1, and 1.29.1 or newer is needed")
}

func TestServerVersionOrder(t *testing.T) {
	tests := []struct {
		text  string
		older bool
	}{
		{"temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)", false},
		{"temporal version 1.6.0 (Server 1.30.0, UI 2.44.0)", false},
		{"temporal version 2.0.0 (Server 2.0.0, UI 3.0.0)", false},
		{"temporal version 1.5.0 (Server 1.29.0, UI 2.41.0)", true},
		{"temporal version 1.4.0 (Server 1.28.9, UI 2.39.0)", true},
	}
	for _, tt := range tests {
		v, err := parseServerVersion(tt.text)
		require.NoError(t, err)
		assert.Equal(t, tt.older, olderThan(v, oldestServer), tt.text)
	}
	_, err := parseServerVersion("temporal version 1.5.1")
	assert.ErrorContains(t, err, "does not name its server")
}

// fakeGo plays the go command: `list` prints three stale packages after one
// download, `build` names three packages, writes the file after -o and notes its run.
const fakeGo = `
case "$1" in
list) echo "go: downloading example.org/a v1.0.0" >&2; echo stale; echo stale; echo stale ;;
build)
  echo run >> "$SOUKIN_FAKE_GO_LOG"
  echo example.org/a >&2; echo example.org/b >&2; echo github.com/temporalio/cli/cmd/temporal >&2
  while [ "$1" != "-o" ]; do shift; done
  echo "#!/bin/sh" > "$2"; /bin/chmod 755 "$2" ;;
esac
`

func TestBuildMakesTheBinaryOnceForTwoAtTheSameTime(t *testing.T) {
	m := newMachine(t)
	m.install(t, filepath.Join(m.bin, "go"), fakeGo)
	runs := filepath.Join(m.bin, "runs")
	t.Setenv("SOUKIN_FAKE_GO_LOG", runs)

	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wg.Go(func() { _, errs[i] = build(t.Context(), m.cache, func(Progress) {}) })
	}
	wg.Wait()
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	text, err := os.ReadFile(runs)
	require.NoError(t, err)
	assert.Equal(t, "run\n", string(text))
	assert.True(t, isExecutable(builtPath(m.cache)))
	assertNoPartialFiles(t, m.cache)
}

func TestBuildReportsHowFarItIs(t *testing.T) {
	m := newMachine(t)
	m.install(t, filepath.Join(m.bin, "go"), fakeGo)
	t.Setenv("SOUKIN_FAKE_GO_LOG", filepath.Join(m.bin, "runs"))
	var reports []Progress
	_, err := build(t.Context(), m.cache, func(p Progress) { reports = append(reports, p) })
	require.NoError(t, err)
	var building []Progress
	for _, p := range reports {
		if strings.HasPrefix(p.Step, "Building") {
			building = append(building, p)
		}
	}
	require.NotEmpty(t, building)
	assert.Equal(t, 3, building[0].Total)
	assert.Equal(t, "packages", building[0].Unit)
}

func TestBuildThatFailsShowsTheCompilersWordsAndLeavesNothing(t *testing.T) {
	m := newMachine(t)
	m.install(t, filepath.Join(m.bin, "go"), `[ "$1" = list ] && exit 0; echo "# example.org/a" >&2; echo "a.go:1:1: no such thing" >&2; exit 1`)
	_, err := build(t.Context(), m.cache, func(Progress) {})
	require.ErrorContains(t, err, "a.go:1:1: no such thing")
	assert.False(t, isExecutable(builtPath(m.cache)))
	assertNoPartialFiles(t, m.cache)
}

func TestBuildStopsWhenItsCallerDoes(t *testing.T) {
	m := newMachine(t)
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(m.bin, "started")
	m.install(t, filepath.Join(m.bin, "go"), `trap 'exit 1' INT; : > `+started+`; while :; do /bin/sleep 0.02; done`)
	done := make(chan error, 1)
	go func() { _, err := build(ctx, m.cache, func(Progress) {}); done <- err }()
	require.Eventually(t, func() bool { _, err := os.Stat(started); return err == nil }, 20*time.Second, 10*time.Millisecond)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}

func assertNoPartialFiles(t *testing.T, cache string) {
	t.Helper()
	partial, err := filepath.Glob(builtPath(cache) + ".building-*")
	require.NoError(t, err)
	assert.Empty(t, partial)
}

func TestProgressIsOnePlainLine(t *testing.T) {
	tests := []struct {
		give Progress
		want string
	}{
		{Progress{Step: "Starting"}, "Starting"},
		{Progress{Step: "Fetching", Done: 7, Unit: "modules", Elapsed: 1400 * time.Millisecond}, "Fetching: 7 modules (1s)"},
		{Progress{Step: "Building", Done: 812, Total: 1298, Unit: "packages", Elapsed: 192 * time.Second}, "Building: 812 of 1298 packages (3m12s)"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.give.String())
	}
}

func TestPortsOfTheLastRunAreTakenAgainUnlessOthersHaveThem(t *testing.T) {
	first, err := choosePorts(t.Context(), Options{UI: true}, lastRun{})
	require.NoError(t, err)
	require.NotEqual(t, first.grpc, first.ui)
	again, err := choosePorts(t.Context(), Options{UI: true}, lastRun{Port: first.grpc, UIPort: first.ui})
	require.NoError(t, err)
	assert.Equal(t, first, again)

	l := listen(t, first.ui)
	other, err := choosePorts(t.Context(), Options{UI: true}, lastRun{Port: first.grpc, UIPort: first.ui})
	require.NoError(t, err)
	assert.NotEqual(t, first.ui, other.ui)
	_, err = choosePorts(t.Context(), Options{UI: true, UIPort: first.ui}, lastRun{})
	require.ErrorContains(t, err, "the Web UI's port")
	assert.ErrorContains(t, err, strconv.Itoa(first.ui))
	require.NoError(t, l.Close())
}

func listen(t *testing.T, port int) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	require.NoError(t, err)
	return l
}
