package devserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
)

// CLIVersion is the Temporal CLI that tools/temporal pins; it carries server 1.29.1.
const CLIVersion = "1.5.1"

// oldestServer is the first server with everything the workflows rely on:
// update-with-start, worker deployment versions, priority and fairness.
var oldestServer = [3]int{1, 29, 1}

// find returns the first server binary that works, in the order of the package comment.
func find(ctx context.Context, o Options) (binary, error) {
	cache, err := cacheDir()
	if err != nil {
		return binary{}, err
	}
	if bin, ok := onPath(ctx, o); ok {
		return bin, nil
	}
	if bin, ok := cached(cache); ok {
		return bin, nil
	}
	if o.OnDisk {
		return binary{}, fmt.Errorf("%w: there is no temporal command on PATH with server %s or newer, and none in %s; `go run ./starter demo` builds one",
			ErrNoServer, versionText(oldestServer), cache)
	}
	bin, downloadErr := download(ctx, cache, o.Progress)
	if downloadErr == nil {
		return bin, nil
	}
	if ctx.Err() != nil {
		return binary{}, ctx.Err()
	}
	o.Progress(Progress{Step: "No Temporal server could be downloaded (" + downloadErr.Error() + "), so one is built here, once"})
	bin, buildErr := build(ctx, cache, o.Progress)
	if buildErr != nil {
		return binary{}, fmt.Errorf("%w: %w", ErrNoServer, errors.Join(downloadErr, buildErr))
	}
	return bin, nil
}

func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache directory for the Temporal server: %w", err)
	}
	return filepath.Join(base, "soukin"), nil
}

func onPath(ctx context.Context, o Options) (binary, bool) {
	path, err := exec.LookPath("temporal")
	if err != nil {
		return binary{}, false
	}
	version, err := serverVersion(ctx, path)
	if err != nil {
		o.Progress(Progress{Step: fmt.Sprintf("The temporal command at %s is not used: %v", path, err)})
		return binary{}, false
	}
	if olderThan(version, oldestServer) {
		o.Progress(Progress{Step: fmt.Sprintf("The temporal command at %s is not used: it carries server %s, and %s or newer is needed",
			path, versionText(version), versionText(oldestServer))})
		return binary{}, false
	}
	return binary{path: path, origin: path}, true
}

func cached(cache string) (binary, bool) {
	for _, path := range []string{builtPath(cache), downloadedPath(cache)} {
		if isExecutable(path) {
			return binary{path: path, origin: path}, true
		}
	}
	return binary{}, false
}

func builtPath(cache string) string {
	return filepath.Join(cache, "temporal-"+CLIVersion+exeSuffix())
}

// downloadedPath is the name testsuite.StartDevServer gives its default download.
func downloadedPath(cache string) string {
	return filepath.Join(cache, "temporal-cli-go-sdk-"+temporal.SDKVersion+exeSuffix())
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

var serverVersionPattern = regexp.MustCompile(`Server (\d+)\.(\d+)\.(\d+)`)

func serverVersion(ctx context.Context, path string) ([3]int, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return [3]int{}, fmt.Errorf("`temporal --version`: %w", err)
	}
	return parseServerVersion(string(out))
}

func parseServerVersion(text string) ([3]int, error) {
	m := serverVersionPattern.FindStringSubmatch(text)
	if m == nil {
		return [3]int{}, fmt.Errorf("`temporal --version` does not name its server: %.80q", text)
	}
	var v [3]int
	for i := range v {
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return [3]int{}, fmt.Errorf("`temporal --version`: %w", err)
		}
		v[i] = n
	}
	return v, nil
}

func olderThan(v, limit [3]int) bool {
	for i := range v {
		if v[i] != limit[i] {
			return v[i] < limit[i]
		}
	}
	return false
}

func versionText(v [3]int) string {
	return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2])
}
