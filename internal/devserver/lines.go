package devserver

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"time"
)

// reporter turns many small advances into about one report a second.
type reporter struct {
	progress func(Progress)
	step     string
	began    time.Time

	sent time.Time
	last Progress
}

func (r *reporter) report(done, total int, unit string) {
	r.last = Progress{Step: r.step, Done: done, Total: total, Unit: unit}
	r.again()
}

// again repeats the last report if a second has passed since it, so that elapsed time moves.
func (r *reporter) again() {
	now := time.Now()
	if now.Sub(r.sent) < time.Second {
		return
	}
	r.sent = now
	r.last.Elapsed = now.Sub(r.began)
	r.progress(r.last)
}

// startLines starts cmd and returns the lines of its stdout and stderr as they
// come. The channel is closed when the last writer has gone; the caller then calls Wait.
func startLines(cmd *exec.Cmd) (<-chan string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	if closeErr := w.Close(); err == nil && closeErr != nil {
		err = closeErr
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer func() { _ = r.Close() }()
		scanner := bufio.NewScanner(r)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		// A line too long to scan must not block the writer.
		_, _ = io.Copy(io.Discard, r)
	}()
	return lines, nil
}
