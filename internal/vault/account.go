package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"soukin/remittance"
)

// ErrIncomplete is wrapped when an account or a contact lacks what it needs.
var ErrIncomplete = errors.New("incomplete")

// Account is a payee's bank account as the bank will see it. Whatever prints,
// encodes or logs it shows it masked; [Account.Number] and [Account.Name] give
// the plain values, for the instruction to the bank alone.
type Account struct {
	Bank   string // 4 digits
	Branch string // 3 digits
	Type   string // the banks' code of the kind of deposit: 1, 2, 4 or 9

	// A function, because fmt prints the unexported fields of a struct that an
	// account is part of without asking the account, and follows pointers.
	owner func() owner
}

type owner struct{ number, name string }

// NewAccount makes an account from its bank code, branch code, type code,
// seven-digit number and half-width kana name. It checks nothing: that is the
// business of package zengin.
func NewAccount(bank, branch, kind, number, name string) Account {
	o := owner{number, name}
	return Account{Bank: bank, Branch: branch, Type: kind, owner: func() owner { return o }}
}

func (a Account) reveal() owner {
	if a.owner == nil {
		return owner{}
	}
	return a.owner()
}

// Number is the plain account number. Personal data.
func (a Account) Number() string { return a.reveal().number }

// Name is the plain name of the account's owner. Personal data.
func (a Account) Name() string { return a.reveal().name }

// Equal compares the plain values.
func (a Account) Equal(b Account) bool {
	return a.Bank == b.Bank && a.Branch == b.Branch && a.Type == b.Type && a.reveal() == b.reveal()
}

// String is masked: bank, branch, type, the number's last two digits and the
// name's first letter.
func (a Account) String() string {
	return fmt.Sprintf("%s-%s %s %s %s", a.Bank, a.Branch, a.Type, maskNumber(a.Number()), maskName(a.Name()))
}

// Format is masked for every verb.
func (a Account) Format(s fmt.State, _ rune) { fmt.Fprint(s, a.String()) }

// MarshalJSON is masked.
func (a Account) MarshalJSON() ([]byte, error) { return json.Marshal(a.String()) }

// LogValue is masked.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.String()) }

func maskNumber(n string) string {
	if len(n) < 4 {
		return strings.Repeat("*", len(n))
	}
	return strings.Repeat("*", len(n)-2) + n[len(n)-2:]
}

func maskName(n string) string {
	first, size := utf8.DecodeRuneInString(n)
	if size == 0 {
		return ""
	}
	return string(first) + "***"
}

// AccountEntry is an account as lists show it: masked, with what the merchant
// calls it.
type AccountEntry struct {
	ID        remittance.AccountID `json:"account"`
	Bank      string               `json:"bank"`
	Branch    string               `json:"branch"`
	Type      string               `json:"type"`
	Number    string               `json:"number"` // masked: *****67
	Name      string               `json:"name"`   // masked: ﾔ***
	Label     string               `json:"label,omitempty"`
	CreatedAt time.Time            `json:"created_at"`
}

// LogValue leaves the label out: merchants write names into it.
func (e AccountEntry) LogValue() slog.Value { return slog.StringValue(string(e.ID)) }

// Format leaves the label out, as LogValue does.
func (e AccountEntry) Format(s fmt.State, _ rune) { fmt.Fprint(s, string(e.ID)) }

// storedAccount is what gets sealed. Fields may be added, never changed.
type storedAccount struct {
	Bank   string `json:"bank"`
	Branch string `json:"branch"`
	Type   string `json:"type"`
	Number string `json:"number"`
	Name   string `json:"name"`
	Label  string `json:"label,omitempty"`
}

func (s storedAccount) account() Account {
	return NewAccount(s.Bank, s.Branch, s.Type, s.Number, s.Name)
}

func (s storedAccount) entry(it item) AccountEntry {
	return AccountEntry{
		ID: remittance.AccountID(it.id), Bank: s.Bank, Branch: s.Branch, Type: s.Type,
		Number: maskNumber(s.Number), Name: maskName(s.Name), Label: s.Label, CreatedAt: it.createdAt,
	}
}

// Put keeps an account for a merchant and gives its id. The same account given
// again by the same merchant has the same id, as long as it is not deleted; a
// label that is not empty then replaces the old one. Errors: [ErrIncomplete].
func (v *Vault) Put(ctx context.Context, m remittance.MerchantID, a Account, label string) (remittance.AccountID, error) {
	if m == "" || a.Bank == "" || a.Branch == "" || a.Type == "" || a.Number() == "" || a.Name() == "" {
		return "", fmt.Errorf("%w: an account needs merchant, bank, branch, type, number and name", ErrIncomplete)
	}
	stored := storedAccount{a.Bank, a.Branch, a.Type, a.Number(), a.Name(), ""}
	identity, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("encode account: %w", err)
	}
	stored.Label = label
	plain, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("encode account: %w", err)
	}
	id, err := v.put(ctx, deposit{kindAccount, m, string(identity), plain, func(old []byte) ([]byte, error) {
		before, err := decode[storedAccount](old)
		if err != nil || label == "" || before.Label == label {
			return nil, err
		}
		return plain, nil
	}})
	return remittance.AccountID(id), err
}

// Get opens an account. Errors: [ErrNotFound], [ErrDeleted], [ErrSealed].
func (v *Vault) Get(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) (Account, error) {
	stored, _, err := v.account(ctx, m, id)
	return stored.account(), err
}

// Show gives an account masked. Errors as [Vault.Get].
func (v *Vault) Show(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) (AccountEntry, error) {
	stored, it, err := v.account(ctx, m, id)
	return stored.entry(it), err
}

func (v *Vault) account(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) (storedAccount, item, error) {
	it, err := v.get(ctx, kindAccount, m, string(id))
	if err != nil {
		return storedAccount{}, item{}, err
	}
	stored, err := decode[storedAccount](it.plain)
	return stored, it, err
}

// List gives a merchant's accounts, masked, in the order they were given, limit
// at a time; after is the last id of the page before, or empty.
func (v *Vault) List(ctx context.Context, m remittance.MerchantID, limit int, after remittance.AccountID) ([]AccountEntry, error) {
	items, err := v.list(ctx, kindAccount, m, limit, string(after))
	if err != nil {
		return nil, err
	}
	out := make([]AccountEntry, len(items))
	for i, it := range items {
		stored, err := decode[storedAccount](it.plain)
		if err != nil {
			return nil, err
		}
		out[i] = stored.entry(it)
	}
	return out, nil
}

// Delete shreds an account. Its id stays taken for ever. Whether an open
// remittance still needs it is for the caller to know. Errors: [ErrNotFound],
// [ErrDeleted].
func (v *Vault) Delete(ctx context.Context, m remittance.MerchantID, id remittance.AccountID) error {
	return v.remove(ctx, kindAccount, m, string(id))
}

// decode reads sealed content. Its error names no content.
func decode[T any](plain []byte) (T, error) {
	var out T
	if err := json.Unmarshal(plain, &out); err != nil {
		return out, fmt.Errorf("%w: it opens but is not what was put in", ErrSealed)
	}
	return out, nil
}
