package zengin

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"soukin/remittance"
)

// AccountType is the kind of a payee's account, by the code of the Bankers
// Association's transfer formats.
type AccountType int

// The types a transfer can be sent to.
const (
	Ordinary  AccountType = 1 // 普通
	Current   AccountType = 2 // 当座
	Savings   AccountType = 4 // 貯蓄
	OtherType AccountType = 9 // その他
)

var accountTypes = []struct {
	is     AccountType
	name   string
	ja     string
	spoken []string
}{
	{Ordinary, "ordinary", "普通", []string{"普通預金", "普通貯金", "通常貯金", "総合", "フツウ"}},
	{Current, "current", "当座", []string{"当座預金", "checking", "トウザ"}},
	{Savings, "savings", "貯蓄", []string{"貯蓄預金", "貯蓄貯金", "通常貯蓄貯金", "チヨチク", "チョチク"}},
	{OtherType, "other", "その他", []string{"ソノタ"}},
}

// ParseAccountType reads a code ("1"), an English name ("ordinary") or a
// Japanese one ("普通", "普通預金"), in any width. The error is a [FieldError].
func ParseAccountType(s string) (AccountType, error) {
	word := strings.ToLower(strings.TrimSpace(norm.NFKC.String(s)))
	if word == "" {
		return 0, &FieldError{Field: FieldType, Rule: RuleRequired}
	}
	for _, t := range accountTypes {
		if word == t.is.Code() || word == t.name || word == t.ja {
			return t.is, nil
		}
		for _, spoken := range t.spoken {
			if word == spoken {
				return t.is, nil
			}
		}
	}
	return 0, &FieldError{Field: FieldType, Rule: RuleUnknownType}
}

// Code is the digit banks use.
func (t AccountType) Code() string { return strconv.Itoa(int(t)) }

// Label is the type as people call it.
func (t AccountType) Label(l remittance.Lang) string {
	for _, known := range accountTypes {
		if known.is == t && l == remittance.Ja {
			return known.ja
		}
	}
	return t.String()
}

// String is the English name.
func (t AccountType) String() string {
	for _, known := range accountTypes {
		if known.is == t {
			return known.name
		}
	}
	return "account type " + t.Code()
}

func (t AccountType) valid() bool {
	return t == Ordinary || t == Current || t == Savings || t == OtherType
}

// PayeeAccount is the account money is sent to. It is a value: two equal
// accounts compare equal. Its fields are reached through methods only and
// whatever prints, logs or marshals it sees a mask, because the number and the
// name are personal data; to store an account, take its parts and rebuild it
// with [NewPayeeAccount].
type PayeeAccount struct {
	bank, branch string
	kind         AccountType
	number, name secret
}

// NewPayeeAccount rebuilds an account from parts that [ParseAccount] gave
// earlier: 4, 3 and 7 digits, a known type and a half-width name of at most 48
// letters. It checks the form only, not whether the branch still exists: an
// account stays what it was when a branch is merged away. The error is
// [FieldErrors].
func NewPayeeAccount(bank, branch string, kind AccountType, number, name string) (PayeeAccount, error) {
	var faults FieldErrors
	for _, part := range []struct {
		field  Field
		digits string
		length int
	}{{FieldBank, bank, 4}, {FieldBranch, branch, 3}, {FieldNumber, number, accountDigits}} {
		if !allDigits(part.digits) {
			faults = append(faults, &FieldError{Field: part.field, Rule: RuleNotDigits})
		} else if len(part.digits) != part.length {
			faults = append(faults, &FieldError{Field: part.field, Rule: RuleLength, Limit: part.length, Got: len(part.digits)})
		}
	}
	if !kind.valid() {
		faults = append(faults, &FieldError{Field: FieldType, Rule: RuleUnknownType})
	}
	if name == "" {
		faults = append(faults, &FieldError{Field: FieldName, Rule: RuleRequired})
	} else if !widest.Allows(name) {
		faults = append(faults, &FieldError{Field: FieldName, Rule: RuleNameCharacter})
	} else if n := len([]rune(name)); n > LimitTransfer {
		faults = append(faults, &FieldError{Field: FieldName, Rule: RuleNameTooLong, Limit: LimitTransfer, Got: n})
	}
	if err := faults.orNil(); err != nil {
		return PayeeAccount{}, err
	}
	return PayeeAccount{bank: bank, branch: branch, kind: kind, number: hide(number), name: hide(name)}, nil
}

// widest is every letter some bank takes in a name.
var widest = Charset{Name: "any", Extra: "()-.,/\\｢｣ｦ"}

// accountDigits is the length of an account number in transfers.
const accountDigits = 7

func allDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// Bank is the 4-digit bank code.
func (a PayeeAccount) Bank() string { return a.bank }

// Branch is the 3-digit branch code.
func (a PayeeAccount) Branch() string { return a.branch }

// Type is the kind of account.
func (a PayeeAccount) Type() AccountType { return a.kind }

// Number is the account number of 7 digits. It is personal data.
func (a PayeeAccount) Number() string { return a.number.reveal() }

// Name is the account name in half-width letters. It is personal data.
func (a PayeeAccount) Name() string { return a.name.reveal() }

// IsZero reports whether the account is the empty value.
func (a PayeeAccount) IsZero() bool { return a == PayeeAccount{} }

// String is masked: bank, branch, type and the last two digits, as in
// "0005-001 ordinary *****67".
func (a PayeeAccount) String() string {
	if a.IsZero() {
		return "no account"
	}
	number := a.Number()
	return fmt.Sprintf("%s-%s %s *****%s", a.bank, a.branch, a.kind, number[len(number)-2:])
}

// Format is masked for every verb.
func (a PayeeAccount) Format(f fmt.State, _ rune) { fmt.Fprint(f, a.String()) }

// LogValue is masked.
func (a PayeeAccount) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalJSON is masked: it cannot be read back.
func (a PayeeAccount) MarshalJSON() ([]byte, error) { return json.Marshal(a.String()) }

// UnmarshalJSON always fails, so that a masked account is never taken for one.
func (a *PayeeAccount) UnmarshalJSON([]byte) error {
	return errors.New("a payee account is not read from JSON: build it with NewPayeeAccount")
}
