package app

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"soukin/config"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/refund"
	"soukin/remittance"
)

// newOrders makes the service that every door takes orders with.
func newOrders(cfg config.Config, store *Store, temporal orders.Temporal, now func() time.Time) (*orders.Service, error) {
	issuers, err := refund.ParseIssuers(cfg.Prepaid.Issuers)
	if err != nil {
		return nil, fmt.Errorf("SOUKIN_PREPAID_ISSUERS: %w", err)
	}
	member, err := regexp.Compile(cfg.AuPay.MemberForm)
	if err != nil {
		return nil, fmt.Errorf("SOUKIN_AUPAY_MEMBER_FORM: %w", err)
	}
	return orders.New(orders.Deps{
		DB: store.DB, Record: store.Record, Ledger: store.Ledger, Vault: store.Vault, Links: store.Links, Books: store.Books, Temporal: temporal, Now: now,
		Settings: orders.Settings{
			Rails:   railSettings(cfg),
			Bank:    orders.BankSettings{FeeSameBank: cfg.Bank.FeeSame, OwnBank: cfg.Bank.OwnCode},
			ATM:     orders.ATMSettings{Coins: cfg.ATM.Coins, Term: cfg.ATM.Term, MaxReissues: cfg.ATM.MaxReissues},
			Amazon:  orders.AmazonSettings{Form: cfg.Amazon.Form},
			AuPay:   orders.AuPaySettings{Member: member},
			Prepaid: issuers,
			Link:    cfg.Link.Contract(),
			PageURL: func(t link.Token) string { return strings.TrimSuffix(cfg.Link.PublicURL, "/") + "/r/" + t.Reveal() },
		},
	}), nil
}

// railSettings are the rails that are set up.
func railSettings(cfg config.Config) map[remittance.Rail]orders.RailSettings {
	patience := cfg.Patience.Contract(cfg.Bank.Policy)
	set := map[remittance.Rail]orders.RailSettings{
		remittance.RailBank:    {Cap: cfg.Bank.Cap, Fee: cfg.Bank.Fee, Policy: cfg.Bank.Policy.Contract()},
		remittance.RailATM:     {Cap: cfg.ATM.Cap, Fee: cfg.ATM.Fee, Policy: patience},
		remittance.RailAmazon:  {Cap: cfg.Amazon.Cap, Fee: cfg.Amazon.Fee, Policy: patience},
		remittance.RailAuPay:   {Cap: cfg.AuPay.Cap, Fee: cfg.AuPay.Fee, Policy: patience},
		remittance.RailPrepaid: {Cap: cfg.Prepaid.Cap, Fee: cfg.Prepaid.Fee, Policy: patience},
	}
	pretended := cfg.SandboxRails()
	for _, rail := range pretended {
		if !slices.Contains(pretended, remittance.RailBank) {
			delete(set, rail) // what a real bank holds must not be called paid by somebody who only plays
			continue
		}
		one := set[rail]
		one.Sandbox = true
		set[rail] = one
	}
	return set
}
