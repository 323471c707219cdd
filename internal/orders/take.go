package orders

import (
	"context"
	"errors"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/link"
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
	input, err := s.keep(ctx, &p)
	if err != nil {
		return contract.State{}, nil, err
	}
	state, err := s.start(ctx, p.order, contract.Workflow(p.order.Pattern), input)
	return state, p.notices, err
}

// keep puts what an order says of people into the vault and on the link, and
// gives the input of its workflow. It is repeatable.
func (s *Service) keep(ctx context.Context, p *prepared) (input any, err error) {
	switch {
	case p.order.Pattern == remittance.PrepaidRefund:
		p.order.Account, err = s.Vault.PutWallet(ctx, p.order.Merchant, p.purchase)
		return contract.PrepaidRefundInput{Order: p.order, Policy: p.ways[0].Policy}, trouble(err)
	case p.order.Pattern.HasPage():
		p.link.Contact, err = s.openLink(ctx, p.order.Ref, p.asked)
		return p.linkInput(), err
	}
	p.order.Account, err = s.account(ctx, p.order.Merchant, p.payee, "")
	return contract.BankTransferInput{Order: p.order, Policy: p.ways[0].Policy}, err
}

// Quote is what [Service.Check] says of an order that could be taken.
type Quote struct {
	remittance.Ref
	Pattern remittance.Pattern `json:"pattern"`
	Amount  remittance.Yen     `json:"amount"`
	Fee     remittance.Yen     `json:"fee"`
	Payee   string             `json:"payee"` // masked
	// Ways are what the recipient of a choice may choose from, each with its fee;
	// Fee is then 0, because nobody knows yet.
	Ways []QuotedWay `json:"ways,omitempty"`
	// Shortfall is how much the balance lacks for this order alone, now.
	Shortfall remittance.Yen `json:"shortfall,omitempty"`
	Notices   []Notice       `json:"-"`
	// Existing is set when this order has been taken before; the rest is then
	// empty but for the ids.
	Existing *contract.State `json:"existing,omitempty"`
}

// QuotedWay is one way of a choice and what it costs.
type QuotedWay struct {
	Rail remittance.Rail     `json:"rail"`
	Form remittance.GiftForm `json:"form,omitempty"`
	Fee  remittance.Yen      `json:"fee"`
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
	quote := Quote{
		Ref: p.order.Ref, Pattern: p.order.Pattern, Amount: p.order.Amount, Fee: p.order.Fee, Payee: p.masked,
		Shortfall: max(0, p.order.Amount-balances.Available), Notices: p.notices,
	}
	if p.order.Pattern == remittance.Choice {
		for _, w := range p.ways {
			quote.Ways = append(quote.Ways, QuotedWay{w.Rail, w.Form, w.Fee})
		}
	}
	return quote, nil
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
	order    contract.Order
	ways     []contract.Way // at least one
	payee    parsedPayee
	purchase vault.Wallet
	asked    parsedRecipient
	link     contract.LinkTerms
	masked   string
	notices  []Notice
}

// prepare finds everything that is wrong with a request, and its price.
func (s *Service) prepare(ctx context.Context, r Request) (prepared, error) {
	parsed, faults := r.parse()
	agreed, err := s.agreement(ctx, parsed.ref.Merchant)
	if faults, err = faults.and(err); err != nil {
		return prepared{}, err
	}
	ways, left, wrong := agreed.ways(parsed)
	faults = append(append(faults, wrong...), agreed.refunds(parsed, s.Now())...)
	bank, account, err := s.lookAt(ctx, parsed.ref.Merchant, parsed.payee)
	if faults, err = faults.and(err); err != nil {
		return prepared{}, err
	}
	if len(faults) > 0 {
		return prepared{}, faults
	}
	hash, err := r.hash(s.Vault)
	if err != nil {
		return prepared{}, trouble(err)
	}
	p := prepared{
		order: contract.Order{Ref: parsed.ref, Pattern: parsed.pattern, Amount: parsed.amount, Account: parsed.payee.id, RequestHash: hash},
		ways:  ways, payee: parsed.payee, asked: parsed.asked, link: agreed.link(parsed.asked.window), notices: append(parsed.payee.notices, left...),
		purchase: vault.NewWallet(remittance.RailPrepaid, parsed.bought.issuer, parsed.bought.number),
	}
	switch {
	case parsed.pattern == remittance.BankTransfer:
		p.order.Fee, p.masked = agreed.feeTo(bank, ways[0].Fee), account
	case parsed.pattern == remittance.PrepaidRefund:
		p.order.Fee, p.masked = ways[0].Fee, p.purchase.String()
	default:
		p.askForWays()
	}
	return p, nil
}

// askForWays makes the order one whose recipient has a page. The fee of a choice
// is known when somebody has chosen.
func (p *prepared) askForWays() {
	p.masked = p.asked.contact.String()
	if p.order.Pattern != remittance.Choice {
		p.order.Fee = p.ways[0].Fee
	}
	for _, w := range p.ways {
		p.asked.about.Ways = append(p.asked.about.Ways, link.Way{Rail: w.Rail, Form: w.Form})
	}
}

// linkInput starts a workflow whose recipient has a page. An account link has
// its one way in order and policy, as it had before there were others.
func (p *prepared) linkInput() contract.LinkInput {
	in := contract.LinkInput{Order: p.order, Policy: p.ways[0].Policy, Link: p.link}
	if p.order.Pattern != remittance.AccountLink {
		in.Ways = p.ways
	}
	return in
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
