package orders

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"soukin/internal/vault"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Payee is where the money goes: an account of the vault by its id, or the
// details of one. Everything is as typed; [zengin.Input] says what the details
// may look like. It prints and logs as nothing, because it holds personal data.
type Payee struct {
	Account  string `json:"account,omitempty"`   // acc_…
	Bank     string `json:"bank,omitempty"`      // 4 digits
	Branch   string `json:"branch,omitempty"`    // 3 digits
	Type     string `json:"type,omitempty"`      // 1, 2, 4, 9 or a word
	Number   string `json:"number,omitempty"`    // up to 7 digits
	Name     string `json:"name,omitempty"`      // in kana
	Symbol   string `json:"symbol,omitempty"`    // Japan Post 記号
	JPNumber string `json:"jp_number,omitempty"` // Japan Post 番号
}

// Format is masked for every verb.
func (p Payee) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(payee)") }

// LogValue is masked.
func (p Payee) LogValue() slog.Value { return slog.StringValue("(payee)") }

// Request is an order as a merchant gives it, everything as typed.
type Request struct {
	Merchant     string `json:"merchant"`
	RemittanceID string `json:"remittance_id"`
	Pattern      string `json:"pattern,omitempty"` // empty means bank-transfer
	Amount       string `json:"amount"`            // whole yen: 12345 or 12,345
	Payee
	Recipient
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
	return r
}

func (p Payee) trimmed() Payee {
	for _, s := range []*string{&p.Account, &p.Bank, &p.Branch, &p.Type, &p.Number, &p.Name, &p.Symbol, &p.JPNumber} {
		*s = strings.TrimSpace(*s)
	}
	return p
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
	payee   parsedPayee
	// recipient is set for account-link, where payee is not.
	recipient parsedRecipient
}

// parsedPayee has either an id or details.
type parsedPayee struct {
	id      remittance.AccountID
	account zengin.PayeeAccount
	notices []Notice
}

// Notice tells what was changed in the details of an account, or what to look
// at again. Show it to whoever typed them.
type Notice = zengin.Notice

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
	if p.amount, err = remittance.ParseYen(r.Amount); err != nil {
		faults = append(faults, fault(RuleAmountForm, "amount").because(err))
	} else if p.amount > remittance.LegalCap {
		faults = append(faults, overCap(RuleOverLegalCap, remittance.LegalCap))
	}
	return append(faults, p.parseDestination(r)...)
}

// parseDestination judges where the money goes: to a payee, or to whom the
// recipient will name. A request may have one of the two.
func (p *parsed) parseDestination(r Request) Faults {
	var wrong Faults
	if p.pattern == remittance.AccountLink {
		p.recipient, wrong = r.Recipient.parse()
		if r.Payee != (Payee{}) {
			wrong = append(wrong, fault(RulePayeeGiven, "account"))
		}
		return wrong
	}
	p.payee, wrong = r.Payee.parse()
	if !r.Recipient.empty() {
		wrong = append(wrong, fault(RuleRecipientGiven, r.Recipient.firstField(), value{"value", r.Recipient.firstField()}))
	}
	return wrong
}

func overCap(rule Rule, limit remittance.Yen) *Error {
	return fault(rule, "amount", value{"limit", strings.TrimPrefix(limit.String(), "¥")})
}

func listed[T ~string](of []T) value {
	names := make([]string, len(of))
	for i, v := range of {
		names[i] = string(v)
	}
	return value{"list", strings.Join(names, ", ")}
}

func (p Payee) parse() (parsedPayee, Faults) {
	if p.Account != "" {
		if p != (Payee{Account: p.Account}) {
			return parsedPayee{}, Faults{fault(RuleTwoPayees, "account")}
		}
		id, err := remittance.ParseAccountID(p.Account)
		if err != nil {
			return parsedPayee{}, Faults{fault(RuleAccountID, "account").because(err)}
		}
		return parsedPayee{id: id}, nil
	}
	number, numberField := p.Number, "number"
	switch {
	case p.Number != "" && p.JPNumber != "":
		return parsedPayee{}, Faults{fault(RuleTwoNumbers, "jp_number")}
	case p.JPNumber != "" && p.Symbol == "":
		return parsedPayee{}, Faults{fault(RuleNoSymbol, "symbol")}
	case p.Symbol != "" && p.Number == "":
		number, numberField = p.JPNumber, "jp_number"
	}
	account, notices, err := zengin.ParseAccount(zengin.Input{
		Bank: p.Bank, Branch: p.Branch, Type: p.Type, Number: number, Symbol: p.Symbol, Name: p.Name,
	})
	var faults zengin.FieldErrors
	switch {
	case errors.As(err, &faults):
		return parsedPayee{}, ofZengin(faults, func(f zengin.Field) string {
			if f == zengin.FieldNumber {
				return numberField
			}
			return string(f)
		})
	case err != nil:
		return parsedPayee{}, Faults{fault(RuleDatabase, "").because(err)}
	}
	return parsedPayee{account: account, notices: notices}, nil
}
