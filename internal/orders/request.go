package orders

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"soukin/internal/vault"
	"soukin/remittance"
)

// Request is an order as a merchant gives it, everything as typed.
type Request struct {
	Merchant     string `json:"merchant"`
	RemittanceID string `json:"remittance_id"`
	Pattern      string `json:"pattern,omitempty"` // empty means bank-transfer
	Amount       string `json:"amount"`            // whole yen: 12345 or 12,345
	Payee
	Recipient
	Offer
	Purchased
}

// Format is masked for every verb.
func (r Request) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "order %s/%s", strings.TrimSpace(r.Merchant), strings.TrimSpace(r.RemittanceID))
}

// LogValue is masked.
func (r Request) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// trimmed takes away the blanks around what was typed, which copying adds.
func (r Request) trimmed() Request {
	for _, s := range []*string{&r.Merchant, &r.RemittanceID, &r.Pattern, &r.Amount} {
		*s = strings.TrimSpace(*s)
	}
	r.Payee, r.Recipient = r.Payee.trimmed(), r.Recipient.trimmed()
	r.Offer, r.Purchased = r.Offer.trimmed(), r.Purchased.trimmed()
	return r
}

// hash tells the same order from another one under the same id. It is made of
// what was typed, not of what became of it: an order must be recognised as the
// same one also after its branch was merged away or its account deleted. A field
// added to the request later must be left out of the body when it is empty.
func (r Request) hash(v *vault.Vault) (string, error) {
	pattern, err := remittance.ParsePattern(r.Pattern)
	if err == nil {
		r.Pattern = string(pattern)
	}
	if amount, err := remittance.ParseYen(r.Amount); err == nil {
		r.Amount = fmt.Sprint(int64(amount))
	}
	body, err := json.Marshal(struct {
		Version int     `json:"v"`
		Body    Request `json:"body"`
	}{1, r})
	if err != nil {
		return "", fmt.Errorf("encode order: %w", err)
	}
	return v.Fingerprint(body), nil
}

// parsed is a request whose form is right.
type parsed struct {
	ref     remittance.Ref
	pattern remittance.Pattern
	amount  remittance.Yen
	payee   parsedPayee     // of a bank transfer
	offer   parsedOffer     // of every pattern
	bought  parsedPurchase  // of a prepaid refund
	asked   parsedRecipient // where the recipient has a page
}

// Notice tells what was changed in what was typed, what to look at again, or
// what will not be offered. Show it to whoever gave the order.
type Notice interface {
	Message(l remittance.Lang) string
}

// parse judges everything that needs no look at the database.
func (r Request) parse() (parsed, Faults) {
	var (
		p      parsed
		faults Faults
	)
	var err error
	if p.ref.Merchant, err = remittance.ParseMerchantID(r.Merchant); err != nil {
		faults = append(faults, fault(RuleMerchantID, "merchant").because(err))
	}
	faults = append(faults, p.parseBody(r)...)
	return p, faults
}

// parseBody is parse without the merchant, which a file does not name.
func (p *parsed) parseBody(r Request) Faults {
	var faults Faults
	var err error
	if p.ref.Remittance, err = remittance.ParseRemittanceID(r.RemittanceID); err != nil {
		faults = append(faults, fault(RuleRemittanceID, "remittance_id").because(err))
	}
	if p.pattern, err = remittance.ParsePattern(r.Pattern); err != nil {
		faults = append(faults, fault(RulePattern, "pattern", value{"value", r.Pattern}, listed(remittance.Patterns())).because(err))
	}
	known := err == nil
	if p.amount, err = remittance.ParseYen(r.Amount); err != nil {
		faults = append(faults, fault(RuleAmountForm, "amount").because(err))
	} else if p.amount > remittance.LegalCap {
		faults = append(faults, overCap(RuleOverLegalCap, remittance.LegalCap))
	}
	if !known {
		return append(faults, p.parseGiven(r)...)
	}
	return append(faults, p.parseDestination(r)...)
}

// parseGiven judges an account of an order whose pattern nobody knows. What the
// order lacks cannot be said: that depends on the pattern.
func (p *parsed) parseGiven(r Request) (wrong Faults) {
	if r.Payee != (Payee{}) {
		p.payee, wrong = r.Payee.parse()
	}
	return wrong
}

// parseDestination judges where the money goes: to a payee, back to a purchase,
// or to whom the recipient will name. A request may have one of them.
func (p *parsed) parseDestination(r Request) Faults {
	var wrong, offer Faults
	switch {
	case p.pattern == remittance.PrepaidRefund:
		p.bought, wrong = r.Purchased.parse()
	case p.pattern.HasPage():
		p.asked, wrong = r.Recipient.parse()
	default:
		p.payee, wrong = r.Payee.parse()
	}
	p.offer, offer = r.Offer.parse(p.pattern)
	return append(append(wrong, offer...), p.notWanted(r)...)
}

// notWanted finds what only another pattern has: an order that says two things
// must not be taken for either.
func (p *parsed) notWanted(r Request) Faults {
	pattern := value{"pattern", string(p.pattern)}
	var wrong Faults
	if r.Payee != (Payee{}) && p.pattern != remittance.BankTransfer {
		wrong = append(wrong, fault(RulePayeeGiven, "account", pattern))
	}
	if field := r.Recipient.firstField(); field != "" && !p.pattern.HasPage() {
		wrong = append(wrong, fault(RuleRecipientGiven, field, value{"value", field}, pattern))
	}
	if field := r.Purchased.firstField(); field != "" && p.pattern != remittance.PrepaidRefund {
		wrong = append(wrong, fault(RulePurchaseGiven, field, value{"value", field}, pattern))
	}
	return wrong
}

func overCap(rule Rule, limit remittance.Yen) *Error {
	return fault(rule, "amount", value{"limit", yenWords(limit)})
}

// yenWords is an amount as sentences write it, before 円 and yen.
func yenWords(y remittance.Yen) string { return strings.TrimPrefix(y.String(), "¥") }

func listed[T ~string](of []T) value {
	names := make([]string, len(of))
	for i, v := range of {
		names[i] = string(v)
	}
	return value{"list", strings.Join(names, ", ")}
}
