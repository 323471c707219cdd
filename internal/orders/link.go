package orders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"soukin/contract"
	"soukin/internal/link"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

// openLink keeps what the recipient will be asked and where they are reached.
// It is repeatable: the same order gives the same link.
func (s *Service) openLink(ctx context.Context, ref remittance.Ref, p parsedRecipient) (remittance.ContactID, error) {
	err := s.Links.Create(ctx, ref, p.codes)
	if errors.Is(err, link.ErrConflict) {
		return "", fault(RuleOtherBody, "remittance_id").because(err)
	}
	if err != nil {
		return "", trouble(err)
	}
	if err := s.Links.Describe(ctx, ref, p.about); err != nil {
		return "", trouble(err)
	}
	if !p.reached {
		return "", nil
	}
	id, err := s.Vault.PutContact(ctx, ref.Merchant, p.contact)
	return id, trouble(err)
}

// Resend sends the link again. Errors: [CodeNotFound], [CodeTooLate],
// [CodeUnavailable].
func (s *Service) Resend(ctx context.Context, ref remittance.Ref) (contract.State, error) {
	row, err := s.asking(ctx, ref)
	if err != nil {
		return contract.State{}, err
	}
	return s.update(ctx, ref, contract.UpdateResend, fmt.Sprintf("resend/%d", row.Seq), RuleLinkTooLate)
}

// Extend gives the recipient until a later instant. Errors: [Faults],
// [CodeNotFound], [CodeTooLate], [CodeUnavailable].
func (s *Service) Extend(ctx context.Context, ref remittance.Ref, until time.Time) (contract.State, error) {
	row, err := s.asking(ctx, ref)
	if err != nil {
		return contract.State{}, err
	}
	if NumbersOut(row) {
		return contract.State{}, fault(RuleNumbersOut, "until") // their deadline is the network's
	}
	if row.Deadline == nil || !until.After(*row.Deadline) || until.After(row.CreatedAt.AddDate(0, 0, 2*maxDays)) {
		return contract.State{}, Faults{fault(RuleUntil, "until")}
	}
	return s.update(ctx, ref, contract.UpdateExtend, fmt.Sprintf("extend/%d/%d", row.Deadline.Unix(), until.Unix()), RuleLinkTooLate, contract.ExtendInput{Until: until})
}

// ChangeContact sends the link to another address or number and ends the
// earlier ones. Errors: [Faults], [CodeNotFound], [CodeTooLate], [CodeUnavailable].
func (s *Service) ChangeContact(ctx context.Context, ref remittance.Ref, email, phone string) (contract.State, error) {
	row, err := s.asking(ctx, ref)
	if err != nil {
		return contract.State{}, err
	}
	var p parsedRecipient
	if faults := p.parseContact(email, phone); len(faults) > 0 {
		return contract.State{}, faults
	}
	if !p.reached {
		return contract.State{}, Faults{fault(RuleEmail, "email")}
	}
	id, err := s.Vault.PutContact(ctx, ref.Merchant, p.contact)
	if err != nil {
		return contract.State{}, trouble(err)
	}
	// At once, not with the next notice: who has the old link may be the wrong person.
	if err := s.Links.Revoke(ctx, ref); err != nil {
		return contract.State{}, s.ofLink(err)
	}
	return s.update(ctx, ref, contract.UpdateChangeContact, fmt.Sprintf("contact/%d/%s", row.Seq, id), RuleLinkTooLate, contract.ChangeContactInput{Contact: id})
}

// Unlock lets a recipient try the codes again. Errors: [CodeNotFound],
// [CodeUnavailable].
func (s *Service) Unlock(ctx context.Context, ref remittance.Ref, by remittance.Actor) error {
	if _, err := s.remittance(ctx, ref); err != nil {
		return err
	}
	return s.ofLink(s.Links.Unlock(ctx, ref, by))
}

// LinkStatus tells how many links are out and whether the codes are locked.
// Errors: [CodeNotFound], [CodeUnavailable].
func (s *Service) LinkStatus(ctx context.Context, ref remittance.Ref) (link.Summary, error) {
	if _, err := s.remittance(ctx, ref); err != nil {
		return link.Summary{}, err
	}
	summary, err := s.Links.Show(ctx, ref)
	return summary, s.ofLink(err)
}

// ShowLink makes another link for the merchant to hand over by itself, where
// its settings allow that: whoever reads it can act as the recipient. Errors:
// [CodeNotFound], [CodeTooLate], [CodeConflict], [CodeUnavailable].
func (s *Service) ShowLink(ctx context.Context, ref remittance.Ref) (string, error) {
	if _, err := s.asking(ctx, ref); err != nil {
		return "", err
	}
	merchant, err := s.merchant(ctx, ref.Merchant, "merchant")
	if err != nil {
		return "", err
	}
	if !merchant.Settings.Link.MayShow {
		return "", fault(RuleMayNotShow, "")
	}
	token, err := s.Links.Issue(ctx, ref)
	if err != nil {
		return "", s.ofLink(err)
	}
	return s.Settings.PageURL(token), nil
}

// asking gives a remittance that waits for its recipient.
func (s *Service) asking(ctx context.Context, ref remittance.Ref) (record.Remittance, error) {
	row, err := s.remittance(ctx, ref)
	switch {
	case err != nil:
		return row, err
	case !row.Pattern.HasPage():
		return row, fault(RuleNoLink, "remittance_id")
	case row.Status != remittance.AwaitingRecipient:
		return row, tooLate(RuleLinkTooLate, row.Status)
	}
	return row, nil
}

func (s *Service) ofLink(err error) error {
	if errors.Is(err, link.ErrUnknown) {
		return fault(RuleNoLink, "remittance_id").because(err)
	}
	return trouble(err)
}

// Told gives what a notice to a recipient needs beyond the workflow's words.
func (s *Service) Told(ctx context.Context, ref remittance.Ref, contact remittance.ContactID) (Told, error) {
	merchant, err := s.merchant(ctx, ref.Merchant, "merchant")
	if err != nil {
		return Told{}, err
	}
	about, err := s.Links.About(ctx, ref)
	if err != nil {
		return Told{}, s.ofLink(err)
	}
	summary, err := s.Links.Show(ctx, ref)
	if err != nil {
		return Told{}, s.ofLink(err)
	}
	to, err := s.Vault.Contact(ctx, ref.Merchant, contact)
	return Told{merchant, about, summary.Labels, to}, err
}

// Told is who is told and in whose name.
type Told struct {
	Merchant record.Merchant
	About    link.About
	Labels   []string // what the codes are called
	To       vault.Contact
}
