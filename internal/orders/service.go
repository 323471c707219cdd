package orders

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/client"

	"soukin/contract"
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

// Settings are the installation's own prices, limits and patience. A merchant's
// settings may override prices and make limits lower.
type Settings struct {
	Policy contract.RailPolicy // copied into each order
	// Cap is the most one remittance may carry to a bank account; 0 means the
	// legal limit.
	Cap remittance.Yen
	// Fee is due for each executed attempt to another bank, FeeSameBank for one
	// to an account at OwnBank, the bank that pays (4 digits; empty: no bank is).
	Fee         remittance.Yen
	FeeSameBank remittance.Yen
	OwnBank     string
	// Link is how recipients are asked where a merchant has no terms of its own;
	// its Contact is empty. PageURL is the address of a recipient's page.
	Link    contract.LinkTerms
	PageURL func(link.Token) string
	// AnswerWithin is how long a caller waits for Temporal and the worker; 0
	// means 15 seconds.
	AnswerWithin time.Duration
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
}

// Service takes orders and everything merchants and operators do with them
// afterwards. It is safe for use by many goroutines.
type Service struct{ Deps }

// New gives the service. Every field of deps is needed.
func New(deps Deps) *Service {
	if deps.Settings.Cap <= 0 {
		deps.Settings.Cap = remittance.LegalCap
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
