package orders

import (
	"context"
	"errors"

	"soukin/contract"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/remittance"
)

// Funding is what [Service.Fund] did.
type Funding struct {
	Balances ledger.Balances `json:"balances"` // after it
	// Woken is how many waiting remittances were told. One that was not hears of
	// it by itself at its next look.
	Woken int `json:"woken"`
}

// Fund credits a merchant with money that arrived at our bank, once for each
// statement item, and wakes the remittances that now fit into the balance, the
// oldest first. One that does not fit does not hold up those behind it. Errors:
// [Faults], [CodeNotFound], [CodeConflict], [CodeUnavailable].
func (s *Service) Fund(ctx context.Context, m remittance.MerchantID, item string, amount remittance.Yen) (Funding, error) {
	if _, err := remittance.ParseMerchantID(string(m)); err != nil {
		return Funding{}, Faults{fault(RuleMerchantID, "merchant").because(err)}
	}
	entry, err := ledger.Fund(m, item, amount)
	switch {
	case errors.Is(err, remittance.ErrAmount):
		return Funding{}, Faults{fault(RuleAmountForm, "amount").because(err)}
	case err != nil:
		return Funding{}, Faults{fault(RuleItem, "item").because(err)}
	}
	if _, err := s.merchant(ctx, m, "merchant"); err != nil {
		return Funding{}, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error { return s.Ledger.Post(ctx, tx, entry) })
	switch {
	case errors.Is(err, ledger.ErrConflict):
		return Funding{}, fault(RuleOtherFunding, "item").because(err)
	case err != nil:
		return Funding{}, trouble(err)
	}
	balances, err := s.Ledger.Balances(ctx, m)
	if err != nil {
		return Funding{}, trouble(err)
	}
	woken, err := s.wake(ctx, m, balances.Available)
	return Funding{balances, woken}, err
}

// wake leaves errors of Temporal aside: the signal is a hint.
func (s *Service) wake(ctx context.Context, m remittance.MerchantID, available remittance.Yen) (int, error) {
	waiting, err := s.Record.WaitingForFunds(ctx, m)
	if err != nil {
		return 0, trouble(err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.Settings.AnswerWithin)
	defer cancel()
	woken := 0
	for _, row := range waiting {
		if row.Amount > available {
			continue
		}
		if s.Temporal.SignalWorkflow(ctx, row.WorkflowID(), "", contract.SignalFunds, nil) == nil {
			available -= row.Amount
			woken++
		}
	}
	return woken, nil
}
