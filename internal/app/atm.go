package app

import (
	"context"
	"errors"
	"time"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/internal/rails/atm"
	"soukin/internal/vault"
	"soukin/remittance"
)

// atmRail fits the client of the ATM network to the port of the activities. The
// numbers that the network answers with go into the vault before anybody is told
// that they are out, and are shredded when nothing can be taken with them.
//
// A write to the vault that fails leaves the outcome unknown: the same call
// under the same key brings the same numbers again.
type atmRail struct {
	client *atm.Client
	vault  *vault.Vault
	now    func() time.Time
}

func openATMRail(_ context.Context, cfg config.Config, n railNeeds, _ *closers) (openRail, error) {
	observe, err := n.metrics.OnCall(remittance.RailATM)
	if err != nil {
		return openRail{}, err
	}
	client, err := atm.New(atm.Settings{
		BaseURL: cfg.ATM.APIURL, Token: cfg.ATM.Token.Reveal(), Timeout: cfg.ATM.Timeout, Now: n.now, OnCall: observe,
	}, nil)
	if err != nil {
		return openRail{}, err
	}
	return openRail{remittance.RailATM, NewATMRail(client, n.vault, n.now), true, cfg.ATM.Rate, cfg.ATM.Concurrency}, nil
}

// NewATMRail makes the port from the network's client and the vault. It is an
// [activities.Reissuer] too.
func NewATMRail(client *atm.Client, v *vault.Vault, now func() time.Time) activities.Rail {
	return &atmRail{client, v, now}
}

func atmOrder(in activities.Instruction) atm.Order {
	return atm.Order{Key: in.Key, Amount: in.Amount, Until: in.Until}
}

func (a *atmRail) Submit(ctx context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	issue, err := a.client.Issue(ctx, atmOrder(in))
	if err != nil {
		return contract.SubmitResult{}, err
	}
	return a.receipt(ctx, in, issue)
}

func (a *atmRail) Reissue(ctx context.Context, in activities.Instruction, railRef string, n int) (contract.SubmitResult, error) {
	issue, err := a.client.Reissue(ctx, atmOrder(in), n)
	if err != nil {
		return contract.SubmitResult{}, err
	}
	if issue.ReceiptNo != railRef {
		return contract.SubmitResult{}, otherNumber()
	}
	return a.receipt(ctx, in, issue)
}

// receipt keeps what is secret and tells the rest. An order that was issued
// earlier may be over or locked by now: the enquiry says so.
func (a *atmRail) receipt(ctx context.Context, in activities.Instruction, issue atm.Issue) (contract.SubmitResult, error) {
	if err := a.keep(ctx, in.Key.Ref, issue); err != nil {
		return contract.SubmitResult{}, err
	}
	out := contract.SubmitResult{RailRef: issue.ReceiptNo}
	switch issue.State {
	case atm.Issued:
		out.Stage, out.Until = contract.StageIssued, &issue.ExpiresAt
	case atm.Withdrawn:
		out.Stage = contract.StageSettled
	}
	return out, nil
}

// keep brings the vault in line with an answer that carries numbers, or none
// because it is over.
func (a *atmRail) keep(ctx context.Context, ref remittance.Ref, issue atm.Issue) error {
	if !open(issue) {
		return a.shred(ctx, ref)
	}
	if err := a.vault.KeepNumbers(ctx, ref, vault.NewNumbers(issue.Numbers.Reveal())); err != nil {
		return &remittance.RailError{Code: "the numbers are out and could not be kept", Cause: err}
	}
	return nil
}

// shred forgets numbers that are good for nothing any more. Whether it is over
// is asked again if they cannot be: it moves no money.
func (a *atmRail) shred(ctx context.Context, ref remittance.Ref) error {
	if err := a.vault.ShredNumbers(ctx, ref); err != nil {
		return &remittance.RailError{Code: "the numbers could not be shredded", Cause: err}
	}
	return nil
}

func open(issue atm.Issue) bool { return issue.State == atm.Issued || issue.State == atm.Locked }

// State asks by our own id, the only way the network has. It gave its number for
// an issue that it has, so "not received" is a contradiction.
func (a *atmRail) State(ctx context.Context, in activities.Instruction, railRef string) (contract.RailState, error) {
	issue, err := a.client.Enquire(ctx, atmOrder(in))
	if err != nil {
		return contract.RailState{}, err
	}
	if issue == nil || issue.ReceiptNo != railRef {
		return contract.RailState{}, otherNumber()
	}
	return a.stateOf(ctx, in, *issue)
}

func (a *atmRail) Find(ctx context.Context, in activities.Instruction, visibleAfter time.Time) (contract.RailState, error) {
	asked := a.now() // before the answer: what is on its way may arrive meanwhile
	issue, err := a.client.Enquire(ctx, atmOrder(in))
	switch {
	case err != nil:
		return contract.RailState{}, err
	case issue != nil:
		return a.stateOf(ctx, in, *issue)
	case asked.Before(visibleAfter):
		return contract.RailState{Code: "not shown yet"}, nil
	}
	return contract.RailState{Stage: contract.StageNotFound}, nil
}

// stateOf leaves states it does not know unknown.
func (a *atmRail) stateOf(ctx context.Context, in activities.Instruction, issue atm.Issue) (contract.RailState, error) {
	out := contract.RailState{RailRef: issue.ReceiptNo}
	switch issue.State {
	case atm.Issued:
		out.Stage, out.Until = contract.StageIssued, &issue.ExpiresAt
	case atm.Locked:
		out.Stage, out.Reason, out.Until = contract.StageLocked, remittance.NumbersLocked, &issue.ExpiresAt
	case atm.Withdrawn:
		out.Stage = contract.StageSettled
	case atm.Cancelled:
		out.Stage, out.Reason = contract.StageNotExecuted, remittance.CancelledByUs
	case atm.Expired:
		out.Stage, out.Reason = contract.StageNotExecuted, remittance.RecipientDeadline
	}
	if !open(issue) {
		return out, a.shred(ctx, in.Key.Ref)
	}
	return out, a.recover(ctx, in, issue)
}

// recover gets numbers that are out and were never kept, because the answer that
// carried them was lost. The network has the issue, so repeating the request
// that made it orders nothing new. Numbers that were replaced are fetched each
// time: those in the vault may be the ones before.
func (a *atmRail) recover(ctx context.Context, in activities.Instruction, known atm.Issue) error {
	_, err := a.vault.Numbers(ctx, in.Key.Ref)
	if err == nil && known.Reissues == 0 {
		return nil
	}
	if err != nil && !errors.Is(err, vault.ErrNotFound) {
		return &remittance.RailError{Code: "the vault does not open", Cause: err}
	}
	order := atm.Order{Key: in.Key, Amount: known.Amount, Until: known.ExpiresAt}
	again := func() (atm.Issue, error) { return a.client.Issue(ctx, order) }
	if known.Reissues > 0 {
		again = func() (atm.Issue, error) { return a.client.Reissue(ctx, order, known.Reissues) }
	}
	issue, err := again()
	var rail *remittance.RailError
	if errors.As(err, &rail) && rail.Outcome == remittance.OutcomeRejected {
		// It ended meanwhile. How, the next enquiry says.
		return &remittance.RailError{Code: "the issue changed while it was asked for", Cause: err}
	}
	if err != nil {
		return err
	}
	return a.keep(ctx, in.Key.Ref, issue)
}

// Cancel calls an issue off. Refused, the cash is out or coming out.
func (a *atmRail) Cancel(ctx context.Context, in activities.Instruction, _ string) error {
	if _, err := a.client.Cancel(ctx, atmOrder(in)); err != nil {
		return err
	}
	return a.shred(ctx, in.Key.Ref)
}

// FinalAfter is never asked: cash is final when it is taken.
func (a *atmRail) FinalAfter(executed time.Time) time.Time { return executed }
