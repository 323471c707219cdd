package orders

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

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

func (p Payee) trimmed() Payee {
	for _, s := range []*string{&p.Account, &p.Bank, &p.Branch, &p.Type, &p.Number, &p.Name, &p.Symbol, &p.JPNumber} {
		*s = strings.TrimSpace(*s)
	}
	return p
}

// parsedPayee has either an id or details.
type parsedPayee struct {
	id      remittance.AccountID
	account zengin.PayeeAccount
	notices []Notice
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
	out := parsedPayee{account: account}
	for _, n := range notices {
		out.notices = append(out.notices, n)
	}
	return out, nil
}
