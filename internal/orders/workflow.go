package orders

import (
	"context"
	"errors"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/remittance"
)

// ordinary is the priority of an order among the work of a task queue: 2 is for
// people who wait at a page, 4 for batches. Within it, merchants share fairly.
const ordinary = 3

// start starts the workflow of an order, or finds it running, and waits for the
// answer of its update accept: one round trip. The request hash is the id of
// the update, so that an order repeated after a lost answer is the same update.
func (s *Service) start(ctx context.Context, o contract.Order, workflow string, input any) (contract.State, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Settings.AnswerWithin)
	defer cancel()
	handle, err := s.Temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.Temporal.NewWithStartWorkflowOperation(startOptions(o), workflow, input),
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: o.RequestHash, UpdateName: contract.UpdateAccept, Args: []any{contract.AcceptInput{RequestHash: o.RequestHash}},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	state, err := answer(ctx, handle, err)
	if err == nil {
		return state, nil
	}
	if applicationType(err) == contract.ErrTypeConflict {
		return contract.State{}, fault(RuleOtherBody, "remittance_id").because(err)
	}
	if !isOver(err) {
		return contract.State{}, fault(RuleNoAnswer, "").because(err)
	}
	row, recordErr := s.recorded(ctx, o.Ref, o.RequestHash)
	switch {
	case recordErr != nil:
		return contract.State{}, recordErr
	case row == nil:
		return contract.State{}, fault(RuleSpentID, "remittance_id").because(err)
	}
	return books.StateOf(*row), nil
}

func startOptions(o contract.Order) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: o.WorkflowID(), TaskQueue: contract.QueueMain,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			contract.AttrStatus.ValueSet(string(remittance.Accepted)),
			contract.AttrRail.ValueSet(railAttribute(o.Pattern)),
			contract.AttrMerchant.ValueSet(string(o.Merchant)),
			contract.AttrAmount.ValueSet(int64(o.Amount)),
			contract.AttrNeedsAttention.ValueSet(false),
		),
		StaticSummary: o.Amount.String() + " " + string(o.Pattern) + " for " + string(o.Merchant),
		Priority:      temporal.Priority{PriorityKey: ordinary, FairnessKey: string(o.Merchant)},
	}
}

// railAttribute is where an order is found in Temporal before, and unless, its
// recipient chooses.
func railAttribute(p remittance.Pattern) string {
	if p == remittance.Choice {
		return string(p)
	}
	return string(p.Rail())
}

// update asks the workflow of an open remittance to do something. id makes a
// repeated request the same one. late is the refusal for what comes too late.
func (s *Service) update(ctx context.Context, ref remittance.Ref, name, id string, late Rule, input ...any) (contract.State, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Settings.AnswerWithin)
	defer cancel()
	handle, err := s.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: ref.WorkflowID(), UpdateID: id, UpdateName: name, Args: input, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	state, err := answer(ctx, handle, err)
	switch {
	case err == nil:
		return state, nil
	case applicationType(err) == contract.ErrTypeInvalid && name == contract.UpdateResend:
		return contract.State{}, fault(RuleNoContact, "").because(err)
	case applicationType(err) == contract.ErrTypeTooLate, applicationType(err) == contract.ErrTypeInvalid:
		return contract.State{}, s.refused(ctx, ref, late, err)
	case applicationType(err) == contract.ErrTypeUnavailable:
		return contract.State{}, fault(RuleRailAway, "").because(err)
	case !isOver(err):
		return contract.State{}, fault(RuleNoAnswer, "").because(err)
	}
	row, rowErr := s.remittance(ctx, ref)
	switch {
	case rowErr != nil:
		return contract.State{}, rowErr
	case row.Final:
		return contract.State{}, tooLate(late, row.Status).because(err)
	}
	return contract.State{}, fault(RuleNoWorkflow, "").because(err)
}

// refused is a workflow's no. What it knew when it said so, the record says now.
func (s *Service) refused(ctx context.Context, ref remittance.Ref, late Rule, err error) error {
	row, rowErr := s.remittance(ctx, ref)
	if rowErr != nil {
		return rowErr
	}
	return tooLate(late, row.Status).because(err)
}

func tooLate(rule Rule, status remittance.Status) *Error {
	return fault(rule, "", value{"status", string(status)})
}

func answer(ctx context.Context, handle client.WorkflowUpdateHandle, err error) (contract.State, error) {
	if err != nil {
		return contract.State{}, err
	}
	var state contract.State
	err = handle.Get(ctx, &state)
	return state, err
}

// applicationType is the type of an error that a workflow made, or empty.
func applicationType(err error) string {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return app.Type()
	}
	return ""
}

// isOver reports that Temporal knows the workflow as closed, or does not know
// it (any more).
func isOver(err error) bool {
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	var notFound *serviceerror.NotFound
	return errors.As(err, &started) || errors.As(err, &notFound)
}
