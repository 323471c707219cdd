package workflows

import (
	"errors"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

func (l *linked) setup(ctx workflow.Context) error {
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
	if err := workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateReissue, l.reissueUpdate,
		workflow.UpdateHandlerOptions{Validator: l.validateReissue}); err != nil {
		return err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, contract.UpdateChangeContact, l.changeContact,
		workflow.UpdateHandlerOptions{Validator: l.validateContact})
}

// stillOpen refuses whatever comes after the merchant's cancel or the deadline,
// by the workflow's own clock. The recipient may be asked, or be on the way to an
// ATM.
func (l *linked) stillOpen(ctx workflow.Context) error {
	if l.opened && l.cashIsOut() && l.cancel == nil && workflow.Now(ctx).Before(*l.state.Deadline) {
		return nil
	}
	return l.stillAsking(ctx)
}

// stillAsking refuses whatever comes after the recipient's word, the merchant's
// cancel or the deadline, by the workflow's own clock.
func (l *linked) stillAsking(ctx workflow.Context) error {
	switch {
	case l.cashIsOut():
		return refuse(contract.ErrTypeTooLate, "its cash waits at the ATMs")
	case l.state.Status == remittance.Expired:
		return refuse(contract.ErrTypeTooLate, "its deadline has passed")
	case l.state.Status == remittance.Cancelled || l.cancel != nil || l.declined:
		return refuse(contract.ErrTypeTooLate, "it has been called off")
	case !l.opened || l.state.Status == remittance.AwaitingFunds:
		return refuse(contract.ErrTypeTooLate, "its link is not open yet")
	case l.state.Status != remittance.AwaitingRecipient || l.designation != nil:
		return refuse(contract.ErrTypeTooLate, "a way has been chosen already")
	case !workflow.Now(ctx).Before(*l.state.Deadline):
		return refuse(contract.ErrTypeTooLate, "its deadline has passed")
	}
	return nil
}

func (l *linked) validateDesignate(ctx workflow.Context, in contract.DesignateInput) error {
	way, known := l.wayBy(l.railOf(in))
	named := in.Rail != "" || len(l.ways) == 1
	offered := known && named && (len(l.state.Ways) == 0 || slices.Contains(l.state.Ways, way.Rail))
	if !offered {
		return refuse(contract.ErrTypeInvalid, "rail: "+string(in.Rail)+" is not offered")
	}
	if err := checkDestination(way, in.Account); err != nil {
		return refuse(contract.ErrTypeInvalid, err.Error())
	}
	return l.stillAsking(ctx)
}

// checkDestination wants an account where the way needs one, and none elsewhere.
func checkDestination(way contract.Way, account remittance.AccountID) error {
	if way.Rail == remittance.RailATM || way.Form == remittance.GiftCode {
		if account != "" {
			return errors.New("account: this way takes none")
		}
		return nil
	}
	_, err := remittance.ParseAccountID(string(account))
	return err
}

// designate answers when the designation is instructed: from then on it is the
// one. Where a rail usually decides at once, the answer waits a moment for that.
func (l *linked) designate(ctx workflow.Context, in contract.DesignateInput) (contract.State, error) {
	l.designation = &in
	l.nudge()
	instructed := false
	err := workflow.Await(ctx, func() bool {
		if l.designation == nil && l.state.Status != remittance.AwaitingRecipient {
			instructed = true
		}
		return instructed || l.state.Final
	})
	if err == nil && (l.state.Account != in.Account || l.state.Rail != l.railOf(in)) {
		err = refuse(contract.ErrTypeTooLate, "it has ended as "+string(l.state.Status))
	}
	if err == nil && l.state.Rail != remittance.RailBank {
		err = l.soon(ctx, func() bool { return l.state.Status != remittance.Processing })
	}
	return l.state, err
}

func (l *linked) decline(ctx workflow.Context) (contract.State, error) {
	l.declined = true
	l.nudge()
	err := workflow.Await(ctx, func() bool { return l.state.Final })
	return l.state, err
}

func (l *linked) validateResend(ctx workflow.Context) error {
	if l.terms.Contact == "" {
		return refuse(contract.ErrTypeInvalid, "it has no contact to send to")
	}
	return l.stillOpen(ctx)
}

func (l *linked) resend(workflow.Context) (contract.State, error) {
	l.tell(l.invitation())
	return l.state, nil
}

func (l *linked) validateExtend(ctx workflow.Context, in contract.ExtendInput) error {
	if err := l.stillAsking(ctx); err != nil {
		return err
	}
	if !in.Until.After(*l.state.Deadline) {
		return refuse(contract.ErrTypeInvalid, "until: must be later than the present deadline, "+l.state.Deadline.In(jst).Format("2006-01-02 15:04 JST"))
	}
	return nil
}

// extendDeadline looks again inside its turn: the recipient may have been faster.
func (l *linked) extendDeadline(ctx workflow.Context, in contract.ExtendInput) (contract.State, error) {
	if err := l.turn.Lock(ctx); err != nil {
		return l.state, err
	}
	defer l.turn.Unlock()
	if err := l.validateExtend(ctx, in); err != nil {
		return l.state, err
	}
	_, err := l.commit(ctx, step{to: remittance.AwaitingRecipient, reason: l.state.Reason, code: l.state.Code,
		actor: remittance.ActorMerchant, deadline: in.Until.Truncate(time.Second), note: "deadline_extended", attention: l.state.NeedsAttention})
	l.reminded = 0
	l.nudge()
	return l.state, err
}

func (l *linked) validateContact(ctx workflow.Context, in contract.ChangeContactInput) error {
	if _, err := remittance.ParseContactID(string(in.Contact)); err != nil {
		return refuse(contract.ErrTypeInvalid, err.Error())
	}
	return l.stillOpen(ctx)
}

// changeContact sends a new link to the new contact and makes the earlier ones
// useless, whoever has them.
func (l *linked) changeContact(ctx workflow.Context, in contract.ChangeContactInput) (contract.State, error) {
	l.terms.Contact = in.Contact
	n := l.notice(l.invitation())
	n.Renew = true
	l.outbox.waiting = nil // what has not gone out must not go to the old contact
	l.outbox.put(n)
	return l.state, l.note(ctx, "contact_changed", false)
}

func (l *linked) validateReissue(ctx workflow.Context, _ contract.ReissueInput) error {
	switch {
	case !l.cashIsOut() || l.cancel != nil:
		return refuse(contract.ErrTypeTooLate, "it has no numbers that could be replaced")
	case !workflow.Now(ctx).Before(*l.state.Deadline):
		return refuse(contract.ErrTypeTooLate, "its deadline has passed")
	case l.reissues >= l.way.MaxReissues:
		return refuse(contract.ErrTypeTooLate, "its numbers have been replaced as often as allowed")
	}
	return nil
}

// reissueUpdate answers when new numbers are in the vault.
func (l *linked) reissueUpdate(ctx workflow.Context, in contract.ReissueInput) (contract.State, error) {
	req := l.reissue
	if req == nil { // two who ask at once get the same new numbers
		req = &reissueRequest{actor: in.Actor}
		l.reissue = req
		l.nudge()
	}
	err := workflow.Await(ctx, func() bool { return req.done || req.err != nil || l.state.Final || !l.state.InFlight })
	switch {
	case err == nil && req.err != nil:
		err = req.err
	case err == nil && !req.done:
		err = refuse(contract.ErrTypeTooLate, "it has ended as "+string(l.state.Status))
	}
	return l.state, err
}
