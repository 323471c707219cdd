package orders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/record"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Designate takes the account that a recipient named, and answers when it is
// decided that the money goes there. Naming the same account again while it is
// the one is no error. Errors: [zengin.FieldErrors], as they are shown at the
// fields; [CodeNotFound], [CodeTooLate] when another account was named before or
// the link is closed, [CodeUnavailable].
func (s *Service) Designate(ctx context.Context, ref remittance.Ref, in zengin.Input) (contract.State, error) {
	account, _, err := zengin.ParseAccount(in)
	if err != nil {
		return contract.State{}, err
	}
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return contract.State{}, err
	}
	id, err := s.Vault.Put(ctx, ref.Merchant, sealable(account), "")
	if err != nil {
		return contract.State{}, trouble(err)
	}
	if row.Status != remittance.AwaitingRecipient {
		return s.namedBefore(row, id)
	}
	state, err := s.update(ctx, ref, contract.UpdateDesignate, fmt.Sprintf("designate/%d/%s", row.Instructed+1, id), RuleLinkTooLate,
		contract.DesignateInput{Account: id})
	var late *Error
	if errors.As(err, &late) && late.Code == CodeTooLate {
		if row, err = s.remittance(ctx, ref); err == nil {
			return s.namedBefore(row, id)
		}
	}
	return state, err
}

// namedBefore forgives a double click and refuses everybody else.
func (s *Service) namedBefore(row record.Remittance, id remittance.AccountID) (contract.State, error) {
	switch row.Status {
	case remittance.Processing, remittance.Checking, remittance.Sent, remittance.Paid:
		if row.Account == id {
			return books.StateOf(row), nil
		}
	}
	return contract.State{}, tooLate(RuleLinkTooLate, row.Status)
}

// Decline gives the money back to the merchant in the recipient's name.
// Declining again is no error. Errors: [CodeNotFound], [CodeTooLate],
// [CodeUnavailable].
func (s *Service) Decline(ctx context.Context, ref remittance.Ref) (contract.State, error) {
	row, err := s.remittance(ctx, ref)
	switch {
	case err != nil:
		return contract.State{}, err
	case row.Status == remittance.Cancelled && row.Reason == remittance.DeclinedReason:
		return books.StateOf(row), nil
	}
	return s.update(ctx, ref, contract.UpdateDecline, fmt.Sprintf("decline/%d", row.Seq), RuleLinkTooLate)
}

// Asked is a remittance with what its recipient is told of it.
type Asked struct {
	State      contract.State
	Merchant   record.Merchant
	Purpose    string
	Created    time.Time
	Updated    time.Time
	Designated time.Time // when the account that counts was named; zero before
}

// Asked gives what a recipient may see. Errors: [CodeNotFound], [CodeUnavailable].
func (s *Service) Asked(ctx context.Context, ref remittance.Ref) (Asked, error) {
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return Asked{}, err
	}
	merchant, err := s.merchant(ctx, ref.Merchant, "merchant")
	if err != nil {
		return Asked{}, err
	}
	about, err := s.Links.About(ctx, ref)
	if err != nil {
		return Asked{}, s.ofLink(err)
	}
	steps, err := s.Record.Timeline(ctx, ref)
	if err != nil {
		return Asked{}, trouble(err)
	}
	out := Asked{State: books.StateOf(row), Merchant: merchant, Purpose: about.Purpose, Created: row.CreatedAt}
	for _, step := range steps {
		if step.From != step.To {
			out.Updated = step.At // notes on the timeline are nothing to a recipient
		}
		if step.Actor == remittance.ActorRecipient && step.To == remittance.Processing {
			out.Designated = step.At
		}
	}
	if row.Status == remittance.AwaitingRecipient {
		out.Designated = time.Time{}
	}
	return out, nil
}
