package notify

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"net"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"soukin/remittance"
)

// mailer sends mails to one SMTP server, each over a connection of its own: a
// notice is rare, and a connection kept open fails exactly when it is needed.
type mailer struct {
	set  Mail
	from *netmail.Address
	tls  *tls.Config
	now  func() time.Time
}

func newMailer(set Mail, now func() time.Time) (*mailer, error) {
	if err := set.Validate(); err != nil {
		return nil, err
	}
	set = set.withDefaults()
	from, err := set.sender()
	if err != nil {
		return nil, err
	}
	conf, err := set.tlsConfig()
	if err != nil {
		return nil, err
	}
	return &mailer{set, from, conf, now}, nil
}

// id is the same for the same notice, whenever and however often it is sent.
func (m Message) id() string {
	sum := sha256.Sum256([]byte(m.Ref.String() + "/" + m.Key))
	return hex.EncodeToString(sum[:16])
}

func (s *mailer) send(ctx context.Context, m Message, text rendered) error {
	to, err := ParseEmail(m.To.Email())
	if err != nil {
		return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "e-mail address", Cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.set.Timeout)
	defer cancel()
	line := &connection{ctx: ctx}
	defer line.close()
	client, err := s.client(line)
	if err != nil {
		return &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "mail settings", Cause: err}
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return beforeSession(ctx, err)
	}
	letter := s.letter(m, to, text)
	if err := client.SendWithSMTPClient(session, letter); err != nil && !letter.IsDelivered() {
		return inSession(ctx, err)
	}
	// The server has it; whether it also hears our goodbye does not matter.
	_ = client.CloseWithSMTPClient(session)
	return nil
}

// letter builds the mail. Values that others chose reach headers only through
// ParseEmail or as encoded words.
func (s *mailer) letter(m Message, to string, text rendered) *mail.Msg {
	encoding := mail.EncodingQP
	if m.language() == remittance.Ja {
		encoding = mail.EncodingB64
	}
	letter := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(encoding), mail.WithNoDefaultUserAgent())
	letter.FromMailAddress(s.from)
	letter.ToMailAddress(&netmail.Address{Address: to})
	letter.Subject(text.subject)
	letter.SetDateWithValue(s.now())
	letter.SetMessageIDWithValue(m.id() + s.from.Address[strings.LastIndexByte(s.from.Address, '@'):])
	letter.SetGenHeader("Content-Language", string(m.language()))
	// RFC 3834: keeps "out of office" answers away.
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetBodyString(mail.TypeTextPlain, text.plain)
	letter.AddAlternativeString(mail.TypeTextHTML, text.html)
	return letter
}

func (s *mailer) client(line *connection) (*mail.Client, error) {
	options := []mail.Option{
		// Longer than ours, so that it is always the context that ends a mail and
		// says whether that was a timeout.
		mail.WithTimeout(2 * s.set.Timeout),
		mail.WithPort(s.set.Port), mail.WithTLSConfig(s.tls),
		mail.WithoutNoop(), mail.WithoutRset(), mail.WithoutSMTPUTF8(),
	}
	switch s.set.Encryption {
	case PlainTCP:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS), mail.WithDialContextFunc(line.dial))
	case TLS:
		// The connection is encrypted before SMTP begins; the policy only lets
		// go-mail notice that it is.
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic), mail.WithDialContextFunc(line.dialTLS(s.tls)))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithDialContextFunc(line.dial))
	}
	if s.set.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.set.Username), mail.WithPassword(s.set.Password))
	}
	return mail.NewClient(s.set.Host, options...)
}

// connection is the one TCP connection of a mail. It ends with ctx, which
// go-mail itself heeds only while dialling, and it is closed also where go-mail
// gives up on a session without closing it.
type connection struct {
	ctx  context.Context
	conn net.Conn
	stop func() bool
}

func (c *connection) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.conn = conn
	c.stop = context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	return conn, nil
}

func (c *connection) dialTLS(conf *tls.Config) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := c.dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		secured := tls.Client(conn, conf)
		return secured, secured.HandshakeContext(ctx)
	}
}

func (c *connection) close() {
	if c.conn == nil {
		return
	}
	c.stop()
	_ = c.conn.Close()
}
