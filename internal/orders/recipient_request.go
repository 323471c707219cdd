package orders

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"soukin/internal/link"
	"soukin/internal/notify"
	"soukin/internal/vault"
	"soukin/remittance"
)

// Recipient is who is asked or told, and how. Everything is as typed. It
// prints and logs as nothing, because it holds personal data.
type Recipient struct {
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Lang    string `json:"lang,omitempty"`    // ja or en; empty means ja
	Purpose string `json:"purpose,omitempty"` // shown to the recipient; must not name them
	// Code to Code3 are what the recipient must know to name an account (GMO-PG's
	// Auth_Code 1 to 3), the labels what the page calls them.
	Code        string `json:"code,omitempty"`
	CodeLabel   string `json:"code_label,omitempty"`
	Code2       string `json:"code2,omitempty"`
	Code2Label  string `json:"code2_label,omitempty"`
	Code3       string `json:"code3,omitempty"`
	Code3Label  string `json:"code3_label,omitempty"`
	ExpiresDays string `json:"expires_days,omitempty"` // 1 to 180; empty follows the settings
}

// Format is masked for every verb.
func (r Recipient) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(recipient)") }

// LogValue is masked.
func (r Recipient) LogValue() slog.Value { return slog.StringValue("(recipient)") }

// firstField names the first field that is given.
func (r Recipient) firstField() string {
	return firstGiven(
		[]string{"email", "phone", "lang", "purpose", "code", "code_label", "code2", "code2_label", "code3", "code3_label", "expires_days"},
		r.Email, r.Phone, r.Lang, r.Purpose, r.Code, r.CodeLabel, r.Code2, r.Code2Label, r.Code3, r.Code3Label, r.ExpiresDays)
}

// firstGiven names the first of the fields that has a value.
func firstGiven(names []string, values ...string) string {
	for i, v := range values {
		if v != "" {
			return names[i]
		}
	}
	return ""
}

func (r Recipient) trimmed() Recipient {
	for _, s := range []*string{&r.Email, &r.Phone, &r.Lang, &r.Purpose, &r.Code, &r.CodeLabel, &r.Code2, &r.Code2Label, &r.Code3, &r.Code3Label, &r.ExpiresDays} {
		*s = strings.TrimSpace(*s)
	}
	return r
}

// The limits of what a link may be given.
const (
	maxPurpose = 60
	maxDays    = 180
)

// defaultLabels name codes that the merchant gave no label.
var defaultLabels = map[remittance.Lang][3]string{
	remittance.Ja: {"認証コード", "認証コード2", "認証コード3"},
	remittance.En: {"Verification code", "Verification code 2", "Verification code 3"},
}

// parsedRecipient is a recipient whose form is right.
type parsedRecipient struct {
	contact vault.Contact
	reached bool // the contact has an address or a number
	about   link.About
	codes   []link.Code
	window  time.Duration // 0 follows the settings
}

func (r Recipient) parse() (parsedRecipient, Faults) {
	var faults Faults
	p := parsedRecipient{about: link.About{Purpose: r.Purpose, Lang: remittance.Ja}}
	switch r.Lang {
	case "", "ja":
	case "en":
		p.about.Lang = remittance.En
	default:
		faults = append(faults, fault(RuleLang, "lang", value{"value", r.Lang}))
	}
	if utf8.RuneCountInString(r.Purpose) > maxPurpose || strings.ContainsAny(r.Purpose, "\r\n") {
		faults = append(faults, fault(RulePurpose, "purpose", value{"limit", strconv.Itoa(maxPurpose)}))
	}
	faults = append(faults, p.parseContact(r.Email, r.Phone)...)
	faults = append(faults, p.parseCodes(r)...)
	if r.ExpiresDays != "" {
		days, err := strconv.Atoi(r.ExpiresDays)
		if err != nil || days < 1 || days > maxDays {
			faults = append(faults, fault(RuleExpiresDays, "expires_days", value{"limit", strconv.Itoa(maxDays)}))
		}
		p.window = time.Duration(days) * 24 * time.Hour
	}
	return p, faults
}

func (p *parsedRecipient) parseContact(email, phone string) Faults {
	var faults Faults
	var err error
	if email != "" {
		if email, err = notify.ParseEmail(email); err != nil {
			faults = append(faults, fault(RuleEmail, "email").because(err))
		}
	}
	if phone != "" {
		if phone, err = notify.ParsePhone(phone); err != nil {
			faults = append(faults, fault(RulePhone, "phone").because(err))
		}
	}
	p.contact, p.reached = vault.NewContact(email, phone), email != "" || phone != ""
	return faults
}

func (p *parsedRecipient) parseCodes(r Recipient) Faults {
	var faults Faults
	given := [3]struct{ field, value, label string }{
		{"code", r.Code, r.CodeLabel}, {"code2", r.Code2, r.Code2Label}, {"code3", r.Code3, r.Code3Label},
	}
	for i, g := range given {
		if g.value == "" {
			if g.label != "" {
				faults = append(faults, fault(RuleCode, g.field))
			}
			continue
		}
		if g.label == "" {
			g.label = defaultLabels[p.about.Lang][i]
		}
		code, err := link.NewCode(g.label, g.value)
		if errors.Is(err, link.ErrCode) {
			faults = append(faults, fault(RuleCode, g.field).because(err))
			continue
		}
		p.codes = append(p.codes, code)
	}
	return faults
}
