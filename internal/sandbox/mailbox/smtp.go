package mailbox

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

var (
	errLater       = &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "Sandbox: mailbox busy"}
	errRefuse      = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Sandbox: no such user"}
	errLaterAfter  = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Sandbox: content not taken now"}
	errRefuseAfter = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "Sandbox: content refused"}
	errNoAuth      = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	errCut         = errors.New("sandbox: connection cut")
)

// session is one SMTP conversation.
type session struct {
	mailbox            *Server
	conn               *smtp.Conn
	username, password string
	known              bool
	from               string
	to                 []string
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string {
	if s.username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		same := subtle.ConstantTimeCompare([]byte(username), []byte(s.username)) & subtle.ConstantTimeCompare([]byte(password), []byte(s.password))
		if s.username == "" || same == 0 {
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.username != "" && !s.known {
		return errNoAuth
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch does, _ := s.mailbox.faults.take(to, Later, Refuse, CutBefore); does {
	case Later:
		return errLater
	case Refuse:
		return errRefuse
	case CutBefore:
		return s.cut()
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) cut() error {
	return errors.Join(errCut, s.conn.Conn().Close())
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	does, _ := s.mailbox.faults.take(s.to[0], LaterAfter, RefuseAfter, CutAfter)
	switch does {
	case LaterAfter:
		return errLaterAfter
	case RefuseAfter:
		return errRefuseAfter
	}
	if err := s.keep(raw); err != nil {
		s.mailbox.log.Error("mail not kept", "error", err)
		return err
	}
	if does == CutAfter {
		return s.cut()
	}
	return nil
}

func (s *session) keep(raw []byte) error {
	_, encrypted := s.conn.TLSConnectionState()
	m := Message{Kind: Mail, From: s.from, Encrypted: encrypted, raw: raw}
	for _, to := range s.to {
		m.To = to
		if _, err := s.mailbox.keep(context.Background(), m, ""); err != nil {
			return err
		}
	}
	return nil
}
