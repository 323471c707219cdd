package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"soukin/internal/refund"
	"soukin/remittance"
)

func (c *Config) validateRails() error {
	return errors.Join(c.Patience.validate(), c.validateCounterparties())
}

func (p Patience) validate() error {
	return errors.Join(
		unless(p.SubmitAttempts >= 1, "SOUKIN_RAILS_SUBMIT_ATTEMPTS", p.SubmitAttempts, "must be at least 1"),
		atLeast("SOUKIN_RAILS_SUBMIT_WINDOW", p.SubmitWindow, time.Second),
		atLeast("SOUKIN_RAILS_VISIBILITY_DELAY", p.VisibilityDelay, 0),
		atLeast("SOUKIN_RAILS_ENQUIRE_EVERY", p.EnquireEvery, 100*time.Millisecond),
		atLeast("SOUKIN_RAILS_ATTENTION_AFTER", p.AttentionAfter, max(time.Second, p.EnquireEvery)),
		atLeast("SOUKIN_RAILS_WATCH_EVERY", p.WatchEvery, 100*time.Millisecond),
	)
}

// validateCounterparties checks what every rail but the bank has.
func (c *Config) validateCounterparties() error {
	var errs []error
	for _, r := range []struct {
		name        string
		cap, fee    remittance.Yen
		rate        float64
		concurrency int
		timeout     time.Duration
	}{
		{"ATM", c.ATM.Cap, c.ATM.Fee, c.ATM.Rate, c.ATM.Concurrency, c.ATM.Timeout},
		{"AMAZON", c.Amazon.Cap, c.Amazon.Fee, c.Amazon.Rate, c.Amazon.Concurrency, c.Amazon.Timeout},
		{"AUPAY", c.AuPay.Cap, c.AuPay.Fee, c.AuPay.Rate, c.AuPay.Concurrency, c.AuPay.Timeout},
		{"PREPAID", c.Prepaid.Cap, c.Prepaid.Fee, c.Prepaid.Rate, c.Prepaid.Concurrency, c.Prepaid.Timeout},
	} {
		setting := "SOUKIN_" + r.name
		errs = append(errs,
			unless(r.cap >= 1 && r.cap <= remittance.LegalCap, setting+"_CAP", int64(r.cap), fmt.Sprintf("must be from 1 to %d, the legal limit of a remittance", int64(remittance.LegalCap))),
			unless(r.fee >= 0, setting+"_FEE", int64(r.fee), "must be 0 or more"),
			unless(r.rate > 0, setting+"_RATE", r.rate, "must be above 0"),
			unless(r.concurrency >= 1, setting+"_CONCURRENCY", r.concurrency, "must be at least 1"),
			unless(r.timeout >= time.Second && r.timeout <= 30*time.Second, setting+"_TIMEOUT", r.timeout, "must be from 1s to 30s: after 35s Temporal gives the call up, and we want to name its outcome before"),
		)
	}
	for name, addr := range map[string]string{
		"SOUKIN_ATM_API_URL": c.ATM.APIURL, "SOUKIN_AMAZON_API_URL": c.Amazon.APIURL, "SOUKIN_AMAZON_LOGIN_URL": c.Amazon.LoginURL,
		"SOUKIN_AMAZON_TOKEN_URL": c.Amazon.TokenURL, "SOUKIN_AMAZON_PROFILE_URL": c.Amazon.ProfileURL,
		"SOUKIN_AUPAY_API_URL": c.AuPay.APIURL, "SOUKIN_PREPAID_API_URL": c.Prepaid.APIURL,
	} {
		u, err := url.Parse(addr)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			errs = append(errs, wrong(name, addr, "must be an http or https URL"))
		}
	}
	for name, secret := range map[string]Secret{
		"SOUKIN_ATM_TOKEN_FILE": c.ATM.Token, "SOUKIN_ATM_NOTICE_SECRET_FILE": c.ATM.NoticeSecret, "SOUKIN_AMAZON_SECRET_FILE": c.Amazon.Secret,
		"SOUKIN_AMAZON_LOGIN_SECRET_FILE": c.Amazon.LoginSecret, "SOUKIN_AUPAY_TOKEN_FILE": c.AuPay.Token, "SOUKIN_PREPAID_TOKEN_FILE": c.Prepaid.Token,
	} {
		errs = append(errs, unless(secret != "", name, "", "must name a file with our secret; only the sandbox needs none"))
	}
	return errors.Join(append(errs,
		atLeast("SOUKIN_ATM_TERM", c.ATM.Term, time.Second),
		unless(c.ATM.MaxReissues >= 0, "SOUKIN_ATM_MAX_REISSUES", c.ATM.MaxReissues, "must be 0 or more"),
		unless(c.Amazon.Form == remittance.GiftBalance || c.Amazon.Form == remittance.GiftCode, "SOUKIN_AMAZON_FORM", c.Amazon.Form, "must be balance or code"),
		unless(len(c.Amazon.PartnerID) == 5, "SOUKIN_AMAZON_PARTNER_ID", c.Amazon.PartnerID, "must be 5 letters and digits"),
		atLeast("SOUKIN_AMAZON_CODE_RECALL", c.Amazon.CodeRecall, 0),
		c.Amazon.validateErrorTypes(),
		c.AuPay.validate(),
		c.Prepaid.validate(),
	)...)
}

func (a Amazon) validateErrorTypes() error {
	var errs []error
	for name, meaning := range a.ErrorTypes {
		if _, _, err := ParseCodeMeaning(meaning); err != nil {
			errs = append(errs, wrong("SOUKIN_AMAZON_ERROR_TYPES", name+"="+meaning, err.Error()))
		}
	}
	return errors.Join(errs...)
}

// validate wants a form that binds the whole number: one that is found anywhere
// inside it would let every number through.
func (a AuPay) validate() error {
	_, err := regexp.Compile(a.MemberForm)
	return unless(err == nil && strings.HasPrefix(a.MemberForm, "^") && strings.HasSuffix(a.MemberForm, "$"),
		"SOUKIN_AUPAY_MEMBER_FORM", a.MemberForm, "must be a regular expression from ^ to $, as ^[0-9]{16}$")
}

func (p Prepaid) validate() error {
	_, err := refund.ParseIssuers(p.Issuers)
	return unless(err == nil, "SOUKIN_PREPAID_ISSUERS", p.Issuers, fmt.Sprint(err))
}
