package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"soukin/remittance"
)

// The ways a notice can go.
const (
	WayMail = "mail"
	WaySMS  = "sms"
)

// Sender sends notices. It is safe for concurrent use.
type Sender struct {
	mail   *mailer // nil: no mail
	sms    SMS     // nil: no short messages
	texts  texts
	now    func() time.Time
	onSend func(string, remittance.Outcome, time.Duration)
}

// New makes a sender and tries out every text. Errors: those of
// [Mail.Validate], [ErrTexts], or that there is no way to send at all.
func New(s Settings) (*Sender, error) {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.OnSend == nil {
		s.OnSend = func(string, remittance.Outcome, time.Duration) {}
	}
	out := &Sender{sms: s.SMS, now: s.Now, onSend: s.OnSend}
	var mailErr, textErr error
	if s.Mail.Host != "" {
		out.mail, mailErr = newMailer(s.Mail, s.Now)
	} else if s.SMS == nil {
		mailErr = errors.New("notices have no way to go: set Mail.Host, SMS or both")
	}
	out.texts, textErr = loadTexts(s.Overrides)
	if err := errors.Join(mailErr, textErr); err != nil {
		return nil, err
	}
	return out, nil
}

// Send sends a notice every way that the contact and the settings allow, at the
// same time, and says which ways worked ([WayMail], [WaySMS]).
//
// The error is a *[remittance.RailError] when a way failed. With some ways in
// the answer the recipient was reached all the same: sending again would reach
// them twice. Without any, the error is the failure that leaves most open
// (Unknown before RateLimited, NotSent, Misconfigured and Rejected); its code
// tells each way's.
func (s *Sender) Send(ctx context.Context, m Message) ([]string, error) {
	if err := m.check(); err != nil {
		return nil, &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: err.Error()}
	}
	ways, err := s.ways(m)
	if err != nil {
		return nil, err
	}
	text, err := s.write(m)
	if err != nil {
		return nil, &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "text of " + string(m.Kind), Cause: err}
	}
	failures := make([]error, len(ways))
	var wg sync.WaitGroup
	for i, w := range ways {
		wg.Go(func() { failures[i] = s.send(ctx, w, text) })
	}
	wg.Wait()
	return sum(ways, failures)
}

// way is one way to one address.
type way struct {
	name string
	send func(context.Context, rendered) error
}

func (s *Sender) send(ctx context.Context, w way, text rendered) error {
	began := s.now()
	err := w.send(ctx, text)
	outcome := remittance.OutcomeAccepted
	var rail *remittance.RailError
	if errors.As(err, &rail) {
		outcome = rail.Outcome
	} else if err != nil {
		outcome = remittance.OutcomeUnknown
	}
	s.onSend(w.name, outcome, s.now().Sub(began))
	return err
}

func (s *Sender) ways(m Message) ([]way, error) {
	if m.To == nil || m.To.Email() == "" && m.To.Phone() == "" {
		return nil, &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "contact without an address or number"}
	}
	var out []way
	if s.mail != nil && m.To.Email() != "" {
		out = append(out, way{WayMail, func(ctx context.Context, text rendered) error { return s.mail.send(ctx, m, text) }})
	}
	if s.sms != nil && m.To.Phone() != "" {
		out = append(out, way{WaySMS, func(ctx context.Context, text rendered) error { return s.text(ctx, m, text) }})
	}
	if len(out) == 0 {
		return nil, &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Code: "the contact's way is not set up: mail server or SMS"}
	}
	return out, nil
}

func (s *Sender) write(m Message) (rendered, error) {
	from, service := "", ""
	if s.mail != nil {
		from, service = s.mail.from.Address, s.mail.from.Name
	}
	return s.texts.of(m.Ref.Merchant, m.language()).render(m.Kind, fieldsOf(m, from, service))
}

func (s *Sender) text(ctx context.Context, m Message, text rendered) error {
	to, err := ParsePhone(m.To.Phone())
	if err != nil {
		return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "telephone number", Cause: err}
	}
	return s.sms.SendSMS(ctx, to, text.sms, m.id())
}

// openness orders outcomes by how much they leave to be done.
var openness = []remittance.Outcome{
	remittance.OutcomeUnknown, remittance.OutcomeRateLimited, remittance.OutcomeNotSent, remittance.OutcomeMisconfigured, remittance.OutcomeRejected,
}

func sum(ways []way, failures []error) ([]string, error) {
	var (
		sent []string
		all  = map[remittance.Outcome]bool{}
		out  = &remittance.RailError{}
	)
	for i, err := range failures {
		if err == nil {
			sent = append(sent, ways[i].name)
			continue
		}
		var rail *remittance.RailError
		if !errors.As(err, &rail) {
			rail = &remittance.RailError{Cause: err}
		}
		all[rail.Outcome] = true
		if out.Code != "" {
			out.Code += "; "
		}
		out.Code += ways[i].name + ": " + rail.Code
		out.RetryAfter = max(out.RetryAfter, rail.RetryAfter)
		out.Cause = errors.Join(out.Cause, rail.Cause)
	}
	if len(all) == 0 {
		return sent, nil
	}
	for _, o := range openness {
		if all[o] {
			out.Outcome = o
			break
		}
	}
	return sent, out
}
