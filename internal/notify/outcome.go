package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"syscall"

	"github.com/wneessen/go-mail"

	"soukin/remittance"
)

// beforeSession judges what went wrong while the server was greeted, TLS was
// agreed and we logged in: no mail has left yet, so nothing is ever Unknown.
func beforeSession(ctx context.Context, err error) error {
	var (
		reply *textproto.Error
		cert  *tls.CertificateVerificationError
		alert tls.AlertError
		wire  net.Error
	)
	switch {
	case ctx.Err() != nil:
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: ended(ctx) + " before sending"}
	case errors.As(err, &reply) && reply.Code >= 500:
		// Said before anybody was named: it is about us, not about the recipient.
		return &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "greeting or login: " + strconv.Itoa(reply.Code)}
	case errors.As(err, &reply):
		return &remittance.RailError{Outcome: remittance.OutcomeRateLimited, Code: "greeting or login: " + strconv.Itoa(reply.Code)}
	case errors.As(err, &cert), errors.As(err, &alert):
		return &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "TLS refused", Cause: err}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "connection refused", Cause: err}
	case errors.As(err, &wire), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET):
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "no connection", Cause: err}
	}
	// What remains are go-mail's own findings: no STARTTLS, no way to log in.
	return &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "STARTTLS or login not offered", Cause: err}
}

func ended(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.Canceled) {
		return "cancelled"
	}
	return "timeout"
}

// stages are the commands of a mail, in go-mail's words and ours.
var stages = map[mail.SendErrReason]string{
	mail.ErrSMTPMailFrom:  "MAIL",
	mail.ErrSMTPRcptTo:    "RCPT",
	mail.ErrSMTPData:      "DATA",
	mail.ErrWriteContent:  "content",
	mail.ErrSMTPDataClose: "content",
}

// inSession judges what went wrong with a mail. A reply is clear: below 500 come
// again, from 500 on never (RFC 5321 section 4.2.1), also after the content. A
// lost connection is clear only before the content: after it the server may have
// the mail. The cause is left out, because go-mail and servers put the
// recipient's address into it.
func inSession(ctx context.Context, err error) error {
	var failed *mail.SendError
	if !errors.As(err, &failed) {
		return &remittance.RailError{Code: "mail: " + ended(ctx)}
	}
	stage, known := stages[failed.Reason]
	out := &remittance.RailError{Code: stage + " " + strconv.Itoa(failed.ErrorCode())}
	if detail := failed.EnhancedStatusCode(); detail != "" {
		out.Code += " " + detail
	}
	switch code := failed.ErrorCode(); {
	case code >= 500 && (failed.Reason == mail.ErrSMTPMailFrom || code == 530 || code == 535):
		// Our own address or login is refused, whoever the recipient is.
		out.Outcome = remittance.OutcomeMisconfigured
	case code >= 500:
		out.Outcome = remittance.OutcomeRejected
	case code >= 400:
		out.Outcome = remittance.OutcomeRateLimited
	case failed.Reason == mail.ErrWriteContent, failed.Reason == mail.ErrSMTPDataClose:
		out.Code = lost(ctx) + " after sending"
	default:
		out.Outcome = remittance.OutcomeNotSent
		out.Code = lost(ctx) + " before sending"
		if known {
			out.Code += " (" + stage + ")"
		}
	}
	return out
}

func lost(ctx context.Context) string {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	return "connection lost"
}
