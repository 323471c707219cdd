package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"soukin/config"
)

// chooseHome gives the directory of a demo: the one that was asked for; one
// that belongs to the database or the Temporal server that was named, because
// the keys must stay with what they encrypted; or a fresh one.
func chooseHome(o Options, now time.Time) (string, error) {
	home := o.State
	set := env.ToMap(o.Environ)
	kept := o.Database + "\n" + set["TEMPORAL_ADDRESS"] + "\n" + set["TEMPORAL_NAMESPACE"]
	switch {
	case home != "":
	case o.Database != "" || set["TEMPORAL_ADDRESS"] != "":
		sum := sha256.Sum256([]byte(kept))
		home = filepath.Join(config.DemoRoot(), "shared-"+hex.EncodeToString(sum[:4]))
	default:
		return freshHome(now)
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return "", err
	}
	return home, os.MkdirAll(home, 0o700)
}

// heading marks the settings that a demo wrote.
const heading = "Written by starter demo on each start. Waits are shortened: not for production."

// ours refuses a home that somebody else set up: the demo would replace its
// settings.
func ours(home string) error {
	text, err := os.ReadFile(filepath.Join(home, config.HomeFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && strings.HasPrefix(string(text), "# "+heading) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s holds an installation that is no demo: choose another --state, or unset SOUKIN_HOME", home)
}

func freshHome(now time.Time) (string, error) {
	if err := os.MkdirAll(config.DemoRoot(), 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(config.DemoRoot(), now.Format("20060102-150405"))
	for n := 2; ; n++ {
		err := os.Mkdir(name, 0o700)
		if err == nil || !os.IsExist(err) {
			return name, err
		}
		name = filepath.Join(config.DemoRoot(), fmt.Sprintf("%s-%d", now.Format("20060102-150405"), n))
	}
}
