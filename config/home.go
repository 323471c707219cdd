package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ReadHomeFile reads soukin.env in home: one NAME=value a line, taken to the
// end of the line without quotes; "#" starts a comment line. A missing file is
// no settings.
func ReadHomeFile(home string) (map[string]string, error) {
	path := filepath.Join(home, HomeFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%s line %d: must be NAME=value", path, i+1)
		}
		out[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return out, nil
}

// WriteHomeFile writes soukin.env so that every process started with this home
// finds the same settings. The file replaces the old one whole and can be read
// by its owner only.
func WriteHomeFile(home, heading string, values map[string]string) error {
	var b strings.Builder
	for line := range strings.SplitSeq(heading, "\n") {
		fmt.Fprintf(&b, "# %s\n", line)
	}
	names := make([]string, 0, len(values))
	for name, value := range values {
		if strings.ContainsAny(value, "\r\n") {
			return fmt.Errorf("%s: a value cannot span lines", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s=%s\n", name, values[name])
	}
	return replaceFile(filepath.Join(home, HomeFile), b.String())
}

func replaceFile(path, text string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// stateRoot is where demos live and where the newest one is noted.
func stateRoot() string {
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "soukin")
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("soukin-%d", os.Getuid()))
}

// DemoRoot is the directory that holds the homes of demos.
func DemoRoot() string { return filepath.Join(stateRoot(), "demo") }

func newestFile() string { return filepath.Join(stateRoot(), "newest-demo") }

// NoteDemo records home as the newest demo's, for [NewestDemo].
func NoteDemo(home string) error {
	if err := os.MkdirAll(stateRoot(), 0o700); err != nil {
		return err
	}
	return replaceFile(newestFile(), home+"\n")
}

// NewestDemo gives the home of the newest demo of this user, and false when
// there is none or its directory is gone. Only the command line looks here: a
// server that is told nothing must not join a demo.
func NewestDemo() (string, bool) {
	text, err := os.ReadFile(newestFile())
	if err != nil {
		return "", false
	}
	home := strings.TrimSpace(string(text))
	//nolint:gosec // the path is from a file that this program wrote for this user
	if _, err := os.Stat(filepath.Join(home, HomeFile)); err != nil {
		return "", false
	}
	return home, true
}
