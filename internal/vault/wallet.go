package vault

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"soukin/remittance"
)

// Wallet is where money goes that goes to no bank account: a member number, a
// login, the purchase that a prepaid card is refunded for. It prints, encodes
// and logs masked; [Wallet.Number] gives the plain value, for the instruction
// alone.
type Wallet struct {
	Rail   remittance.Rail
	Issuer string // who runs it, where a rail has several

	number func() string // a function for the reason given at Account
}

// NewWallet makes a wallet; issuer may be empty. It checks no form.
func NewWallet(rail remittance.Rail, issuer, number string) Wallet {
	return Wallet{Rail: rail, Issuer: issuer, number: func() string { return number }}
}

// Number is the plain number, login or purchase. It may be personal data.
func (w Wallet) Number() string {
	if w.number == nil {
		return ""
	}
	return w.number()
}

// String is masked: the rail, the issuer and the last two characters.
func (w Wallet) String() string {
	if w.Issuer == "" {
		return fmt.Sprintf("%s %s", w.Rail, maskNumber(w.Number()))
	}
	return fmt.Sprintf("%s %s %s", w.Rail, w.Issuer, maskNumber(w.Number()))
}

// Format is masked for every verb.
func (w Wallet) Format(s fmt.State, _ rune) { fmt.Fprint(s, w.String()) }

// MarshalJSON is masked.
func (w Wallet) MarshalJSON() ([]byte, error) { return json.Marshal(w.String()) }

// LogValue is masked.
func (w Wallet) LogValue() slog.Value { return slog.StringValue(w.String()) }

// storedWallet is what gets sealed. Fields may be added, never changed.
type storedWallet struct {
	Rail   remittance.Rail `json:"rail"`
	Issuer string          `json:"issuer,omitempty"`
	Number string          `json:"number"`
}

// PutWallet keeps a wallet for a merchant and gives its id; the same wallet
// given again has the same id. Errors: [ErrIncomplete].
func (v *Vault) PutWallet(ctx context.Context, m remittance.MerchantID, w Wallet) (remittance.AccountID, error) {
	if m == "" || w.Rail == "" || w.Number() == "" {
		return "", fmt.Errorf("%w: a wallet needs merchant, rail and number", ErrIncomplete)
	}
	plain, err := json.Marshal(storedWallet{w.Rail, w.Issuer, w.Number()})
	if err != nil {
		return "", fmt.Errorf("encode wallet: %w", err)
	}
	id, err := v.put(ctx, deposit{kindWallet, m, string(plain), plain, func([]byte) ([]byte, error) { return nil, nil }})
	return remittance.AccountID(id), err
}

// Wallet opens a wallet. Errors: [ErrNotFound], [ErrDeleted], [ErrSealed].
func (v *Vault) Wallet(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) (Wallet, error) {
	it, err := v.get(ctx, kindWallet, m, string(id))
	if err != nil {
		return Wallet{}, err
	}
	stored, err := decode[storedWallet](it.plain)
	return NewWallet(stored.Rail, stored.Issuer, stored.Number), err
}
