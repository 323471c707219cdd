package devserver

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"go.temporal.io/api/enums/v1"
)

// RequireVariable names the environment variable that turns skipped tests into
// failures: a comma-separated list of what the machine must have, here "temporal".
const RequireVariable = "SOUKIN_REQUIRE"

// TB is the part of testing.TB that ForTest needs; naming it here keeps package testing out of the product's binaries.
type TB interface {
	Helper()
	Cleanup(func())
	Context() context.Context
	Failed() bool
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
	TempDir() string
}

// ForTest launches an in-memory server without Web UI for one test and stops it
// when the test ends. It skips the test if no server is on this machine,
// because a build inside a test would look like a hang; with "temporal" in
// SOUKIN_REQUIRE it fails instead. It never uses a server that runs already: a
// test must not write to somebody's cluster.
func ForTest(t TB, attributes map[string]enums.IndexedValueType) *Server {
	t.Helper()
	return ForTestWith(t, Options{Dir: t.TempDir(), InMemory: true, SearchAttributes: attributes})
}

// ForTestWith is ForTest with the caller's Options; OnDisk is set, and a server from Options.Existing is refused.
func ForTestWith(t TB, o Options) *Server {
	t.Helper()
	if o.Existing != nil {
		t.Fatalf("devserver: a test must not use a server that runs already (%s)", o.Existing.HostPort)
	}
	o.OnDisk = true
	s, err := Start(t.Context(), o)
	switch {
	case errors.Is(err, ErrNoServer) && !required("temporal"):
		t.Skipf("this test needs a Temporal server: %v", err)
	case err != nil:
		t.Fatalf("start a Temporal server for the test: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s", (&stateDir{path: o.Dir}).logTail())
		}
		if err := s.Close(); err != nil {
			t.Logf("%v", err)
		}
	})
	return s
}

func required(what string) bool {
	return slices.Contains(strings.Split(os.Getenv(RequireVariable), ","), what)
}
