package app

import (
	"context"
	"time"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/internal/rails/aupay"
	"soukin/internal/rails/bearer"
	"soukin/internal/vault"
	"soukin/remittance"
)

// auPayRail fits the client of au PAY to the port of the activities: it opens
// the member number at the last moment. A charge is for good at once.
type auPayRail struct {
	client *aupay.Client
	vault  *vault.Vault
	now    func() time.Time
}

func openAuPayRail(_ context.Context, cfg config.Config, n railNeeds, _ *closers) (openRail, error) {
	observe, err := n.metrics.OnCall(remittance.RailAuPay)
	if err != nil {
		return openRail{}, err
	}
	client, err := aupay.New(bearer.Settings{
		BaseURL: cfg.AuPay.APIURL, Token: cfg.AuPay.Token.Reveal(), Timeout: cfg.AuPay.Timeout, Now: n.now, OnCall: observe,
	}, nil)
	if err != nil {
		return openRail{}, err
	}
	return openRail{remittance.RailAuPay, &auPayRail{client, n.vault, n.now}, true, cfg.AuPay.Rate, cfg.AuPay.Concurrency}, nil
}

func (a *auPayRail) Submit(ctx context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	wallet, err := walletOf(ctx, a.vault, remittance.RailAuPay, in, remittance.UnknownMember)
	if err != nil {
		return contract.SubmitResult{}, err
	}
	no, err := a.client.Submit(ctx, aupay.Charge{Key: in.Key, Member: wallet.Number(), Amount: in.Amount})
	if err != nil {
		return contract.SubmitResult{}, err
	}
	return contract.SubmitResult{RailRef: no, Stage: contract.StageSettled}, nil
}

// State asks by the charge_id, the only way au PAY has. It gave its number for a
// charge that it executed, so every other answer is a contradiction.
func (a *auPayRail) State(ctx context.Context, in activities.Instruction, railRef string) (contract.RailState, error) {
	s, err := a.client.Find(ctx, in.Key, in.Amount)
	if err != nil {
		return contract.RailState{}, err
	}
	if s.Stage != aupay.Executed || s.TransactionNo != railRef {
		return contract.RailState{}, otherNumber()
	}
	return contract.RailState{Stage: contract.StageSettled, RailRef: railRef}, nil
}

func (a *auPayRail) Find(ctx context.Context, in activities.Instruction, visibleAfter time.Time) (contract.RailState, error) {
	asked := a.now() // before the answer: what is on its way may arrive meanwhile
	s, err := a.client.Find(ctx, in.Key, in.Amount)
	if err != nil {
		return contract.RailState{}, err
	}
	switch {
	case s.Stage == aupay.Executed:
		return contract.RailState{Stage: contract.StageSettled, RailRef: s.TransactionNo}, nil
	case s.Stage == aupay.Refused:
		return contract.RailState{Stage: contract.StageNotExecuted, Reason: s.Reason, Code: s.Code}, nil
	case s.Stage == aupay.NeverReceived && !asked.Before(visibleAfter):
		return contract.RailState{Stage: contract.StageNotFound}, nil
	}
	return contract.RailState{}, nil
}

// Cancel is always too late: au PAY knows no way to take a charge back.
func (a *auPayRail) Cancel(context.Context, activities.Instruction, string) error {
	return cannotBeCalledOff("a charge is for good")
}

// FinalAfter is never asked: a charge settles at once.
func (a *auPayRail) FinalAfter(executed time.Time) time.Time { return executed }
