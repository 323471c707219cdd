package demo

import (
	"context"
	"fmt"
	"net"
	"strconv"
)

// defaultUIPort is where Temporal's own documentation shows the Web UI.
const defaultUIPort = 8233

func choosePort(ctx context.Context, wanted int) (int, error) {
	if wanted != 0 {
		return wanted, nil
	}
	l, err := listenNear(ctx, defaultUIPort)
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// listenNear takes the usual port where it is free, else any.
func listenNear(ctx context.Context, port int) (net.Listener, error) {
	var lc net.ListenConfig
	if l, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
		return l, nil
	}
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

// places are the listeners of the processes, opened before anything starts so
// that every address is known when soukin.env is written.
type places map[string]net.Listener

var usual = []struct {
	name, setting string
	port          int
}{
	{"gateway", "SOUKIN_GATEWAY_LISTEN", 8090},
	// Nobody types these. Any port will do, and one that changes keeps a demo
	// that has ended from being taken for the next one.
	{"worker", "SOUKIN_WORKER_LISTEN", 0},
	{"sandbox", "SOUKIN_SANDBOX_LISTEN", 0},
	{"mailbox", "SOUKIN_SANDBOX_SMTP_LISTEN", 0},
}

// openPlaces listens where the environment says, else at the usual ports or any.
func openPlaces(ctx context.Context, set map[string]string) (places, error) {
	out := places{}
	for _, u := range usual {
		var l net.Listener
		var err error
		if addr := set[u.setting]; addr != "" {
			l, err = new(net.ListenConfig).Listen(ctx, "tcp", addr)
		} else {
			l, err = listenNear(ctx, u.port)
		}
		if err != nil {
			out.closeUnused()
			return nil, fmt.Errorf("%s: %w", u.setting, err)
		}
		out[u.name] = l
	}
	return out, nil
}

func (p places) address(name string) string { return p[name].Addr().String() }

// take gives a listener to the process that will close it.
func (p places) take(name string) net.Listener {
	l := p[name]
	delete(p, name)
	return l
}

func (p places) closeUnused() {
	for _, l := range p {
		// It served nobody yet.
		_ = l.Close()
	}
}
