package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	cliPackage   = "github.com/temporalio/cli/cmd/temporal"
	toolsModule  = "soukin/tools/temporal"
	toolsDir     = "tools/temporal"
	versionField = "github.com/temporalio/cli/temporalcli.Version"
)

// build compiles the CLI that tools/temporal pins into the cache. Two
// processes at once are safe: one builds, the other waits and then finds the
// result. The binary appears under its name only when it is complete.
func build(ctx context.Context, cache string, progress func(Progress)) (binary, error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return binary{}, fmt.Errorf("build: the go command is not on PATH: install Go, or the Temporal CLI, or set TEMPORAL_ADDRESS: %w", err)
	}
	module, err := findToolsModule()
	if err != nil {
		return binary{}, err
	}
	if err := os.MkdirAll(cache, 0o750); err != nil {
		return binary{}, fmt.Errorf("create the cache directory for the Temporal server: %w", err)
	}
	waiting := reporter{progress: progress, step: "Waiting for another process that builds the Temporal server", began: time.Now()}
	unlock, err := lockFile(ctx, builtPath(cache)+".lock", func() { waiting.report(0, 0, "") })
	if err != nil {
		return binary{}, fmt.Errorf("build: %w", err)
	}
	defer unlock()
	if bin, ok := cached(cache); ok {
		return bin, nil
	}
	g := goCommand{path: goTool, dir: module, progress: progress}
	if err := g.buildTo(ctx, builtPath(cache)); err != nil {
		return binary{}, fmt.Errorf("build the Temporal server in %s: %w", module, err)
	}
	return binary{path: builtPath(cache), origin: builtPath(cache)}, nil
}

type goCommand struct {
	path     string
	dir      string
	progress func(Progress)
}

func (g goCommand) buildTo(ctx context.Context, path string) error {
	total, err := g.countStale(ctx)
	if err != nil {
		return err
	}
	tmp := fmt.Sprintf("%s.building-%d", path, os.Getpid())
	defer func() { _ = os.Remove(tmp) }()

	r := reporter{progress: g.progress, step: "Building the Temporal server", began: time.Now()}
	compiled := 0
	r.report(0, total, "packages")
	err = g.run(ctx, &r, func(line string) {
		// `go build -v` names each package it compiles; anything else on stderr is a message.
		if strings.ContainsAny(line, " #") {
			return
		}
		compiled++
		r.report(min(compiled, total), total, "packages")
	}, "build", "-v", "-o", tmp, "-ldflags", "-s -w -X "+versionField+"="+CLIVersion, cliPackage)
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// countStale returns how many packages the build cache does not hold yet. It
// also makes the go command fetch every module the build needs.
func (g goCommand) countStale(ctx context.Context) (int, error) {
	r := reporter{progress: g.progress, step: "Fetching the sources of the Temporal server", began: time.Now()}
	fetched, stale := 0, 0
	r.report(0, 0, "modules")
	err := g.run(ctx, &r, func(line string) {
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			fetched++
			r.report(fetched, 0, "modules")
		case line == "stale":
			stale++
		}
	}, "list", "-deps", "-f", `{{if and .Stale (ne .StaleReason "not installed but available in build cache")}}stale{{end}}`, cliPackage)
	return max(stale, 1), err
}

// run executes the go command, gives each line it prints to onLine, and keeps
// the elapsed time moving through silent parts such as linking.
func (g goCommand) run(ctx context.Context, r *reporter, onLine func(string), args ...string) error {
	cmd := exec.CommandContext(ctx, g.path, args...)
	cmd.Dir = g.dir
	// A workspace or a -modfile of the caller would replace the pinned versions.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GO111MODULE=on")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	lines, err := startLines(cmd)
	if err != nil {
		return err
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	var last []string
	for open := true; open; {
		select {
		case line, ok := <-lines:
			if open = ok; ok {
				onLine(line)
				last = append(last[max(0, len(last)-19):], line)
			}
		case <-ticker.C:
			r.again()
		}
	}
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("go %s: %w\n%s", args[0], err, strings.Join(last, "\n"))
	}
	return nil
}

// findToolsModule looks for tools/temporal upwards from the working directory,
// then from where this file was compiled.
func findToolsModule() (string, error) {
	var starts []string
	if wd, err := os.Getwd(); err == nil {
		starts = append(starts, wd)
	}
	if _, file, _, ok := runtime.Caller(0); ok && filepath.IsAbs(file) {
		starts = append(starts, filepath.Dir(file))
	}
	for _, start := range starts {
		for dir := start; ; dir = filepath.Dir(dir) {
			module := filepath.Join(dir, filepath.FromSlash(toolsDir))
			if text, err := os.ReadFile(filepath.Join(module, "go.mod")); err == nil && strings.HasPrefix(string(text), "module "+toolsModule+"\n") {
				return module, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", errors.New("build: " + toolsDir + "/go.mod was not found: run from a checkout of the project, install the Temporal CLI, or set TEMPORAL_ADDRESS")
}
