package orders

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/link"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Designation is the way that a recipient chose and where the money goes on it.
// Of the other fields the one that belongs to the way counts. It prints and logs
// as nothing.
type Designation struct {
	Rail       remittance.Rail // empty: the link's only way
	Account    zengin.Input    // for a bank account, as typed
	Member     string          // for au PAY, as typed
	AmazonUser string          // for gift card balance, as Login with Amazon gave it
}

// Format is masked for every verb.
func (d Designation) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "designation on %q", d.Rail) }

// LogValue is masked.
func (d Designation) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(d)) }

// Designate takes what a recipient chose, and answers when it is decided that
// the money goes there. Choosing the same again while it is the one is no error.
// Errors: [zengin.FieldErrors] and [Faults], as they are shown at the fields;
// [CodeNotFound], [CodeTooLate] when something else was chosen before, the way
// is not offered (any more) or the link is closed, [CodeUnavailable].
func (s *Service) Designate(ctx context.Context, ref remittance.Ref, d Designation) (contract.State, error) {
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return contract.State{}, err
	}
	if d.Rail == "" {
		d.Rail = row.Pattern.Rail()
	}
	open := row.Status == remittance.AwaitingRecipient && !row.InFlight
	if open && !slices.Contains(offered(row), d.Rail) {
		return contract.State{}, fault(RuleNoWay, "rail", value{"value", string(d.Rail)})
	}
	id, err := s.destination(ctx, ref, d)
	if err != nil {
		return contract.State{}, err
	}
	if !open {
		return s.namedBefore(row, d.Rail, id)
	}
	state, err := s.update(ctx, ref, contract.UpdateDesignate, fmt.Sprintf("designate/%d/%s/%s", row.Instructed+1, d.Rail, id), RuleLinkTooLate,
		contract.DesignateInput{Rail: d.Rail, Account: id})
	var late *Error
	if errors.As(err, &late) && late.Code == CodeTooLate {
		if row, err = s.remittance(ctx, ref); err == nil {
			return s.namedBefore(row, d.Rail, id)
		}
	}
	return state, err
}

// destination judges what was typed and keeps it. Cash and gift codes go to
// nobody in particular.
func (s *Service) destination(ctx context.Context, ref remittance.Ref, d Designation) (remittance.AccountID, error) {
	switch d.Rail {
	case remittance.RailBank:
		account, _, err := zengin.ParseAccount(d.Account)
		if err != nil {
			return "", err
		}
		id, err := s.Vault.Put(ctx, ref.Merchant, sealable(account), "")
		return id, trouble(err)
	case remittance.RailAuPay:
		member, err := s.Settings.AuPay.parseMember(d.Member)
		if err != nil {
			return "", err
		}
		return s.wallet(ctx, ref, d.Rail, member)
	case remittance.RailAmazon:
		about, err := s.Links.About(ctx, ref)
		if err != nil {
			return "", s.ofLink(err)
		}
		if formOf(about, d.Rail) == remittance.GiftCode {
			return "", nil
		}
		if d.AmazonUser == "" {
			return "", Faults{fault(RuleNoLogin, "amazon_user")}
		}
		return s.wallet(ctx, ref, d.Rail, d.AmazonUser)
	}
	return "", nil
}

func (s *Service) wallet(ctx context.Context, ref remittance.Ref, rail remittance.Rail, number string) (remittance.AccountID, error) {
	id, err := s.Vault.PutWallet(ctx, ref.Merchant, vault.NewWallet(rail, "", number))
	return id, trouble(err)
}

// parseMember takes a member number as people write it: in groups, with
// hyphens, in full-width digits.
func (a AuPaySettings) parseMember(typed string) (string, error) {
	member := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune(hyphens, r):
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, typed)
	if !a.Member.MatchString(member) {
		return "", Faults{fault(RuleMember, "member")}
	}
	return member, nil
}

// hyphens are what keyboards give for one: minus signs, dashes, the long vowel.
const hyphens = "-‐‑‒–—―−－ー"

// offered are the ways of a remittance that waits for its recipient. Rows from
// before there were several name none.
func offered(row record.Remittance) []remittance.Rail {
	if len(row.Ways) > 0 {
		return row.Ways
	}
	return []remittance.Rail{row.Pattern.Rail()}
}

func formOf(about link.About, rail remittance.Rail) remittance.GiftForm {
	for _, w := range about.Ways {
		if w.Rail == rail {
			return w.Form
		}
	}
	return ""
}

// namedBefore forgives a double click and refuses everybody else.
func (s *Service) namedBefore(row record.Remittance, rail remittance.Rail, id remittance.AccountID) (contract.State, error) {
	underWay := row.InFlight
	switch row.Status {
	case remittance.Processing, remittance.Checking, remittance.Sent, remittance.Paid:
		underWay = true
	}
	on := cmp.Or(row.Rail, row.Pattern.Rail())
	if underWay && on == rail && row.Account == id {
		return books.StateOf(row), nil
	}
	if NumbersOut(row) {
		return contract.State{}, fault(RuleNumbersOut, "rail")
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
