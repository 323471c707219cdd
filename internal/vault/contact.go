package vault

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"soukin/remittance"
)

// Contact is how to reach a recipient: by e-mail, by telephone, or both. It
// prints, encodes and logs masked; the methods give the plain values, for
// sending alone.
type Contact struct {
	reach func() reach // a function for the reason given at Account
}

type reach struct{ email, phone string }

// NewContact makes a contact; either part may be empty. It checks no form.
func NewContact(email, phone string) Contact {
	r := reach{email, phone}
	return Contact{func() reach { return r }}
}

func (c Contact) reveal() reach {
	if c.reach == nil {
		return reach{}
	}
	return c.reach()
}

// Email is the plain e-mail address. Personal data.
func (c Contact) Email() string { return c.reveal().email }

// Phone is the plain telephone number. Personal data.
func (c Contact) Phone() string { return c.reveal().phone }

// String is masked: the address's first letter and domain, the number's last
// two digits.
func (c Contact) String() string {
	email := c.Email()
	if at := strings.LastIndexByte(email, '@'); at >= 0 {
		email = maskName(email[:at]) + email[at:]
	} else {
		email = maskName(email)
	}
	return strings.TrimSpace(email + " " + maskNumber(c.Phone()))
}

// Format is masked for every verb.
func (c Contact) Format(s fmt.State, _ rune) { fmt.Fprint(s, c.String()) }

// MarshalJSON is masked.
func (c Contact) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// LogValue is masked.
func (c Contact) LogValue() slog.Value { return slog.StringValue(c.String()) }

type storedContact struct {
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// PutContact keeps a contact for a merchant and gives its id; the same contact
// given again has the same id, as long as it is not deleted. Errors:
// [ErrIncomplete].
func (v *Vault) PutContact(ctx context.Context, m remittance.MerchantID, c Contact) (remittance.ContactID, error) {
	if m == "" || c.reveal() == (reach{}) {
		return "", fmt.Errorf("%w: a contact needs a merchant and an e-mail address or a telephone number", ErrIncomplete)
	}
	plain, err := json.Marshal(storedContact{c.Email(), c.Phone()})
	if err != nil {
		return "", fmt.Errorf("encode contact: %w", err)
	}
	id, err := v.put(ctx, deposit{kindContact, m, string(plain), plain, func([]byte) ([]byte, error) { return nil, nil }})
	return remittance.ContactID(id), err
}

// Contact opens a contact. Errors: [ErrNotFound], [ErrDeleted], [ErrSealed].
func (v *Vault) Contact(ctx context.Context, m remittance.MerchantID, id remittance.ContactID) (Contact, error) {
	it, err := v.get(ctx, kindContact, m, string(id))
	if err != nil {
		return Contact{}, err
	}
	stored, err := decode[storedContact](it.plain)
	return NewContact(stored.Email, stored.Phone), err
}

// DeleteContact shreds a contact; its id stays taken for ever. Errors:
// [ErrNotFound], [ErrDeleted].
func (v *Vault) DeleteContact(ctx context.Context, m remittance.MerchantID, id remittance.ContactID) error {
	return v.remove(ctx, kindContact, m, string(id))
}
