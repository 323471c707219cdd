package devserver

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// DefaultNamespace is used when Options.Namespace is empty. Temporal itself uses the same name.
const DefaultNamespace = "default"

// Options says where the server keeps its state and what it must know.
type Options struct {
	// Existing, if set, is the connection to a server that runs already. Nothing
	// is launched: Start checks its health and registers missing search attributes.
	Existing *client.Options

	// Dir keeps the state (temporal.db), the log (temporal.log) and the lock of a
	// launched server. It is created if missing. Required unless Existing is set.
	Dir string
	// InMemory keeps the state in memory; Dir then holds the log and the lock only.
	InMemory bool

	// Namespace is created if missing on a launched server; an existing server must have it.
	Namespace string
	// SearchAttributes are registered in the namespace if missing, name to type.
	SearchAttributes map[string]enums.IndexedValueType

	// Port is the gRPC port on 127.0.0.1; 0 takes the port of the last run in Dir if it is free, else any.
	Port int
	// UI starts the Web UI.
	UI bool
	// UIPort is the Web UI's port on 127.0.0.1; 0 chooses as Port does.
	UIPort int
	// CodecEndpoint is the URL the Web UI sends payloads to for decoding; empty leaves them encrypted.
	CodecEndpoint string

	// OnDisk takes only a server that is on this machine already: no download, no build.
	OnDisk bool
	// Progress, if set, is told what Start does, from one goroutine at a time, at most about once a second.
	Progress func(Progress)
}

// Progress is one report of what Start is doing.
type Progress struct {
	// Step says what is being done, as a sentence without a full stop.
	Step string
	// Done of Total units (packages, modules) are finished; Total is 0 where no count exists.
	Done, Total int
	// Unit names what is counted, in the plural.
	Unit string
	// Elapsed is the time since the step began.
	Elapsed time.Duration
}

// String renders the report as one plain line.
func (p Progress) String() string {
	var b strings.Builder
	b.WriteString(p.Step)
	switch {
	case p.Total > 0:
		fmt.Fprintf(&b, ": %d of %d %s", p.Done, p.Total, p.Unit)
	case p.Done > 0:
		fmt.Fprintf(&b, ": %d %s", p.Done, p.Unit)
	}
	if p.Elapsed >= time.Second {
		fmt.Fprintf(&b, " (%s)", p.Elapsed.Round(time.Second))
	}
	return b.String()
}

// ErrNoServer means that no Temporal server could be had under the given Options.
var ErrNoServer = errors.New("no Temporal server is at hand")

func (o *Options) complete() error {
	if o.Namespace == "" {
		o.Namespace = DefaultNamespace
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Existing == nil && o.Dir == "" {
		return errors.New("devserver: Options.Dir is empty: name the directory that keeps the server's state and log")
	}
	return nil
}
