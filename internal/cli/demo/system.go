package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/caarlos0/env/v11"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/app"
	"soukin/internal/app/sandboxed"
	"soukin/internal/devserver"
	"soukin/internal/sandbox/control"
)

// Options says what a demo is to run on.
type Options struct {
	// Environ has the form of [os.Environ]; its settings win over the demo's.
	Environ []string
	// State is the directory to keep everything in. Empty: a fresh one, or one
	// that belongs to the database or the Temporal server that is named.
	State string
	// Database is a DSN. Empty: SQLite in the directory.
	Database string
	// UIPort is the port of Temporal's Web UI; 0 chooses one.
	UIPort int
	// HandsOn leaves the recipients to a person.
	HandsOn bool
	// Worker, if set, is the command line of a program that calls [RunWorker] with
	// the home as its last argument: the worker is then a process of its own, which
	// [System.KillWorker] kills. Empty: it runs in this process.
	Worker []string
	// Settings are set beside the demo's own, and win over them.
	Settings map[string]string
	// Progress is told what the start does.
	Progress func(devserver.Progress)
}

// System is a whole installation that runs in this process.
type System struct {
	Home   string
	Config config.Config
	// WebUI is the base of Temporal's Web UI, empty when the server was running already.
	WebUI   string
	Sandbox *control.Client

	handsOn bool
	secrets *secrets
	log     *slog.Logger
	logFile io.Closer
	server  *temporalServer
	running []*process
	failed  chan error
	gone    chan struct{} // closed when the Temporal server has ended by itself

	environ       []string
	workerCommand []string
	worker        *child // nil where it runs in this process
}

// Start builds and starts everything and returns when it is ready. The caller
// must Close it.
func Start(ctx context.Context, o Options) (*System, error) {
	home, err := chooseHome(o, time.Now())
	if err != nil {
		return nil, err
	}
	s := &System{Home: home, handsOn: o.HandsOn, secrets: newSecrets(), failed: make(chan error, 1), gone: make(chan struct{}), environ: o.Environ, workerCommand: o.Worker}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *System) start(ctx context.Context, o Options) error {
	if err := s.openLog(); err != nil {
		return err
	}
	if err := ours(s.Home); err != nil {
		return err
	}
	places, err := openPlaces(ctx, env.ToMap(o.Environ))
	if err != nil {
		return err
	}
	defer places.closeUnused()
	uiPort, err := choosePort(ctx, o.UIPort)
	if err != nil {
		return err
	}
	if err := s.startTemporal(ctx, o, places, uiPort); err != nil {
		return err
	}
	if err := s.configure(o, places); err != nil {
		return err
	}
	if _, err := app.CreatePayloadKeys(s.Config); err != nil {
		return err
	}
	s.Sandbox = control.NewClient(s.Config.Sandbox.URL, &http.Client{Timeout: time.Minute})
	// The mailbox opens its own listener; the place only kept the port free.
	if err := places.take("mailbox").Close(); err != nil {
		return err
	}
	if err := s.run(ctx, "sandbox", sandboxed.Run, places.take("sandbox")); err != nil {
		return err
	}
	if err := sandboxed.Login(ctx, s.Config.Bank, s.Sandbox); err != nil {
		return fmt.Errorf("log in at the sandbox's bank: %w", err)
	}
	if err := s.run(ctx, "gateway", app.RunGateway, places.take("gateway")); err != nil {
		return err
	}
	if err := s.runWorker(ctx, places); err != nil {
		return err
	}
	return config.NoteDemo(s.Home)
}

func (s *System) runWorker(ctx context.Context, places places) error {
	if len(s.workerCommand) == 0 {
		return s.run(ctx, "worker", app.RunWorker, places.take("worker"))
	}
	// It opens its own listener; the place only kept the port free.
	if err := places.take("worker").Close(); err != nil {
		return err
	}
	return s.startWorker(ctx)
}

func (s *System) openLog() error {
	f, err := openLogFile(s.Home)
	if err != nil {
		return err
	}
	s.logFile = f
	s.log, err = app.NewLogger("info", f)
	return err
}

func (s *System) startTemporal(ctx context.Context, o Options, places places, uiPort int) (err error) {
	opts := devserver.Options{
		Dir: filepath.Join(s.Home, "temporal"), SearchAttributes: contract.SearchAttributes(),
		UI: true, UIPort: uiPort, CodecEndpoint: "http://" + places.address("gateway") + "/codec", Progress: o.Progress,
	}
	set := env.ToMap(o.Environ)
	if set["TEMPORAL_ADDRESS"] != "" {
		cfg, err := config.Load(append(slices.Clone(o.Environ), "SOUKIN_HOME="+s.Home))
		if err != nil {
			return err
		}
		opts.Existing, opts.Namespace = &cfg.Temporal.Options, cfg.Temporal.Namespace()
	}
	err = s.launchTemporal(ctx, opts)
	if o.UIPort == 0 && errors.Is(err, syscall.EADDRINUSE) {
		// Another demo took the usual port since we looked; nobody asked for it.
		opts.UIPort = 0
		err = s.launchTemporal(ctx, opts)
	}
	if err != nil {
		return err
	}
	s.WebUI = s.server.UI
	return nil
}

// configure writes soukin.env, so that other terminals find the same system,
// and then reads it as every process does.
func (s *System) configure(o Options, places places) error {
	here := map[string]string{
		"TEMPORAL_ADDRESS":           s.server.Address,
		"TEMPORAL_NAMESPACE":         s.server.Namespace,
		"SOUKIN_WORKER_LISTEN":       places.address("worker"),
		"SOUKIN_GATEWAY_LISTEN":      places.address("gateway"),
		"SOUKIN_SANDBOX_LISTEN":      places.address("sandbox"),
		"SOUKIN_SANDBOX_SMTP_LISTEN": places.address("mailbox"),
		"SOUKIN_CODEC_UI_ORIGIN":     s.WebUI,
	}
	if o.Database != "" {
		here["SOUKIN_DATABASE"] = o.Database
	}
	maps.Copy(here, o.Settings)
	if err := config.WriteHomeFile(s.Home, heading, settings(o.HandsOn, here)); err != nil {
		return err
	}
	cfg, err := config.Load(append(slices.Clone(o.Environ), "SOUKIN_HOME="+s.Home))
	if err != nil {
		return err
	}
	s.Config = cfg
	return errors.Join(onlyOurSandbox(cfg, "http://"+places.address("sandbox")), onlyOurMailbox(cfg, env.ToMap(o.Environ)))
}

// onlyOurMailbox keeps messages to invented addresses away from real servers:
// somebody may have those addresses.
func onlyOurMailbox(cfg config.Config, set map[string]string) error {
	for name, elsewhere := range map[string]bool{
		"SOUKIN_MAIL_HOST": set["SOUKIN_MAIL_HOST"] != "", "SOUKIN_SMS": cfg.Notify.SMS == "sns",
		"SOUKIN_SMS_URL": !strings.HasPrefix(cfg.Notify.SMSURL, cfg.Sandbox.URL+"/"),
	} {
		if elsewhere {
			return fmt.Errorf("the demo writes to its own mailbox only, but %s points elsewhere: unset it", name)
		}
	}
	return nil
}

// MailboxURL is the page that lists what was sent to recipients.
func (s *System) MailboxURL() string { return s.Config.Sandbox.URL + "/mailbox/" }

// SandboxPage is the address of a page that people see at a counterparty.
func (s *System) SandboxPage(path string) string { return s.Config.Sandbox.URL + path }

// onlyOurSandbox keeps the demo's invented payees away from every other
// counterparty, whatever the environment says.
func onlyOurSandbox(cfg config.Config, sandbox string) error {
	for name, addr := range map[string]string{
		"SOUKIN_SANDBOX_URL": cfg.Sandbox.URL, "SOUKIN_BANK_API_URL": cfg.Bank.APIURL, "SOUKIN_BANK_AUTH_URL": cfg.Bank.AuthURL,
		"SOUKIN_ATM_API_URL": cfg.ATM.APIURL, "SOUKIN_AMAZON_API_URL": cfg.Amazon.APIURL, "SOUKIN_AMAZON_LOGIN_URL": cfg.Amazon.LoginURL,
		"SOUKIN_AMAZON_TOKEN_URL": cfg.Amazon.TokenURL, "SOUKIN_AMAZON_PROFILE_URL": cfg.Amazon.ProfileURL,
		"SOUKIN_AUPAY_API_URL": cfg.AuPay.APIURL, "SOUKIN_PREPAID_API_URL": cfg.Prepaid.APIURL,
	} {
		if addr != sandbox && !strings.HasPrefix(addr, sandbox+"/") {
			return fmt.Errorf("the demo sends to its own sandbox only, but %s points elsewhere: unset it", name)
		}
	}
	return nil
}

// process is one of the installation's processes, run as a goroutine.
type process struct {
	name string
	stop context.CancelFunc
	done chan struct{}
}

func (s *System) run(ctx context.Context, name string, run func(context.Context, config.Config, ...app.Option) error, l net.Listener) error {
	own, stop := context.WithCancel(context.WithoutCancel(ctx))
	p := &process{name, stop, make(chan struct{})}
	s.running = append(s.running, p)
	ready := make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		defer close(p.done)
		err := run(own, s.Config, app.WithListener(l), app.WithLogger(s.log.With("process", name)), app.WithReady(func() { close(ready) }))
		if err == nil && own.Err() == nil {
			err = errors.New("it ended by itself")
		}
		if err != nil {
			failed <- fmt.Errorf("%s: %w", name, err)
		}
		close(failed)
	}()
	select {
	case <-ready:
		go s.watch(failed)
		return nil
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// watch passes on why a process ended that should run.
func (s *System) watch(failed <-chan error) {
	if err := <-failed; err != nil {
		s.fail(err)
	}
}

// fail keeps the first error.
func (s *System) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

// Failed gives the error of the first process that broke.
func (s *System) Failed() <-chan error { return s.failed }

// Close stops everything in the opposite order of the start and waits for it.
// What was stored stays.
func (s *System) Close() error {
	var err error
	if s.worker != nil {
		err = s.worker.stop()
		s.worker = nil
	}
	for i := len(s.running) - 1; i >= 0; i-- {
		s.running[i].stop()
		<-s.running[i].done
	}
	s.running = nil
	if s.server != nil {
		err = errors.Join(err, s.server.stop())
	}
	if s.logFile != nil {
		err = errors.Join(err, s.logFile.Close())
		s.logFile = nil
	}
	return errors.Join(err, s.secrets.read.Close())
}
