package orders

import (
	"context"
	"errors"

	"soukin/contract"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

// Numbers gives the three numbers that an ATM pays a remittance for, while they
// are out. Whoever has them has the money: show them only to the merchant that
// ordered it, or to its recipient. Errors: [CodeNotFound], [CodeUnavailable].
func (s *Service) Numbers(ctx context.Context, ref remittance.Ref) (vault.Numbers, error) {
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return vault.Numbers{}, err
	}
	if !NumbersOut(row) {
		return vault.Numbers{}, fault(RuleNoNumbers, "remittance_id")
	}
	numbers, err := s.Vault.Numbers(ctx, ref)
	if errors.Is(err, vault.ErrNotFound) {
		return vault.Numbers{}, fault(RuleNoNumbers, "remittance_id").because(err)
	}
	return numbers, trouble(err)
}

// NumbersOut reports whether the recipient of a remittance has, or can be given,
// numbers for an ATM.
func NumbersOut(row record.Remittance) bool {
	return row.Status == remittance.AwaitingRecipient && row.InFlight && row.Rail == remittance.RailATM
}

// Reissue replaces the numbers of a remittance, which are then worth nothing,
// by new ones. Asked for twice in a row it happens once. Errors: [CodeNotFound],
// [CodeTooLate] when none are out or they were replaced often enough,
// [CodeUnavailable].
func (s *Service) Reissue(ctx context.Context, ref remittance.Ref, by remittance.Actor) (contract.State, error) {
	row, err := s.remittance(ctx, ref)
	switch {
	case err != nil:
		return contract.State{}, err
	case !NumbersOut(row):
		return contract.State{}, tooLate(RuleReissueTooLate, row.Status)
	}
	return s.update(ctx, ref, contract.UpdateReissue, s.repeatable("reissue", row.Seq), RuleReissueTooLate, contract.ReissueInput{Actor: by})
}
