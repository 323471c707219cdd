package orders

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/remittance"
)

// The ids of updates hold the step or the generation they were asked at: the
// same request given twice is one update, and asking again after the remittance
// has moved on is another. Where a refusal may be over in a moment (the ATM is
// counting notes, the network is away) the id also changes with time, or Temporal
// would answer for ever with the refusal that it remembers.

// repeatAfter is well above a double click and the resending of a lost answer.
const repeatAfter = 15 * time.Second

func (s *Service) repeatable(what string, seq int) string {
	return fmt.Sprintf("%s/%d/%d", what, seq, s.Now().Unix()/int64(repeatAfter/time.Second))
}

// Cancel calls a remittance off and answers when it has ended. One that is
// cancelled already comes back as it stands. Errors: [CodeNotFound],
// [CodeTooLate], [CodeUnavailable].
func (s *Service) Cancel(ctx context.Context, ref remittance.Ref, by remittance.Actor) (contract.State, error) {
	row, err := s.remittance(ctx, ref)
	switch {
	case err != nil:
		return contract.State{}, err
	case row.Status == remittance.Cancelled:
		return books.StateOf(row), nil
	case row.Final:
		return contract.State{}, tooLate(RuleCancelTooLate, row.Status)
	}
	return s.update(ctx, ref, contract.UpdateCancel, s.repeatable("cancel", row.Seq), RuleCancelTooLate, contract.CancelInput{Actor: by})
}

// Correct names another account for a remittance that was refused or came back
// and waits for better details; it answers when the new instruction is on its
// way. Errors: [Faults], [CodeNotFound], [CodeTooLate], [CodeUnavailable].
func (s *Service) Correct(ctx context.Context, ref remittance.Ref, to Payee) (contract.State, []Notice, error) {
	row, err := s.remittance(ctx, ref)
	switch {
	case err != nil:
		return contract.State{}, nil, err
	case row.Status != remittance.Returned || row.Final:
		return contract.State{}, nil, tooLate(RuleCorrectTooLate, row.Status)
	}
	payee, faults := to.trimmed().parse()
	if len(faults) > 0 {
		return contract.State{}, nil, faults
	}
	if _, _, err := s.lookAt(ctx, ref.Merchant, payee); err != nil {
		return contract.State{}, nil, err
	}
	id, err := s.account(ctx, ref.Merchant, payee, "")
	if err != nil {
		return contract.State{}, nil, err
	}
	state, err := s.update(ctx, ref, contract.UpdateCorrect, fmt.Sprintf("correct/%d/%s", row.Generation, id), RuleCorrectTooLate,
		contract.CorrectInput{Account: id})
	return state, payee.notices, err
}

// Resolve records on evidence what really happened to an instruction whose
// outcome nobody can find out automatically. Errors: [Faults], [CodeNotFound],
// [CodeTooLate], [CodeUnavailable].
func (s *Service) Resolve(ctx context.Context, ref remittance.Ref, in contract.ResolveInput) (contract.State, error) {
	in.RailRef, in.Evidence = strings.TrimSpace(in.RailRef), strings.TrimSpace(in.Evidence)
	if in.Evidence == "" {
		return contract.State{}, Faults{fault(RuleEvidence, "evidence")}
	}
	row, err := s.remittance(ctx, ref)
	switch {
	case err != nil:
		return contract.State{}, err
	case row.Final:
		return contract.State{}, tooLate(RuleResolveTooLate, row.Status)
	}
	what := s.Vault.Fingerprint(fmt.Appendf(nil, "resolve %t %q %q", in.Executed, in.RailRef, in.Evidence))
	return s.update(ctx, ref, contract.UpdateResolve, fmt.Sprintf("resolve/%d/%s", row.Seq, what), RuleResolveTooLate, in)
}

// LateReturn records, on evidence, that the money of a paid remittance came back
// after it was final: it is in the merchant's balance again. Said again, it
// changes nothing. Errors: [Faults], [CodeNotFound], [CodeTooLate] when it is not
// paid, [CodeUnavailable].
func (s *Service) LateReturn(ctx context.Context, ref remittance.Ref, code, evidence string) (contract.State, error) {
	if evidence = strings.TrimSpace(evidence); evidence == "" {
		return contract.State{}, Faults{fault(RuleEvidence, "evidence")}
	}
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return contract.State{}, err
	}
	state, err := s.Books.LateReturn(ctx, books.LateReturn{
		Ref: ref, At: s.Now().UTC(), Actor: remittance.ActorOperator, Code: strings.TrimSpace(code), Evidence: evidence,
	})
	if errors.Is(err, books.ErrConflict) {
		return contract.State{}, tooLate(RuleNotPaid, row.Status).because(err)
	}
	return state, trouble(err)
}
