package orders

import (
	"context"
	"errors"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Take takes an order: it validates and prices it, keeps the payee in the
// vault, and answers when the remittance is recorded and its money is held or
// known to be short. An order taken before comes back as it stands, also after
// it has ended; the notices are then nil.
//
// Errors: [Faults] with everything that is wrong with the request, all of it
// found before anything is stored; an [*Error] with [CodeConflict] when the
// remittance_id is taken by another body; one with [CodeUnavailable] when the
// answer did not come. After that last one the order may have been taken:
// take the same one again.
func (s *Service) Take(ctx context.Context, r Request) (contract.State, []Notice, error) {
	r = r.trimmed()
	known, err := s.known(ctx, r)
	if known != nil || err != nil {
		return stateOf(known), nil, err
	}
	p, err := s.prepare(ctx, r)
	if err != nil {
		return contract.State{}, nil, err
	}
	if p.order.Pattern == remittance.AccountLink {
		state, err := s.startLink(ctx, p)
		return state, nil, err
	}
	if p.order.Account, err = s.account(ctx, p.order.Merchant, p.payee, ""); err != nil {
		return contract.State{}, nil, err
	}
	state, err := s.start(ctx, p.order, contract.WorkflowBankTransfer, contract.BankTransferInput{Order: p.order, Policy: p.policy})
	return state, p.payee.notices, err
}

func (s *Service) startLink(ctx context.Context, p prepared) (contract.State, error) {
	contact, err := s.openLink(ctx, p.order.Ref, p.recipient)
	if err != nil {
		return contract.State{}, err
	}
	return s.start(ctx, p.order, contract.WorkflowAccountLink, linkStart(p, contact))
}

// Quote is what [Service.Check] says of an order that could be taken.
type Quote struct {
	remittance.Ref
	Pattern remittance.Pattern `json:"pattern"`
	Amount  remittance.Yen     `json:"amount"`
	Fee     remittance.Yen     `json:"fee"`
	Payee   string             `json:"payee"` // masked
	// Shortfall is how much the balance lacks for this order alone, now.
	Shortfall remittance.Yen `json:"shortfall,omitempty"`
	Notices   []Notice       `json:"-"`
	// Existing is set when this order has been taken before; the rest is then
	// empty but for the ids.
	Existing *contract.State `json:"existing,omitempty"`
}

// Check does everything that [Service.Take] does but store and start: a dry
// run. Errors are those of Take.
func (s *Service) Check(ctx context.Context, r Request) (Quote, error) {
	r = r.trimmed()
	known, err := s.known(ctx, r)
	if err != nil {
		return Quote{}, err
	}
	if known != nil {
		state := stateOf(known)
		return Quote{Ref: state.Ref, Existing: &state}, nil
	}
	p, err := s.prepare(ctx, r)
	if err != nil {
		return Quote{}, err
	}
	balances, err := s.Ledger.Balances(ctx, p.order.Merchant)
	if err != nil {
		return Quote{}, trouble(err)
	}
	return Quote{
		Ref: p.order.Ref, Pattern: p.order.Pattern, Amount: p.order.Amount, Fee: p.order.Fee, Payee: p.masked,
		Shortfall: max(0, p.order.Amount-balances.Available), Notices: p.payee.notices,
	}, nil
}

func stateOf(row *record.Remittance) contract.State {
	if row == nil {
		return contract.State{}
	}
	return books.StateOf(*row)
}

// known gives the row of an order that was taken before, or nil.
func (s *Service) known(ctx context.Context, r Request) (*record.Remittance, error) {
	ref, err := remittance.ParseRef(r.Merchant, r.RemittanceID)
	if err != nil {
		return nil, nil //nolint:nilerr // prepare says what is wrong with it, among other things
	}
	hash, err := r.hash(s.Vault)
	if err != nil {
		return nil, trouble(err)
	}
	return s.recorded(ctx, ref, hash)
}

// recorded is known for an id and a hash.
func (s *Service) recorded(ctx context.Context, ref remittance.Ref, hash string) (*record.Remittance, error) {
	row, err := s.Record.Get(ctx, ref)
	switch {
	case errors.Is(err, record.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, trouble(err)
	case row.RequestHash != hash:
		return nil, fault(RuleOtherBody, "remittance_id")
	}
	return &row, nil
}

// prepared is an order that can be taken. Its account id is still empty when
// the payee was given by details.
type prepared struct {
	order  contract.Order
	policy contract.RailPolicy
	payee  parsedPayee
	masked string
	// recipient and link are set for account-link.
	recipient parsedRecipient
	link      contract.LinkTerms
}

// prepare finds everything that is wrong with a request, and its price.
func (s *Service) prepare(ctx context.Context, r Request) (prepared, error) {
	parsed, faults := r.parse()
	terms, err := s.terms(ctx, parsed.ref.Merchant, parsed.pattern.Rail())
	var refused *Error
	switch {
	case errors.As(err, &refused) && refused.Code != CodeUnavailable:
		faults = append(faults, refused)
	case err != nil:
		return prepared{}, err
	case parsed.amount > terms.cap && parsed.amount <= remittance.LegalCap:
		faults = append(faults, overCap(RuleOverRailCap, terms.cap))
	}
	var bank, masked string
	if parsed.pattern == remittance.AccountLink {
		masked = parsed.recipient.contact.String()
	} else {
		bank, masked, err = s.lookAt(ctx, parsed.ref.Merchant, parsed.payee)
	}
	switch {
	case errors.As(err, &refused) && refused.Code != CodeUnavailable:
		faults = append(faults, refused)
	case err != nil:
		return prepared{}, err
	}
	if len(faults) > 0 {
		return prepared{}, faults
	}
	var asked contract.LinkTerms
	if parsed.pattern == remittance.AccountLink {
		if asked, err = s.linkTerms(ctx, parsed.ref.Merchant, parsed.recipient); err != nil {
			return prepared{}, err
		}
	}
	hash, err := r.hash(s.Vault)
	if err != nil {
		return prepared{}, trouble(err)
	}
	return prepared{
		order: contract.Order{Ref: parsed.ref, Pattern: parsed.pattern, Amount: parsed.amount, Fee: terms.fee(bank),
			Account: parsed.payee.id, RequestHash: hash},
		policy: terms.policy, payee: parsed.payee, masked: masked, recipient: parsed.recipient, link: asked,
	}, nil
}

// lookAt gives the bank of a payee and the payee masked. A payee that could not
// be parsed has neither.
func (s *Service) lookAt(ctx context.Context, m remittance.MerchantID, p parsedPayee) (bank, masked string, err error) {
	if p.id == "" || m == "" {
		return p.account.Bank(), p.account.String(), nil
	}
	account, err := s.Vault.Get(ctx, m, p.id)
	if err != nil {
		return "", "", ofVault(err)
	}
	return account.Bank, account.String(), nil
}

// account gives the vault's id of a payee, putting details in.
func (s *Service) account(ctx context.Context, m remittance.MerchantID, p parsedPayee, label string) (remittance.AccountID, error) {
	if p.id != "" {
		return p.id, nil
	}
	id, err := s.Vault.Put(ctx, m, sealable(p.account), label)
	return id, trouble(err)
}

func sealable(a zengin.PayeeAccount) vault.Account {
	return vault.NewAccount(a.Bank(), a.Branch(), a.Type().Code(), a.Number(), a.Name())
}

func ofVault(err error) error {
	switch {
	case errors.Is(err, vault.ErrDeleted):
		return fault(RuleDeletedAccount, "account").because(err)
	case errors.Is(err, vault.ErrNotFound):
		return fault(RuleNoAccount, "account").because(err)
	}
	return trouble(err)
}
