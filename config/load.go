package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
)

// HomeFile is the file of settings in the home directory.
const HomeFile = "soukin.env"

// Load reads the settings. environ has the form of [os.Environ]. The error
// joins everything that is wrong, each naming its variable, the rule and the
// way to put it right.
func Load(environ []string) (Config, error) {
	set := env.ToMap(environ)
	home := set["SOUKIN_HOME"]
	if home == "" {
		home = DefaultHome()
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return Config{}, fmt.Errorf("SOUKIN_HOME %q: %w", home, err)
	}
	file, err := ReadHomeFile(home)
	if err != nil {
		return Config{}, err
	}
	return parse(home, set, file)
}

func parse(home string, set, file map[string]string) (Config, error) {
	both := maps.Clone(file)
	for k, v := range set {
		if v != "" {
			both[k] = v
		}
	}
	both["SOUKIN_HOME"] = home
	if err := unknown(both); err != nil {
		return Config{}, err
	}
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: both}); err != nil {
		return Config{}, parseError(err)
	}
	c.derive()
	c.origins = origins(set, file)
	var err error
	c.Temporal, err = loadTemporal(lookup(both))
	return c, errors.Join(err, c.validate())
}

// derive fills the settings whose default depends on another setting.
func (c *Config) derive() {
	c.deriveAddresses()
	c.deriveRails()
	// The sandbox's secret is published and opens nothing else; with any other
	// bank the setting must be made.
	if c.Bank.ClientSecret == "" && strings.HasPrefix(c.Bank.AuthURL, c.Sandbox.URL+"/") {
		c.Bank.ClientSecret = SandboxClientSecret
	}
}

// SandboxClientSecret is the secret of the client that the sandbox knows from
// the start.
const SandboxClientSecret Secret = "soukin-sandbox-secret" //nolint:gosec // published on purpose

func (c *Config) deriveAddresses() {
	orElse(&c.Database, "sqlite:"+filepath.Join(c.Home, "soukin.db"))
	orElse(&c.Keys, filepath.Join(c.Home, "keys"))
	orElse(&c.Sandbox.URL, "http://"+reachable(c.Sandbox.Listen))
	orElse(&c.Sandbox.State, filepath.Join(c.Home, "sandbox.db"))
	orElse(&c.Bank.APIURL, c.Sandbox.URL+"/ganb/api/corporation/v1")
	orElse(&c.Bank.AuthURL, c.Sandbox.URL+"/ganb/api/auth/v1")
	orElse(&c.Bank.Token, filepath.Join(c.Home, "bank-token.json"))
	orElse(&c.Sandbox.NoticeURL, "http://"+reachable(c.Gateway.Listen)+"/hooks/atm")
	orElse(&c.Link.PublicURL, "http://"+reachable(c.Gateway.Listen))
	orElse(&c.Notify.SMSURL, c.Sandbox.URL+"/mailbox/sms")
	c.deriveMail()
}

// deriveMail sends to the sandbox's mailbox where no server is set.
func (c *Config) deriveMail() {
	if c.Notify.MailHost != "" {
		orElse(&c.Notify.MailEncryption, "starttls")
		return
	}
	host, port, err := net.SplitHostPort(reachable(c.Sandbox.SMTP))
	if err != nil {
		return // validate says what is wrong with it
	}
	c.Notify.MailHost = host
	c.Notify.MailPort, _ = strconv.Atoi(port) //nolint:errcheck // a port that is no number fails when the mailbox listens
	c.Notify.MailEncryption = "none"
}

// reachable turns an address to listen on into one to call: "every interface"
// is no destination.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func orElse(field *string, fallback string) {
	if *field == "" {
		*field = fallback
	}
}

// DefaultHome is where an installation lives when SOUKIN_HOME does not say.
func DefaultHome() string {
	if dir, err := os.UserConfigDir(); err == nil {
		return filepath.Join(dir, "soukin")
	}
	return "soukin-home"
}

// forTests are left to tests, which share the environment with the processes
// they start.
var forTests = regexp.MustCompile(`^SOUKIN_(TEST_.*|REQUIRE)$`)

// unknown catches a mistyped variable: a limit that silently does not apply is
// worse than a process that does not start.
func unknown(set map[string]string) error {
	known := map[string]bool{}
	for _, s := range Settings() {
		known[s.Name] = true
	}
	var errs []error
	for name := range set {
		if strings.HasPrefix(name, "SOUKIN_") && !forTests.MatchString(name) && !known[name] {
			errs = append(errs, fmt.Errorf("%s is not a setting: see --print-config for the names", name))
		}
	}
	return errors.Join(errs...)
}

func parseError(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	var errs []error
	for _, e := range all.Errors {
		var p env.ParseError
		if errors.As(e, &p) {
			s := settingOfField(p.Name)
			errs = append(errs, fmt.Errorf("%s: not readable as %s: %w", s.Name, s.Unit, p.Err))
			continue
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

// lookup lets Temporal's configuration package read the merged settings.
type lookup map[string]string

func (l lookup) LookupEnv(name string) (string, bool) {
	v, ok := l[name]
	return v, ok
}

func (l lookup) Environ() []string {
	out := make([]string, 0, len(l))
	for k, v := range l {
		out = append(out, k+"="+v)
	}
	return out
}

func origins(set, file map[string]string) map[string]string {
	out := map[string]string{}
	for name, v := range file {
		if v != "" {
			out[name] = HomeFile
		}
	}
	for name, v := range set {
		if v != "" {
			out[name] = "environment"
		}
	}
	return out
}
