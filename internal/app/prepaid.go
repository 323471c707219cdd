package app

import (
	"context"
	"time"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/internal/rails/bearer"
	"soukin/internal/rails/prepaid"
	"soukin/internal/vault"
	"soukin/remittance"
)

// prepaidRail fits the client of the prepaid issuers to the port of the
// activities. Its destination is a purchase, which stands for the card that paid
// it. A refund is for good at once.
type prepaidRail struct {
	client *prepaid.Client
	vault  *vault.Vault
	now    func() time.Time
}

func openPrepaidRail(_ context.Context, cfg config.Config, n railNeeds, _ *closers) (openRail, error) {
	observe, err := n.metrics.OnCall(remittance.RailPrepaid)
	if err != nil {
		return openRail{}, err
	}
	client, err := prepaid.New(bearer.Settings{
		BaseURL: cfg.Prepaid.APIURL, Token: cfg.Prepaid.Token.Reveal(), Timeout: cfg.Prepaid.Timeout, Now: n.now, OnCall: observe,
	}, nil)
	if err != nil {
		return openRail{}, err
	}
	return openRail{remittance.RailPrepaid, &prepaidRail{client, n.vault, n.now}, true, cfg.Prepaid.Rate, cfg.Prepaid.Concurrency}, nil
}

func (p *prepaidRail) Submit(ctx context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	purchase, err := walletOf(ctx, p.vault, remittance.RailPrepaid, in, remittance.PurchaseUnknown)
	if err != nil {
		return contract.SubmitResult{}, err
	}
	no, err := p.client.Submit(ctx, prepaid.Refund{Key: in.Key, Issuer: purchase.Issuer, Purchase: purchase.Number(), Amount: in.Amount})
	if err != nil {
		return contract.SubmitResult{}, err
	}
	return contract.SubmitResult{RailRef: no, Stage: contract.StageSettled}, nil
}

// State asks by the refund_id, the only way the issuers have. They gave a number
// for a refund that was executed, so every other answer is a contradiction.
func (p *prepaidRail) State(ctx context.Context, in activities.Instruction, railRef string) (contract.RailState, error) {
	s, err := p.client.Find(ctx, in.Key, in.Amount)
	if err != nil {
		return contract.RailState{}, err
	}
	if s.Stage != prepaid.Refunded || s.RefundNo != railRef {
		return contract.RailState{}, otherNumber()
	}
	return contract.RailState{Stage: contract.StageSettled, RailRef: railRef}, nil
}

func (p *prepaidRail) Find(ctx context.Context, in activities.Instruction, visibleAfter time.Time) (contract.RailState, error) {
	asked := p.now() // before the answer: what is on its way may arrive meanwhile
	s, err := p.client.Find(ctx, in.Key, in.Amount)
	if err != nil {
		return contract.RailState{}, err
	}
	switch {
	case s.Stage == prepaid.Refunded:
		return contract.RailState{Stage: contract.StageSettled, RailRef: s.RefundNo}, nil
	case s.Stage == prepaid.Refused:
		return contract.RailState{Stage: contract.StageNotExecuted, Reason: s.Reason, Code: s.Code}, nil
	case s.Stage == prepaid.NeverReceived && !asked.Before(visibleAfter):
		return contract.RailState{Stage: contract.StageNotFound}, nil
	}
	return contract.RailState{}, nil
}

// Cancel is always too late: the issuers know no way to take a refund back.
func (p *prepaidRail) Cancel(context.Context, activities.Instruction, string) error {
	return cannotBeCalledOff("a refund is for good")
}

// FinalAfter is never asked: a refund settles at once.
func (p *prepaidRail) FinalAfter(executed time.Time) time.Time { return executed }
