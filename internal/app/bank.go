package app

import (
	"context"
	"errors"
	"time"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/internal/calendar"
	"soukin/internal/rails/bank"
	"soukin/internal/vault"
	"soukin/remittance"
)

// bankRail fits the bank's client to the port of the activities: it opens the
// payee's account at the last moment, dates the instruction, and knows when an
// execution is final.
type bankRail struct {
	client     *bank.Client
	vault      *vault.Vault
	calendar   *calendar.Calendar
	finality   config.Finality
	remitter   string
	visibility time.Duration
}

// NewBankRail makes the port from the bank's client and the vault.
func NewBankRail(cfg config.Bank, client *bank.Client, v *vault.Vault) activities.Rail {
	return &bankRail{
		client: client, vault: v, calendar: calendar.New(calendar.Settings{}), finality: cfg.Finality,
		remitter: cfg.RemitterName, visibility: cfg.Policy.VisibilityDelay,
	}
}

func (b *bankRail) Submit(ctx context.Context, t activities.Instruction) (contract.SubmitResult, error) {
	payee, err := b.payee(ctx, t)
	if err != nil {
		return contract.SubmitResult{}, err
	}
	receipt, err := b.client.Submit(ctx, b.transfer(t, payee))
	if err != nil {
		return contract.SubmitResult{}, err
	}
	return contract.SubmitResult{RailRef: receipt.ApplyNo, AwaitsApproval: receipt.Progress == bank.RequestWaiting}, nil
}

func (b *bankRail) transfer(t activities.Instruction, payee bank.Payee) bank.Transfer {
	return bank.Transfer{
		Key: t.Key, Amount: t.Amount, Payee: payee, RemitterName: b.remitter,
		// A day that is no bank day is moved to the next one: the money should go,
		// not the instruction fail.
		Date: t.At, HolidayCode: bank.HolidayNextBankDay,
	}
}

// payee opens the account. Nothing has been sent yet, so whatever goes wrong
// is NotSent; an account that was deleted or never existed stays refused.
func (b *bankRail) payee(ctx context.Context, t activities.Instruction) (bank.Payee, error) {
	account, err := b.vault.Get(ctx, t.Key.Merchant, t.Account)
	if errors.Is(err, vault.ErrNotFound) {
		return bank.Payee{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.BadDetails, Code: "not sent, the account is not in the vault", Cause: err}
	}
	if err != nil {
		return bank.Payee{}, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "the vault does not open", Cause: err}
	}
	return bank.Payee{
		BankCode: account.Bank, BranchCode: account.Branch, AccountType: account.Type,
		Number: account.Number(), Name: account.Name(),
	}, nil
}

func (b *bankRail) State(ctx context.Context, in activities.Instruction, railRef string) (contract.RailState, error) {
	ordered, err := b.ordered(ctx, in)
	if err != nil {
		return contract.RailState{}, err
	}
	s, err := b.client.Status(ctx, railRef, ordered)
	if err != nil {
		return contract.RailState{}, err
	}
	return stateOf(s), nil
}

func (b *bankRail) Find(ctx context.Context, in activities.Instruction, visibleAfter time.Time) (contract.RailState, error) {
	ordered, err := b.ordered(ctx, in)
	if err != nil {
		return contract.RailState{}, err
	}
	s, err := b.client.Find(ctx, ordered, in.At, visibleAfter.Add(-b.visibility))
	if err != nil {
		return contract.RailState{}, err
	}
	if s == nil {
		return contract.RailState{Stage: contract.StageNotFound}, nil
	}
	return stateOf(*s), nil
}

// ordered is the instruction to compare with. An account that has been deleted
// since makes the comparison weaker, not the enquiry impossible.
func (b *bankRail) ordered(ctx context.Context, in activities.Instruction) (bank.Transfer, error) {
	payee, err := b.payee(ctx, in)
	var rail *remittance.RailError
	if errors.As(err, &rail) && rail.Outcome != remittance.OutcomeRejected {
		return bank.Transfer{}, err
	}
	return b.transfer(in, payee), nil
}

var stages = map[bank.Stage]contract.Stage{
	bank.StageApproval:  contract.StageApproval,
	bank.StageWaiting:   contract.StageWaiting,
	bank.StageExecuted:  contract.StageExecuted,
	bank.StageRecalling: contract.StageRecalling,
	// The recall failed, so the recipient keeps the money: executed.
	bank.StageRecallRefused: contract.StageExecuted,
	bank.StageReturned:      contract.StageReturned,
	bank.StageNotExecuted:   contract.StageNotExecuted,
}

// stateOf leaves stages it does not know unknown.
func stateOf(s bank.State) contract.RailState {
	return contract.RailState{Stage: stages[s.Stage], RailRef: s.ApplyNo, Reason: s.Reason, Code: s.Code}
}

func (b *bankRail) Cancel(ctx context.Context, _ activities.Instruction, railRef string) error {
	answer, err := b.client.Cancel(ctx, railRef)
	if err != nil {
		return err
	}
	if answer.Refused {
		return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: answer.Code}
	}
	return nil
}

func (b *bankRail) FinalAfter(executed time.Time) time.Time {
	if b.finality.BankDays > 0 {
		return b.calendar.FinalityDeadline(executed, b.finality.BankDays)
	}
	return executed.Add(b.finality.Elapsed)
}

// NewBankClient makes the client of the bank from the settings. observe, if
// not nil, is told of every call.
func NewBankClient(cfg config.Bank, observe func(operation string, outcome remittance.Outcome, took time.Duration), now func() time.Time) (*bank.Client, error) {
	codes := make(map[string]bank.CodeMeaning, len(cfg.ErrorCodes))
	for code, text := range cfg.ErrorCodes {
		outcome, reason, err := config.ParseCodeMeaning(text)
		if err != nil {
			return nil, err
		}
		codes[code] = bank.CodeMeaning{Outcome: outcome, Reason: reason}
	}
	return bank.New(bank.Settings{
		BaseURL: cfg.APIURL, AuthURL: cfg.AuthURL,
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret.Reveal(), ClientAuth: bank.ClientAuth(cfg.ClientAuth),
		RedirectURL: cfg.RedirectURL, Scopes: cfg.Scopes,
		AccountID: cfg.AccountID, Timeout: cfg.Timeout,
		HonoursIdempotencyKey: cfg.HonoursKeys, VisibilityDelay: cfg.Policy.VisibilityDelay,
		NeedsApproval: cfg.NeedsApproval, BusinessID: cfg.BusinessID, ErrorCodes: codes,
		Now: now, OnCall: observe,
	}, bank.NewFileStore(cfg.Token), nil)
}
