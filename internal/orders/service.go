package orders

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/client"

	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/link"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

// Temporal is the part of [client.Client] that orders need.
type Temporal interface {
	NewWithStartWorkflowOperation(options client.StartWorkflowOptions, workflow any, args ...any) client.WithStartWorkflowOperation
	UpdateWithStartWorkflow(ctx context.Context, options client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error)
	UpdateWorkflow(ctx context.Context, options client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error)
	SignalWorkflow(ctx context.Context, workflowID, runID, signalName string, arg any) error
}

// Deps is what a [Service] works with.
type Deps struct {
	DB       *database.DB
	Record   *record.Record
	Ledger   *ledger.Ledger
	Vault    *vault.Vault
	Links    *link.Links
	Books    *books.Books
	Temporal Temporal
	Settings Settings
	Now      func() time.Time // nil means time.Now
}

// Service takes orders and everything merchants and operators do with them
// afterwards. It is safe for use by many goroutines.
type Service struct{ Deps }

// New gives the service. Every field of deps but Now is needed.
func New(deps Deps) *Service {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Settings.AuPay.Member == nil {
		deps.Settings.AuPay.Member = sixteenDigits
	}
	if deps.Settings.AnswerWithin <= 0 {
		deps.Settings.AnswerWithin = 15 * time.Second
	}
	return &Service{deps}
}

// merchant gives a merchant on record. field names it in the request.
func (s *Service) merchant(ctx context.Context, id remittance.MerchantID, field string) (record.Merchant, error) {
	m, err := s.Record.Merchant(ctx, id)
	if errors.Is(err, record.ErrNotFound) {
		return record.Merchant{}, fault(RuleNoMerchant, field, value{"value", string(id)}).because(err)
	}
	return m, trouble(err)
}

// ParseRef checks the two ids of a remittance as somebody typed them. The error
// is [Faults].
func ParseRef(merchant, id string) (remittance.Ref, error) {
	var faults Faults
	m, err := remittance.ParseMerchantID(merchant)
	if err != nil {
		faults = append(faults, fault(RuleMerchantID, "merchant").because(err))
	}
	r, err := remittance.ParseRemittanceID(id)
	if err != nil {
		faults = append(faults, fault(RuleRemittanceID, "remittance_id").because(err))
	}
	return remittance.Ref{Merchant: m, Remittance: r}, faults.orNil()
}

// remittance gives a row of the record.
func (s *Service) remittance(ctx context.Context, ref remittance.Ref) (record.Remittance, error) {
	row, err := s.Record.Get(ctx, ref)
	if errors.Is(err, record.ErrNotFound) {
		return record.Remittance{}, fault(RuleNoRemittance, "remittance_id").because(err)
	}
	return row, trouble(err)
}
