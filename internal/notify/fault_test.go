package notify_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/vault"
	"soukin/remittance"
)

// assertSilent checks that an error, however it is printed, and all its causes,
// say nothing about the recipient.
func assertSilent(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e)} {
			for _, secret := range []string{"hanako", "12345678", "Zm9yIHRl"} {
				assert.NotContains(t, text, secret)
			}
		}
	}
}

// TestFaultMatrix: what the sender says of each fault, and what the recipient
// really got.
func TestFaultMatrix(t *testing.T) {
	for _, tt := range []struct {
		does      mailbox.Does
		mail, sms remittance.Outcome
		mailCode  string
		smsCode   string
		arrived   int
	}{
		{mailbox.Later, remittance.OutcomeRateLimited, remittance.OutcomeRateLimited, "RCPT 450 4.2.1", "HTTP 429", 0},
		{mailbox.Refuse, remittance.OutcomeRejected, remittance.OutcomeRejected, "RCPT 550 5.1.1", "HTTP 422", 0},
		{mailbox.LaterAfter, remittance.OutcomeRateLimited, remittance.OutcomeRateLimited, "content 451 4.3.0", "HTTP 429", 0},
		{mailbox.RefuseAfter, remittance.OutcomeRejected, remittance.OutcomeRejected, "content 554 5.6.0", "HTTP 422", 0},
		{mailbox.CutBefore, remittance.OutcomeNotSent, remittance.OutcomeUnknown, "connection lost before sending (RCPT)", "connection lost after sending", 0},
		{mailbox.CutAfter, remittance.OutcomeUnknown, remittance.OutcomeUnknown, "connection lost after sending", "connection lost after sending", 1},
	} {
		t.Run(string(tt.does), func(t *testing.T) {
			box := openPost(t, nil)
			sender := newSender(t, box.settings(t))
			try := func(to notify.Contact, way string, want remittance.Outcome, code string) {
				require.NoError(t, box.SetFaults(mailbox.Fault{Does: tt.does, Times: 1}))
				m := notice(t, notify.KindLink, remittance.Ja)
				m.To = to
				sent, err := sender.Send(t.Context(), m)
				assert.Empty(t, sent)
				require.Error(t, err)
				assert.Equal(t, want, outcome(t, err))
				assert.ErrorContains(t, err, way+": "+code)
				assertSilent(t, err)
				assert.Len(t, box.messages(t, mailbox.Filter{Kind: mailbox.Kind(way)}), tt.arrived)

				sent, err = sender.Send(t.Context(), m)
				require.NoError(t, err, "the fault is over")
				assert.Equal(t, []string{way}, sent)
			}
			try(vault.NewContact("hanako@example.jp", ""), "mail", tt.mail, tt.mailCode)
			try(vault.NewContact("", "09012345678"), "sms", tt.sms, tt.smsCode)
			assert.Equal(t, 2, box.Fired()[tt.does])
			assert.Len(t, box.messages(t, mailbox.Filter{Kind: mailbox.SMS}), 1, "never twice")
		})
	}
}

func TestEncryptionAndLogin(t *testing.T) {
	trusted, ca := certified(t, "127.0.0.1")
	_, otherCA := certified(t, "127.0.0.1")
	elsewhere, elsewhereCA := certified(t, "mail.example.jp")
	starttls := func(m *notify.Mail) { m.Encryption = notify.STARTTLS }
	for name, tt := range map[string]struct {
		box  func(*mailbox.Options)
		mail func(*notify.Mail)
		want remittance.Outcome
		code string
	}{
		"STARTTLS": {func(o *mailbox.Options) { o.TLS = trusted }, func(m *notify.Mail) { m.Encryption, m.CAFile = notify.STARTTLS, ca }, remittance.OutcomeAccepted, ""},
		"STARTTLS with login": {func(o *mailbox.Options) { o.TLS, o.Username, o.Password = trusted, "u", "p" },
			func(m *notify.Mail) { m.Encryption, m.CAFile, m.Username, m.Password = notify.STARTTLS, ca, "u", "p" }, remittance.OutcomeAccepted, ""},
		"TLS": {func(o *mailbox.Options) { o.TLS, o.ImplicitTLS = trusted, true }, func(m *notify.Mail) { m.Encryption, m.CAFile = notify.TLS, ca }, remittance.OutcomeAccepted, ""},
		"TLS with login": {func(o *mailbox.Options) { o.TLS, o.ImplicitTLS, o.Username, o.Password = trusted, true, "u", "p" },
			func(m *notify.Mail) { m.Encryption, m.CAFile, m.Username, m.Password = notify.TLS, ca, "u", "p" }, remittance.OutcomeAccepted, ""},
		"STARTTLS not offered": {nil, starttls, remittance.OutcomeMisconfigured, "STARTTLS or login not offered"},
		"login not offered": {func(o *mailbox.Options) { o.TLS = trusted },
			func(m *notify.Mail) { m.Encryption, m.CAFile, m.Username, m.Password = notify.STARTTLS, ca, "u", "p" }, remittance.OutcomeMisconfigured, "STARTTLS or login not offered"},
		"wrong password": {func(o *mailbox.Options) { o.TLS, o.Username, o.Password = trusted, "u", "p" },
			func(m *notify.Mail) { m.Encryption, m.CAFile, m.Username, m.Password = notify.STARTTLS, ca, "u", "x" }, remittance.OutcomeMisconfigured, "greeting or login: 535"},
		"login forgotten":              {func(o *mailbox.Options) { o.Username, o.Password = "u", "p" }, nil, remittance.OutcomeMisconfigured, "MAIL 530"},
		"unknown certificate":          {func(o *mailbox.Options) { o.TLS = trusted }, func(m *notify.Mail) { m.Encryption, m.CAFile = notify.STARTTLS, otherCA }, remittance.OutcomeMisconfigured, "TLS refused"},
		"unknown certificate from TLS": {func(o *mailbox.Options) { o.TLS, o.ImplicitTLS = trusted, true }, func(m *notify.Mail) { m.Encryption = notify.TLS }, remittance.OutcomeMisconfigured, "TLS refused"},
		"certificate of another name":  {func(o *mailbox.Options) { o.TLS = elsewhere }, func(m *notify.Mail) { m.Encryption, m.CAFile = notify.STARTTLS, elsewhereCA }, remittance.OutcomeMisconfigured, "TLS refused"},
	} {
		t.Run(name, func(t *testing.T) {
			box := openPost(t, tt.box)
			s := box.settings(t)
			s.SMS = nil
			if tt.mail != nil {
				tt.mail(&s.Mail)
			}
			_, err := newSender(t, s).Send(t.Context(), notice(t, notify.KindLink, remittance.Ja))
			if tt.want == remittance.OutcomeAccepted {
				require.NoError(t, err)
				got := box.messages(t, mailbox.Filter{})
				require.Len(t, got, 1)
				assert.True(t, got[0].Encrypted)
				return
			}
			assert.Equal(t, tt.want, outcome(t, err))
			assert.ErrorContains(t, err, tt.code)
			assertSilent(t, err)
			assert.Empty(t, box.messages(t, mailbox.Filter{}))
		})
	}
}

// script is an SMTP server that answers as told: by the verb of a command, ""
// for the greeting and "." for the content. "cut" hangs up, "hang" never answers
// and says on the channel that it does so.
func script(t *testing.T, answers map[string]string) (notify.Mail, <-chan struct{}) {
	t.Helper()
	hanging := make(chan struct{}, 1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go play(conn, answers, hanging)
		}
	}()
	m := mailTo(t, listener.Addr().String())
	m.Timeout = 300 * time.Millisecond
	return m, hanging
}

var usual = map[string]string{"": "220 script", "EHLO": "250 script", "HELO": "250 script", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", ".": "250 taken", "QUIT": "221 bye"}

func play(conn net.Conn, answers map[string]string, hanging chan<- struct{}) {
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	// answer reports whether the conversation goes on.
	answer := func(verb string) bool {
		text, changed := answers[verb]
		if !changed {
			text = usual[verb]
		}
		switch text {
		case "cut":
			return false
		case "hang":
			hanging <- struct{}{}
			for lines.Scan() { //nolint:revive // until the client has had enough
			}
			return false
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", text)
		return err == nil
	}
	if !answer("") {
		return
	}
	inContent := false
	for lines.Scan() {
		verb, _, _ := strings.Cut(lines.Text(), " ")
		if inContent && verb != "." {
			continue
		}
		inContent = verb == "DATA" && answers["DATA"] == ""
		if !answer(verb) {
			return
		}
	}
}

// TestEveryStageOfTheConversation breaks each command in each way.
func TestEveryStageOfTheConversation(t *testing.T) {
	const (
		notSent, later, ours, rejected, unknown = remittance.OutcomeNotSent, remittance.OutcomeRateLimited,
			remittance.OutcomeMisconfigured, remittance.OutcomeRejected, remittance.OutcomeUnknown
	)
	for _, tt := range []struct {
		stage, answer string
		want          remittance.Outcome
		code          string
	}{
		{"", "cut", notSent, "no connection"}, {"", "hang", notSent, "timeout before sending"},
		{"", "421 busy", later, "greeting or login: 421"}, {"", "554 go away", ours, "greeting or login: 554"},
		{"EHLO", "cut", notSent, "no connection"}, {"EHLO", "hang", notSent, "timeout before sending"},
		{"MAIL", "cut", notSent, "connection lost before sending (MAIL)"}, {"MAIL", "hang", notSent, "timeout before sending (MAIL)"},
		{"MAIL", "451 later", later, "MAIL 451"}, {"MAIL", "550 you may not", ours, "MAIL 550"},
		{"RCPT", "cut", notSent, "connection lost before sending (RCPT)"}, {"RCPT", "hang", notSent, "timeout before sending (RCPT)"},
		{"RCPT", "452 <hanako@example.jp> full", later, "RCPT 452"}, {"RCPT", "550 <hanako@example.jp> unknown", rejected, "RCPT 550"},
		{"RCPT", "530 log in", ours, "RCPT 530"},
		{"DATA", "cut", notSent, "connection lost before sending (DATA)"}, {"DATA", "hang", notSent, "timeout before sending (DATA)"},
		{"DATA", "451 later", later, "DATA 451"}, {"DATA", "554 no", rejected, "DATA 554"},
		{".", "cut", unknown, "connection lost after sending"}, {".", "hang", unknown, "timeout after sending"},
		{".", "452 <hanako@example.jp> full", later, "content 452"}, {".", "550 hanako's filter", rejected, "content 550"},
	} {
		t.Run(tt.stage+" "+tt.answer, func(t *testing.T) {
			server, _ := script(t, map[string]string{tt.stage: tt.answer})
			sender := newSender(t, notify.Settings{Mail: server})
			sent, err := sender.Send(t.Context(), notice(t, notify.KindLink, remittance.Ja))
			assert.Empty(t, sent)
			assert.Equal(t, tt.want, outcome(t, err))
			assert.ErrorContains(t, err, tt.code)
			assertSilent(t, err)
		})
	}
}

func TestAFailingGoodbyeIsNoFailure(t *testing.T) {
	for _, answer := range []string{"cut", "hang", "500 what"} {
		server, _ := script(t, map[string]string{"QUIT": answer})
		sender := newSender(t, notify.Settings{Mail: server})
		sent, err := sender.Send(t.Context(), notice(t, notify.KindLink, remittance.Ja))
		require.NoError(t, err, answer)
		assert.Equal(t, []string{"mail"}, sent)
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	_, err = newSender(t, notify.Settings{Mail: mailTo(t, listener.Addr().String())}).Send(t.Context(), notice(t, notify.KindLink, remittance.Ja))
	assert.Equal(t, remittance.OutcomeNotSent, outcome(t, err))
	assert.ErrorContains(t, err, "connection refused")
}

func TestACancelledCallEndsAtOnce(t *testing.T) {
	for stage, want := range map[string]remittance.Outcome{
		"": remittance.OutcomeNotSent, "RCPT": remittance.OutcomeNotSent, "DATA": remittance.OutcomeNotSent, ".": remittance.OutcomeUnknown,
	} {
		server, hanging := script(t, map[string]string{stage: "hang"})
		server.Timeout = time.Hour
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-hanging
			cancel()
		}()
		_, err := newSender(t, notify.Settings{Mail: server}).Send(ctx, notice(t, notify.KindLink, remittance.Ja))
		assert.Equal(t, want, outcome(t, err), stage)
		assert.ErrorContains(t, err, "cancelled", stage)
		assertSilent(t, err)
	}
}
