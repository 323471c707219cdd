package notify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"strings"
	"time"

	"soukin/remittance"
)

// Settings is how notices go out.
type Settings struct {
	// Mail is the SMTP server; without a Host no mail is sent.
	Mail Mail
	// SMS sends short messages; nil: none are sent. Make one with [NewSNS] or [NewHTTPSMS].
	SMS SMS
	// Overrides is the directory of merchants' own texts; empty means none.
	Overrides string

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// OnSend, if set, is told of every try: its way, its outcome and how long it took.
	OnSend func(way string, outcome remittance.Outcome, took time.Duration)
}

// Encryption is how the connection to the SMTP server is protected.
type Encryption string

// The ways to protect a connection. A server that does not offer STARTTLS
// although it is wanted gets no mail: links travel in it.
const (
	STARTTLS Encryption = "starttls" // RFC 3207, usually port 587
	TLS      Encryption = "tls"      // from the first byte (RFC 8314), usually port 465
	PlainTCP Encryption = "none"     // only to this machine or a private network
)

// Mail is an SMTP server and who we are to it.
type Mail struct {
	Host string
	// Port is 587 for STARTTLS, 465 for TLS and 25 for none, unless set.
	Port       int
	Encryption Encryption // empty means STARTTLS
	// CAFile holds PEM certificates to trust instead of the system's; empty: the system's.
	CAFile             string
	Username, Password string // empty: no login
	// From is the address that all mails come from, with the name of the service:
	// "送金サービス <no-reply@pay.example.jp>".
	From string
	// Timeout ends one mail, from the connection to the server's last answer; 0
	// means 10 seconds. It must be shorter than the activity around it.
	Timeout time.Duration
}

const defaultTimeout = 10 * time.Second

var defaultPorts = map[Encryption]int{STARTTLS: 587, TLS: 465, PlainTCP: 25}

func (m Mail) withDefaults() Mail {
	if m.Encryption == "" {
		m.Encryption = STARTTLS
	}
	if m.Port == 0 {
		m.Port = defaultPorts[m.Encryption]
	}
	if m.Timeout == 0 {
		m.Timeout = defaultTimeout
	}
	return m
}

// Validate names every wrong setting, its rule and the fix.
func (m Mail) Validate() error {
	m = m.withDefaults()
	var errs []error
	wrong := func(name, rule string) { errs = append(errs, fmt.Errorf("mail setting %s %s", name, rule)) }
	if strings.ContainsAny(m.Host, ":/ \r\n") || m.Host == "" {
		wrong("Host", "must be a host name without a port, as smtp.example.jp")
	}
	if m.Port < 1 || m.Port > 65535 {
		wrong("Port", "must be 1 to 65535")
	}
	if _, known := defaultPorts[m.Encryption]; !known {
		wrong("Encryption", "must be starttls, tls or none")
	}
	if m.Encryption == PlainTCP && !local(m.Host) {
		wrong("Encryption", "can be none only to this machine or a private network: links travel in mails")
	}
	if (m.Username == "") != (m.Password == "") {
		wrong("Username", "and Password go together")
	}
	if m.Username != "" && m.Encryption == PlainTCP {
		wrong("Encryption", "must be starttls or tls where there is a password")
	}
	if _, err := m.sender(); err != nil {
		wrong("From", "must be an address with a name, as 送金サービス <no-reply@pay.example.jp>")
	}
	if m.Timeout < 0 {
		wrong("Timeout", "must be above 0, as 10s")
	}
	return errors.Join(errs...)
}

// sender parses From.
func (m Mail) sender() (*mail.Address, error) {
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return nil, err
	}
	if from.Name == "" {
		return nil, errors.New("no name")
	}
	from.Address, err = ParseEmail(from.Address)
	return from, err
}

func (m Mail) tlsConfig() (*tls.Config, error) {
	c := &tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12}
	if m.CAFile == "" {
		return c, nil
	}
	pem, err := os.ReadFile(m.CAFile)
	if err != nil {
		return nil, fmt.Errorf("mail setting CAFile: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("mail setting CAFile: %s holds no PEM certificate", m.CAFile)
	}
	return c, nil
}
