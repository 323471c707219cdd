package orders

import (
	"context"
	"strconv"
	"unicode/utf8"

	"soukin/internal/vault"
	"soukin/remittance"
)

// maxLabel bounds what a merchant may call an account.
const maxLabel = 100

// AddAccount keeps a payee's account for later orders. The same account given
// again has the same id. Errors: [Faults], [CodeNotFound], [CodeUnavailable].
func (s *Service) AddAccount(ctx context.Context, m remittance.MerchantID, p Payee, label string) (vault.AccountEntry, []Notice, error) {
	payee, faults := p.trimmed().parse()
	if utf8.RuneCountInString(label) > maxLabel {
		faults = append(faults, fault(RuleLabelLong, "label", value{"limit", strconv.Itoa(maxLabel)}))
	}
	if len(faults) > 0 {
		return vault.AccountEntry{}, nil, faults
	}
	if _, err := s.merchant(ctx, m, "merchant"); err != nil {
		return vault.AccountEntry{}, nil, err
	}
	id, err := s.account(ctx, m, payee, label)
	if err != nil {
		return vault.AccountEntry{}, nil, err
	}
	entry, err := s.ShowAccount(ctx, m, id)
	return entry, payee.notices, err
}

// ListAccounts gives a merchant's accounts, masked, in the order they were
// given, limit at a time; after is the last id of the page before, or empty.
// Errors: [Faults], [CodeNotFound], [CodeUnavailable].
func (s *Service) ListAccounts(ctx context.Context, m remittance.MerchantID, limit int, after remittance.AccountID) ([]vault.AccountEntry, error) {
	if limit < 1 || limit > maxPage {
		return nil, badList("limit "+strconv.Itoa(limit), nil)
	}
	if _, err := s.merchant(ctx, m, "merchant"); err != nil {
		return nil, err
	}
	list, err := s.Vault.List(ctx, m, limit, after)
	return list, trouble(err)
}

// ShowAccount gives one account, masked. Errors: [CodeNotFound],
// [CodeUnavailable].
func (s *Service) ShowAccount(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) (vault.AccountEntry, error) {
	entry, err := s.Vault.Show(ctx, m, id)
	if err != nil {
		return vault.AccountEntry{}, ofVault(err)
	}
	return entry, nil
}

// DeleteAccount shreds an account that no open remittance uses. An order that is
// being taken in this very moment may still name it; the instruction is then
// refused before anything is sent, and waits for a correction. Errors:
// [CodeNotFound], [CodeConflict], [CodeUnavailable].
func (s *Service) DeleteAccount(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) error {
	users, err := s.Record.OpenWithAccount(ctx, m, id)
	if err != nil {
		return trouble(err)
	}
	if len(users) > 0 {
		return fault(RuleAccountInUse, "account", value{"value", string(users[0].Ref.Remittance)})
	}
	if err := s.Vault.Delete(ctx, m, id); err != nil {
		return ofVault(err)
	}
	return nil
}
