package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/link"
	"soukin/internal/notify"
	"soukin/internal/orders"
	"soukin/internal/vault"
	"soukin/remittance"
)

// notifier fits the sender of notices to the port of the activities. Where a
// notice carries a link it makes the token, which exists only here, in the
// message and, hashed, in our database.
type notifier struct {
	orders *orders.Service
	links  *link.Links
	sender *notify.Sender
}

func newNotifier(cfg config.Notify, service *orders.Service, links *link.Links) (*notifier, error) {
	settings := notify.Settings{
		Mail: notify.Mail{
			Host: cfg.MailHost, Port: cfg.MailPort, Encryption: notify.Encryption(cfg.MailEncryption), CAFile: cfg.MailCA,
			Username: cfg.MailUsername, Password: cfg.MailPassword.Reveal(), From: cfg.MailFrom,
		},
		Overrides: cfg.Texts,
	}
	var err error
	switch cfg.SMS {
	case "http":
		settings.SMS, err = notify.NewHTTPSMS(cfg.SMSURL, smsTimeout)
	case "sns":
		settings.SMS, err = notify.NewSNS(notify.SNSSettings{Region: cfg.SNSRegion, AccessKeyID: cfg.SNSKeyID,
			SecretAccessKey: cfg.SNSSecret.Reveal(), SenderID: cfg.SNSSender, Timeout: smsTimeout})
	}
	if err != nil {
		return nil, fmt.Errorf("short messages: %w", err)
	}
	sender, err := notify.New(settings)
	if err != nil {
		return nil, err
	}
	return &notifier{service, links, sender}, nil
}

// smsTimeout leaves the activity around it time to report.
const smsTimeout = 10 * time.Second

func (n *notifier) Notify(ctx context.Context, in contract.NoticeInput) (contract.NoticeResult, error) {
	told, err := n.orders.Told(ctx, in.Ref, in.Contact)
	if errors.Is(err, vault.ErrNotFound) || errors.Is(err, vault.ErrDeleted) {
		return contract.NoticeResult{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: "the contact is not in the vault", Cause: err}
	}
	if err != nil {
		return contract.NoticeResult{}, unsent(err)
	}
	if in.Renew {
		if err := n.links.Revoke(ctx, in.Ref); err != nil {
			return contract.NoticeResult{}, unsent(err)
		}
	}
	token, err := n.links.Issue(ctx, in.Ref)
	if err != nil {
		return contract.NoticeResult{}, unsent(err)
	}
	message, err := n.message(in, told, token)
	if err != nil {
		return contract.NoticeResult{}, errors.Join(unsent(err), n.links.Withdraw(ctx, token))
	}
	sent, err := n.sender.Send(ctx, message)
	if len(sent) > 0 {
		// The recipient was reached; sending again would reach them twice.
		return contract.NoticeResult{Sent: sent}, nil
	}
	var failed *remittance.RailError
	if errors.As(err, &failed) && failed.Outcome != remittance.OutcomeUnknown {
		// It certainly reached nobody, so it must not push out links people have.
		if gone := n.links.Withdraw(ctx, token); gone != nil {
			return contract.NoticeResult{}, unsent(gone)
		}
	}
	return contract.NoticeResult{}, err
}

func (n *notifier) message(in contract.NoticeInput, told orders.Told, token link.Token) (notify.Message, error) {
	page, err := notify.NewLink(n.orders.Settings.PageURL(token))
	if err != nil {
		return notify.Message{}, err
	}
	m := notify.Message{
		Ref: in.Ref, Kind: notify.Kind(in.Kind), Key: in.Key, To: told.To, Lang: told.About.Lang,
		Merchant: notify.Merchant{Name: told.Merchant.DisplayName, Help: helpLines(told)},
		Purpose:  told.About.Purpose, Amount: in.Amount, Reason: in.Reason, Link: page,
	}
	m.Rail, m.Form = wayOf(in, told)
	switch in.Kind {
	case contract.NoticeLink, contract.NoticeReminder, contract.NoticeReopened, contract.NoticeNumbers, contract.NoticeLocked:
		m.Codes = told.Labels // the status page asks for none
	}
	if in.Deadline != nil {
		m.Deadline = *in.Deadline
	}
	return m, nil
}

// wayOf is the way that a notice speaks of. Notices of workflows from before
// there were several do not say it: their link had one.
func wayOf(in contract.NoticeInput, told orders.Told) (remittance.Rail, remittance.GiftForm) {
	ways := told.About.Ways
	switch {
	case in.Rail == "" && len(ways) == 0:
		return remittance.RailBank, ""
	case in.Rail == "" && len(ways) == 1:
		return ways[0].Rail, ways[0].Form
	case in.Form != "":
		return in.Rail, in.Form
	}
	for _, w := range ways {
		if w.Rail == in.Rail {
			return w.Rail, w.Form
		}
	}
	return in.Rail, ""
}

func helpLines(told orders.Told) string {
	h := told.Merchant.Settings.Help
	lines := ""
	for _, line := range []string{h.Phone, h.Hours, h.Mail, h.URL} {
		if line != "" {
			lines += line + "\n"
		}
	}
	return lines
}

// unsent is a failure of our own before anything went out.
func unsent(err error) error {
	return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "our own database or settings", Cause: err}
}
