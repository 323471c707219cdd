package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

func (l *accountLink) setup(ctx workflow.Context) error {
	if err := l.serve(ctx); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateDesignate, l.designate,
		workflow.UpdateHandlerOptions{Validator: l.validateDesignate}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateDecline, l.decline,
		workflow.UpdateHandlerOptions{Validator: func(ctx workflow.Context) error { return l.stillAsking(ctx) }}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateResend, l.resend,
		workflow.UpdateHandlerOptions{Validator: l.validateResend}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateExtend, l.extendDeadline,
		workflow.UpdateHandlerOptions{Validator: l.validateExtend}); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateChangeContact, l.changeContact,
		workflow.UpdateHandlerOptions{Validator: l.validateContact})
}

// stillAsking refuses whatever comes after the recipient's word, the merchant's
// cancel or the deadline, by the workflow's own clock.
func (l *accountLink) stillAsking(ctx workflow.Context) error {
	switch {
	case l.state.Status == remittance.Expired:
		return refuse(contract.ErrTypeTooLate, "its deadline has passed")
	case l.state.Status == remittance.Cancelled || l.cancel != nil || l.declined:
		return refuse(contract.ErrTypeTooLate, "it has been called off")
	case !l.opened || l.state.Status == remittance.AwaitingFunds:
		return refuse(contract.ErrTypeTooLate, "its link is not open yet")
	case l.state.Status != remittance.AwaitingRecipient || l.designation != nil:
		return refuse(contract.ErrTypeTooLate, "an account has been named already")
	case !workflow.Now(ctx).Before(*l.state.Deadline):
		return refuse(contract.ErrTypeTooLate, "its deadline has passed")
	}
	return nil
}

func (l *accountLink) validateDesignate(ctx workflow.Context, in contract.DesignateInput) error {
	if _, err := remittance.ParseAccountID(string(in.Account)); err != nil {
		return refuse(contract.ErrTypeInvalid, err.Error())
	}
	return l.stillAsking(ctx)
}

// designate answers when the account is instructed: from then on it is the one.
func (l *accountLink) designate(ctx workflow.Context, in contract.DesignateInput) (contract.State, error) {
	l.designation = &in
	l.nudge()
	err := workflow.Await(ctx, func() bool { return l.designation == nil && l.state.Status != remittance.AwaitingRecipient })
	if err == nil && l.state.Account != in.Account {
		err = refuse(contract.ErrTypeTooLate, "it has ended as "+string(l.state.Status))
	}
	return l.state, err
}

func (l *accountLink) decline(ctx workflow.Context) (contract.State, error) {
	l.declined = true
	l.nudge()
	err := workflow.Await(ctx, func() bool { return l.state.Final })
	return l.state, err
}

func (l *accountLink) validateResend(ctx workflow.Context) error {
	if l.terms.Contact == "" {
		return refuse(contract.ErrTypeInvalid, "it has no contact to send to")
	}
	return l.stillAsking(ctx)
}

func (l *accountLink) resend(workflow.Context) (contract.State, error) {
	l.tell(contract.NoticeLink)
	return l.state, nil
}

func (l *accountLink) validateExtend(ctx workflow.Context, in contract.ExtendInput) error {
	if err := l.stillAsking(ctx); err != nil {
		return err
	}
	if !in.Until.After(*l.state.Deadline) {
		return refuse(contract.ErrTypeInvalid, "until: must be later than the present deadline, "+l.state.Deadline.In(jst).Format("2006-01-02 15:04 JST"))
	}
	return nil
}

func (l *accountLink) extendDeadline(ctx workflow.Context, in contract.ExtendInput) (contract.State, error) {
	_, err := l.move(ctx, step{to: remittance.AwaitingRecipient, reason: l.state.Reason, code: l.state.Code,
		actor: remittance.ActorMerchant, deadline: in.Until.Truncate(time.Second), note: "deadline_extended", attention: l.state.NeedsAttention})
	l.reminded = 0
	l.nudge()
	return l.state, err
}

func (l *accountLink) validateContact(ctx workflow.Context, in contract.ChangeContactInput) error {
	if _, err := remittance.ParseContactID(string(in.Contact)); err != nil {
		return refuse(contract.ErrTypeInvalid, err.Error())
	}
	return l.stillAsking(ctx)
}

// changeContact sends a new link to the new contact and makes the earlier ones
// useless, whoever has them.
func (l *accountLink) changeContact(ctx workflow.Context, in contract.ChangeContactInput) (contract.State, error) {
	l.terms.Contact = in.Contact
	n := l.notice(contract.NoticeLink)
	n.Renew = true
	l.outbox.waiting = nil // what has not gone out must not go to the old contact
	l.outbox.put(n)
	return l.state, l.note(ctx, "contact_changed", false)
}
