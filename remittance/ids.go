package remittance

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ErrID is wrapped by every error about the form of an identifier.
var ErrID = errors.New("identifier")

// MerchantID names a merchant: 1 to 20 of a-z, 0-9 and "-", starting with a
// letter or digit. It appears in plain text in workflow ids and search
// attributes, so it must not be personal data.
type MerchantID string

// RemittanceID is chosen by the merchant and unique per merchant for ever: 1
// to 27 of A-Z, a-z, 0-9 and "-" (the form of GMO-PG's Deposit_ID).
type RemittanceID string

// AccountID refers to where money goes, in the vault: a bank account ("acc_" and
// 26 characters) or a wallet, card or login elsewhere ("wal_" and 26). Ids are
// given once and never reused, even after deletion.
type AccountID string

// ContactID refers to a recipient's mail address and telephone number in the
// vault: "ctc_" and 26 characters.
type ContactID string

var (
	merchantForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)
	remittanceForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,27}$`)
	accountForm    = regexp.MustCompile(`^(acc|wal)_[0-9A-Z]{26}$`)
	contactForm    = regexp.MustCompile(`^ctc_[0-9A-Z]{26}$`)
	stepForm       = regexp.MustCompile(`^[a-z][a-z-]{0,19}$`)
)

// ParseMerchantID checks the form of a merchant id.
func ParseMerchantID(s string) (MerchantID, error) {
	if !merchantForm.MatchString(s) {
		return "", fmt.Errorf("%w: merchant %q must be 1-20 of a-z, 0-9 and - and start with a letter or digit", ErrID, s)
	}
	return MerchantID(s), nil
}

// ParseRemittanceID checks the form of a remittance id.
func ParseRemittanceID(s string) (RemittanceID, error) {
	if !remittanceForm.MatchString(s) {
		return "", fmt.Errorf("%w: remittance_id %q must be 1-27 of A-Z, a-z, 0-9 and -", ErrID, s)
	}
	return RemittanceID(s), nil
}

// ParseAccountID checks the form of a vault account id.
func ParseAccountID(s string) (AccountID, error) {
	if !accountForm.MatchString(s) {
		return "", fmt.Errorf("%w: account %q must be acc_ or wal_ and 26 of 0-9 and A-Z", ErrID, s)
	}
	return AccountID(s), nil
}

// ParseContactID checks the form of a vault contact id.
func ParseContactID(s string) (ContactID, error) {
	if !contactForm.MatchString(s) {
		return "", fmt.Errorf("%w: contact %q must be ctc_ and 26 of 0-9 and A-Z", ErrID, s)
	}
	return ContactID(s), nil
}

// Ref names one remittance: the merchant's id is unique only together with
// the merchant.
type Ref struct {
	Merchant   MerchantID   `json:"merchant"`
	Remittance RemittanceID `json:"remittance_id"`
}

const workflowPrefix = "remittance:"

// WorkflowID is the id of the durable workflow that owns the remittance. It is
// plain text in Temporal.
func (r Ref) WorkflowID() string {
	return workflowPrefix + string(r.Merchant) + ":" + string(r.Remittance)
}

// String is "<merchant>/<remittance_id>".
func (r Ref) String() string { return string(r.Merchant) + "/" + string(r.Remittance) }

// ParseWorkflowID is the inverse of [Ref.WorkflowID].
func ParseWorkflowID(s string) (Ref, error) {
	rest, ok := strings.CutPrefix(s, workflowPrefix)
	m, r, ok2 := strings.Cut(rest, ":")
	if !ok || !ok2 {
		return Ref{}, fmt.Errorf("%w: workflow id %q must be remittance:<merchant>:<remittance_id>", ErrID, s)
	}
	return ParseRef(m, r)
}

// ParseRef checks both parts.
func ParseRef(merchant, remittance string) (Ref, error) {
	m, err := ParseMerchantID(merchant)
	if err != nil {
		return Ref{}, err
	}
	r, err := ParseRemittanceID(remittance)
	if err != nil {
		return Ref{}, err
	}
	return Ref{m, r}, nil
}

// Key identifies one instruction to a rail for ever. Resending under the same
// key can never pay twice on a rail that honours keys; the generation changes
// only after a confirmed rejection or return, never with an attempt or a run.
type Key struct {
	Ref
	Step       string `json:"step"`
	Generation int    `json:"generation"` // from 1
}

// String is "<merchant>/<remittance_id>/<step>/<generation>".
func (k Key) String() string {
	return k.Ref.String() + "/" + k.Step + "/" + strconv.Itoa(k.Generation)
}

// ParseKey is the inverse of [Key.String].
func ParseKey(s string) (Key, error) {
	parts := strings.Split(s, "/")
	if len(parts) != 4 {
		return Key{}, fmt.Errorf("%w: key %q must be <merchant>/<remittance_id>/<step>/<generation>", ErrID, s)
	}
	ref, err := ParseRef(parts[0], parts[1])
	if err != nil {
		return Key{}, err
	}
	if !stepForm.MatchString(parts[2]) {
		return Key{}, fmt.Errorf("%w: step %q of key must be 1-20 of a-z and -", ErrID, parts[2])
	}
	gen, err := strconv.Atoi(parts[3])
	if err != nil || gen < 1 || strconv.Itoa(gen) != parts[3] {
		return Key{}, fmt.Errorf("%w: generation %q of key must be a whole number from 1", ErrID, parts[3])
	}
	return Key{ref, parts[2], gen}, nil
}
