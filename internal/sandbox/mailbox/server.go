package mailbox

import (
	"context"
	"crypto/tls"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/emersion/go-smtp"

	"soukin/internal/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	maxMessage   = 10 << 20 // bytes
	maxTo        = 50       // recipients of one mail
	idleTimeout  = time.Minute
	smtpHostname = "mailbox.sandbox.test"
)

// Options is what [New] needs.
type Options struct {
	DB *database.DB // the sandbox's own; tables are made if missing
	// SMTPListen is where mail is taken; empty means a free port of 127.0.0.1.
	SMTPListen string
	// TLS offers STARTTLS, or with ImplicitTLS is spoken from the first byte; nil
	// means plain text only.
	TLS         *tls.Config
	ImplicitTLS bool
	// Username and Password, if set, must be given (AUTH PLAIN) before mail is taken.
	Username, Password string

	Clock  func() time.Time // when messages arrive; default time.Now
	Logger *slog.Logger     // default slog.Default()
}

// Server is a mailbox. It is safe for use by many goroutines.
type Server struct {
	db      *database.DB
	now     func() time.Time
	log     *slog.Logger
	faults  faultPlan
	handler http.Handler
	smtp    *smtp.Server
	addr    string
	served  chan error
}

// New makes the tables and begins to take mail. Close it before the database.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.DB == nil {
		return nil, errors.New("mailbox option DB is missing")
	}
	if o.ImplicitTLS && o.TLS == nil {
		return nil, errors.New("mailbox option ImplicitTLS needs TLS")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if err := o.DB.Migrate(ctx, "mailbox", files); err != nil {
		return nil, err
	}
	s := &Server{db: o.DB, now: o.Clock, log: o.Logger, served: make(chan error, 1)}
	s.handler = s.routes()
	return s, s.listen(ctx, o)
}

func (s *Server) listen(ctx context.Context, o Options) error {
	if o.SMTPListen == "" {
		o.SMTPListen = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.SMTPListen)
	if err != nil {
		return fmt.Errorf("mailbox: take mail at %s: %w", o.SMTPListen, err)
	}
	s.addr = listener.Addr().String()
	if o.ImplicitTLS {
		listener = tls.NewListener(listener, o.TLS)
	}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{mailbox: s, conn: c, username: o.Username, password: o.Password}, nil
	}))
	s.smtp.Domain = smtpHostname
	s.smtp.TLSConfig = o.TLS
	s.smtp.AllowInsecureAuth = o.TLS == nil
	s.smtp.MaxMessageBytes, s.smtp.MaxRecipients = maxMessage, maxTo
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = idleTimeout, idleTimeout
	s.smtp.ErrorLog = slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug)
	go func() { s.served <- s.smtp.Serve(listener) }()
	return nil
}

// Handler serves everything under /mailbox/.
func (s *Server) Handler() http.Handler { return s.handler }

// SMTPAddr is the host and port at which mail is taken.
func (s *Server) SMTPAddr() string { return s.addr }

// Close stops taking mail and cuts open connections. What was taken stays.
func (s *Server) Close() error {
	if err := s.smtp.Close(); err != nil {
		return fmt.Errorf("close mailbox: %w", err)
	}
	return <-s.served
}
