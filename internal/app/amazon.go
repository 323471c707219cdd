package app

import (
	"context"
	"errors"
	"time"

	"soukin/activities"
	"soukin/config"
	"soukin/contract"
	"soukin/internal/rails/amazon"
	"soukin/internal/vault"
	"soukin/remittance"
)

// amazonRail fits the client of the Incentives API to the port of the
// activities: it opens the recipient's login at the last moment and drops claim
// codes. Amazon can only be asked by sending the same request again, so an
// enquiry is another sending under the same id.
type amazonRail struct {
	client *amazon.Client
	vault  *vault.Vault
	now    func() time.Time
	recall time.Duration
}

func openAmazonRail(_ context.Context, cfg config.Config, n railNeeds, _ *closers) (openRail, error) {
	observe, err := n.metrics.OnCall(remittance.RailAmazon)
	if err != nil {
		return openRail{}, err
	}
	client, err := NewAmazonClient(cfg.Amazon, observe, n.now)
	if err != nil {
		return openRail{}, err
	}
	return openRail{remittance.RailAmazon, NewAmazonRail(cfg.Amazon, client, n.vault, n.now), true, cfg.Amazon.Rate, cfg.Amazon.Concurrency}, nil
}

// NewAmazonRail makes the port from the client and the vault.
func NewAmazonRail(cfg config.Amazon, client *amazon.Client, v *vault.Vault, now func() time.Time) activities.Rail {
	return &amazonRail{client, v, now, cfg.CodeRecall}
}

// NewAmazonClient makes the client of the Incentives API from the settings.
// observe, if not nil, is told of every call.
func NewAmazonClient(cfg config.Amazon, observe func(operation string, outcome remittance.Outcome, took time.Duration), now func() time.Time) (*amazon.Client, error) {
	types := make(map[string]amazon.Meaning, len(cfg.ErrorTypes))
	for name, text := range cfg.ErrorTypes {
		outcome, reason, err := config.ParseCodeMeaning(text)
		if err != nil {
			return nil, err
		}
		types[name] = amazon.Meaning{Outcome: outcome, Reason: reason}
	}
	return amazon.New(amazon.Settings{
		Endpoint: cfg.APIURL, Region: cfg.Region, PartnerID: cfg.PartnerID, KeyID: cfg.KeyID, Secret: cfg.Secret.Reveal(),
		AccountType: cfg.AccountType, Timeout: cfg.Timeout, ErrorTypes: types, Now: now, OnCall: observe,
	}, nil)
}

// AmazonFunds asks what is left of the money that was paid in at Amazon. Amazon
// answers it once a second at most.
func AmazonFunds(ctx context.Context, cfg config.Config) (amazon.Funds, error) {
	client, err := NewAmazonClient(cfg.Amazon, nil, nil)
	if err != nil {
		return amazon.Funds{}, err
	}
	return client.Funds(ctx)
}

func (a *amazonRail) Submit(ctx context.Context, in activities.Instruction) (contract.SubmitResult, error) {
	user, err := a.user(ctx, in)
	if err != nil {
		return contract.SubmitResult{}, err
	}
	state, err := a.send(ctx, in, user)
	if err != nil {
		return contract.SubmitResult{}, err
	}
	out := contract.SubmitResult{RailRef: state.RailRef, Stage: state.Stage}
	if state.Stage == contract.StageReturned {
		out.Stage = contract.StageUnknown // a receipt cannot say it; the enquiry that follows does
	}
	return out, nil
}

// send makes the request, for the first time or again. The claim code stays
// behind.
func (a *amazonRail) send(ctx context.Context, in activities.Instruction, user string) (contract.RailState, error) {
	if in.Form != remittance.GiftCode {
		err := a.client.LoadBalance(ctx, amazon.Load{Key: in.Key, Amount: in.Amount, UserID: user})
		return contract.RailState{Stage: contract.StageSettled, RailRef: a.client.Reference(in.Key)}, err
	}
	card, err := a.client.Create(ctx, in.Key, in.Amount)
	if card.Cancelled {
		return contract.RailState{Stage: contract.StageReturned, RailRef: card.ID, Reason: remittance.CancelledByUs}, nil
	}
	return contract.RailState{Stage: contract.StageExecuted, RailRef: card.ID}, err
}

// user opens the login that balance is loaded for; a code needs none.
func (a *amazonRail) user(ctx context.Context, in activities.Instruction) (string, error) {
	if in.Form == remittance.GiftCode {
		return "", nil
	}
	login, err := walletOf(ctx, a.vault, remittance.RailAmazon, in, remittance.LoginRefused)
	if err != nil {
		return "", err
	}
	return login.Number(), nil
}

// State is asked about gifts that were given, which Amazon knows by our own
// request id: the number is what must come back.
func (a *amazonRail) State(ctx context.Context, in activities.Instruction, railRef string) (contract.RailState, error) {
	state, err := a.ask(ctx, in, func(refusal *remittance.RailError) (contract.RailState, error) {
		// It was given once, so a refusal contradicts what Amazon said before.
		return contract.RailState{}, &remittance.RailError{Code: refusal.Code}
	})
	if err == nil && state.RailRef != "" && state.RailRef != railRef {
		return contract.RailState{}, otherNumber()
	}
	return state, err
}

// Find sends the instruction again, unless it must only look. What an earlier
// sending left behind, and what this one is refused for:
//
//	executed, answer lost      the same gift comes back                executed
//	never arrived              executed now, under the same id         executed
//	still under way            Amazon takes the id once, whichever     executed
//	                           of the two is first
//	refused now, soon          the earlier one may still be under way  unknown
//	refused now, later         neither was executed                    not executed
//
// A sending of this enquiry itself may be under way when a later one is refused.
// It would meet the same refusal: of an amount or an account for ever, of a
// day's limit until midnight, and Amazon takes no signature older than a quarter
// of an hour.
func (a *amazonRail) Find(ctx context.Context, in activities.Instruction, visibleAfter time.Time) (contract.RailState, error) {
	asked := a.now()
	return a.ask(ctx, in, func(refusal *remittance.RailError) (contract.RailState, error) {
		if asked.Before(visibleAfter) {
			return contract.RailState{Code: refusal.Code}, nil
		}
		return contract.RailState{Stage: contract.StageNotExecuted, Reason: refusal.Reason, Code: refusal.Code}, nil
	})
}

func (a *amazonRail) ask(ctx context.Context, in activities.Instruction, refused func(*remittance.RailError) (contract.RailState, error)) (contract.RailState, error) {
	if in.LookOnly {
		return contract.RailState{}, nil
	}
	user, err := a.user(ctx, in)
	if err != nil {
		// It says nothing about what was sent when the login could be opened.
		return contract.RailState{}, &remittance.RailError{Code: "the login does not open, so Amazon cannot be asked", Cause: err}
	}
	state, err := a.send(ctx, in, user)
	if err == nil {
		return state, nil
	}
	var rail *remittance.RailError
	if errors.As(err, &rail) && rail.Outcome == remittance.OutcomeRejected {
		return refused(rail)
	}
	return contract.RailState{}, err
}

// Cancel takes a claim code back. Balance that was loaded is the recipient's.
func (a *amazonRail) Cancel(ctx context.Context, in activities.Instruction, railRef string) error {
	if in.Form != remittance.GiftCode {
		return cannotBeCalledOff("loaded balance cannot be taken back")
	}
	return a.client.Cancel(ctx, in.Key, railRef)
}

// FinalAfter is when an unclaimed code can no longer be taken back. It counts
// from when we saw the execution, so it is never too early.
func (a *amazonRail) FinalAfter(executed time.Time) time.Time { return executed.Add(a.recall) }
