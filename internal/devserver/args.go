package devserver

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
)

const loopback = "127.0.0.1"

type ports struct {
	grpc, ui int
}

func (p ports) grpcAddress() string { return net.JoinHostPort(loopback, strconv.Itoa(p.grpc)) }
func (p ports) uiURL() string       { return "http://" + net.JoinHostPort(loopback, strconv.Itoa(p.ui)) }

// choosePorts takes the ports that were asked for, else those of the last run,
// so that bookmarks and other terminals keep working, else free ones.
func choosePorts(ctx context.Context, o Options, last lastRun) (ports, error) {
	var p ports
	var err error
	if p.grpc, err = choosePort(ctx, o.Port, last.Port, 0); err != nil {
		return ports{}, fmt.Errorf("the Temporal server's port: %w", err)
	}
	if o.UI {
		if p.ui, err = choosePort(ctx, o.UIPort, last.UIPort, p.grpc); err != nil {
			return ports{}, fmt.Errorf("the Web UI's port: %w", err)
		}
	}
	return p, nil
}

func choosePort(ctx context.Context, given, last, taken int) (int, error) {
	if given != 0 {
		_, err := tryPort(ctx, given)
		return given, err
	}
	if last != 0 && last != taken {
		if port, err := tryPort(ctx, last); err == nil {
			return port, nil
		}
	}
	for {
		port, err := tryPort(ctx, 0)
		if err != nil || port != taken {
			return port, err
		}
	}
}

// tryPort finds out whether a port is free; 0 finds one that is.
func tryPort(ctx context.Context, port int) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if err != nil {
		return 0, err
	}
	if addr, ok := l.Addr().(*net.TCPAddr); ok {
		port = addr.Port
	}
	return port, l.Close()
}

// dynamicConfig turns on what server 1.29 has but leaves off by default, and
// nothing that a production cluster could not have.
var dynamicConfig = map[string]string{
	// Priority and fairness between merchants need the new matcher.
	"matching.useNewMatcher":  "true",
	"matching.enableFairness": "true",
	// A search attribute can be used at once after it was registered.
	"system.forceSearchAttributesCacheRefreshOnRead": "true",
	"frontend.WorkerHeartbeatsEnabled":               "true",
	// The server must not call home from a developer's machine or from tests.
	"frontend.enableServerVersionCheck": "false",
}

func serverArgs(o Options, dir *stateDir, p ports) []string {
	args := []string{
		"server", "start-dev",
		"--ip", loopback,
		"--port", strconv.Itoa(p.grpc),
		"--namespace", o.Namespace,
		"--log-level", "warn",
	}
	if !o.InMemory {
		// WAL with NORMAL survives a killed process and gives several times the
		// throughput of the default journal; only a power cut can lose the last commits.
		args = append(args, "--db-filename", dir.databasePath(),
			"--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL")
	}
	if o.UI {
		args = append(args, "--ui-port", strconv.Itoa(p.ui))
		if o.CodecEndpoint != "" {
			args = append(args, "--ui-codec-endpoint", o.CodecEndpoint)
		}
	} else {
		args = append(args, "--headless")
	}
	for _, name := range slices.Sorted(maps.Keys(o.SearchAttributes)) {
		args = append(args, "--search-attribute", name+"="+o.SearchAttributes[name].String())
	}
	for _, key := range slices.Sorted(maps.Keys(dynamicConfig)) {
		args = append(args, "--dynamic-config-value", key+"="+dynamicConfig[key])
	}
	return args
}
