package orders

import (
	"context"

	"soukin/contract"
	"soukin/remittance"
)

// terms are the prices, limits and patience of one merchant on one rail.
type terms struct {
	cap            remittance.Yen
	full, sameBank remittance.Yen
	ownBank        string
	policy         contract.RailPolicy
}

// terms puts the merchant's settings over the installation's. The merchant of a
// request that is wrong anyway may be empty: it has the installation's.
func (s *Service) terms(ctx context.Context, m remittance.MerchantID, rail remittance.Rail) (terms, error) {
	t := terms{
		cap: min(s.Settings.Cap, remittance.LegalCap), full: s.Settings.Fee, sameBank: s.Settings.FeeSameBank,
		ownBank: s.Settings.OwnBank, policy: s.Settings.Policy,
	}
	if m == "" {
		return t, nil
	}
	merchant, err := s.merchant(ctx, m, "merchant")
	if err != nil {
		return t, err
	}
	agreed := merchant.Settings.Rails[rail]
	if agreed.Cap != nil {
		t.cap = min(t.cap, *agreed.Cap)
	}
	if agreed.Fee != nil {
		t.full = *agreed.Fee
	}
	if agreed.FeeSameBank != nil {
		t.sameBank = *agreed.FeeSameBank
	}
	if merchant.Settings.CorrectionWindow != nil {
		t.policy.CorrectionWindow = *merchant.Settings.CorrectionWindow
	}
	return t, nil
}

// fee is what an executed attempt to a bank costs.
func (t terms) fee(bank string) remittance.Yen {
	if t.ownBank != "" && bank == t.ownBank {
		return t.sameBank
	}
	return t.full
}
