//go:build integration

package integration

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"soukin/contract"
	"soukin/internal/devserver"
)

// One server serves all installations of the package, each in a namespace of
// its own: a start costs seconds.
var shared struct {
	sync.Mutex
	server *devserver.Server
	closes []func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	slices.Reverse(shared.closes)
	for _, f := range shared.closes {
		f()
	}
	os.Exit(code)
}

func sharedServer(t *testing.T) *devserver.Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		shared.server = devserver.ForTest(outliving{t}, contract.SearchAttributes())
	}
	return shared.server
}

// outliving is a test whose server is there for the tests after it, too.
type outliving struct{ *testing.T }

func (o outliving) Cleanup(f func())       { shared.closes = append(shared.closes, f) }
func (outliving) Context() context.Context { return context.Background() }
func (outliving) Failed() bool             { return false }
func (outliving) Logf(format string, args ...any) {
	_, _ = fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (o outliving) TempDir() string {
	dir, err := os.MkdirTemp("", "soukin-integration-")
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
