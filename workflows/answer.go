package workflows

import (
	"go.temporal.io/sdk/workflow"

	"soukin/contract"
	"soukin/remittance"
)

// known makes the move that the rail's answer calls for.
func (t *transfer) known(ctx workflow.Context, s contract.RailState) error {
	if s.RailRef != "" {
		t.state.RailRef = s.RailRef
	}
	switch s.Stage {
	case contract.StageExecuted, contract.StageRecalling:
		if !t.recallable() {
			t.refuseCancel(who(t.way.Rail) + " has executed it")
		}
		t.executed = true
		t.attentionAt = s.FinalAfter.Add(t.way.Policy.AttentionAfter)
		_, err := t.move(ctx, step{to: remittance.Sent, reason: remittance.WaitsForFinality, code: s.Code, actor: remittance.ActorRail, deadline: *s.FinalAfter})
		return err
	case contract.StageSettled:
		return t.settled(ctx, s, remittance.ActorRail)
	case contract.StageIssued, contract.StageLocked:
		return t.issued(ctx, s)
	case contract.StageReturned:
		t.executed = true
		return t.cameBack(ctx, s)
	default: // not executed
		rej := contract.Rejection{Reason: s.Reason, Code: s.Code}
		if t.cancel != nil {
			rej.Reason = remittance.CancelledByUs
			return t.endUnsent(ctx, remittance.Cancelled, rej, t.cancel.actor)
		}
		return t.refused(ctx, rej)
	}
}

// issued records that ATM numbers are out: from now on the recipient decides when.
func (t *transfer) issued(ctx workflow.Context, s contract.RailState) error {
	reason := remittance.WaitsForWithdrawal
	if s.Stage == contract.StageLocked {
		reason = remittance.NumbersLocked
	}
	t.attentionAt = s.Until.Add(t.way.Policy.AttentionAfter)
	_, err := t.move(ctx, step{to: remittance.AwaitingRecipient, reason: reason, code: s.Code, actor: remittance.ActorRail, deadline: *s.Until})
	return err
}

// settled records that the recipient has the money for good.
func (t *transfer) settled(ctx workflow.Context, s contract.RailState, by remittance.Actor) error {
	t.refuseCancel("the recipient has the money")
	_, err := t.move(ctx, step{to: remittance.Paid, code: s.Code, actor: by, final: true,
		postings: []contract.Posting{contract.PostSettle, contract.PostFee}})
	return err
}

// recallable reports whether executed money can still be called off: a gift code
// that nobody has claimed, for some minutes.
func (t *transfer) recallable() bool { return t.way.Form == remittance.GiftCode }

// refused gives the money back to the hold, and waits for better details where
// they could help.
func (t *transfer) refused(ctx workflow.Context, rej contract.Rejection) error {
	if rej.Reason == remittance.ReasonNone {
		rej.Reason = remittance.RefusedByRail
	}
	if kept, err := t.secondChance(ctx, rej, contract.PostGiveBack); kept || err != nil {
		return err
	}
	return t.endUnsent(ctx, remittance.Failed, rej, remittance.ActorRail)
}

// cameBack takes in money that the rail had executed and returned. The attempt
// happened, so its fee is due.
func (t *transfer) cameBack(ctx workflow.Context, s contract.RailState) error {
	rej := contract.Rejection{Reason: s.Reason, Code: s.Code}
	if rej.Reason == remittance.ReasonNone {
		rej.Reason = remittance.NotCreditable
	}
	if kept, err := t.secondChance(ctx, rej, contract.PostGiveBack, contract.PostFee); kept || err != nil {
		return err
	}
	_, err := t.move(ctx, step{
		to: remittance.Returned, reason: rej.Reason, code: rej.Code, actor: remittance.ActorRail, final: true,
		postings: []contract.Posting{contract.PostGiveBack, contract.PostFee, contract.PostRelease},
	})
	return err
}

func (t *transfer) secondChance(ctx workflow.Context, why contract.Rejection, postings ...contract.Posting) (bool, error) {
	if t.cancel != nil || t.reopen == nil {
		return false, nil
	}
	return t.reopen(ctx, why, postings...)
}

func (t *transfer) endUnsent(ctx workflow.Context, to remittance.Status, rej contract.Rejection, by remittance.Actor) error {
	_, err := t.move(ctx, step{
		to: to, reason: rej.Reason, code: rej.Code, actor: by, final: true,
		postings: []contract.Posting{contract.PostGiveBack, contract.PostRelease},
	})
	return err
}
