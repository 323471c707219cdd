package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"

	"soukin/remittance"
)

// keyMemory is how long the bank remembers an Idempotency-Key (corporate API
// specification v1.8.0: 24 hours). Resending after that could pay twice.
const keyMemory = 24 * time.Hour

// answerSlack is what a stopping worker needs beyond the bank's timeout to
// report the answer to Temporal.
const answerSlack = 5 * time.Second

func (c *Config) validate() error {
	_, operators := c.Gateway.ParseOperators()
	_, merchant := remittance.ParseMerchantID(c.Merchant)
	return errors.Join(
		operators,
		unless(merchant == nil, "SOUKIN_MERCHANT", c.Merchant, "must be 1-20 of a-z, 0-9 and -"),
		c.validateListeners(),
		c.validateLog(),
		c.validateWorker(),
		atLeast("SOUKIN_SANDBOX_PROCESSING", c.Sandbox.Processing, 0),
		atLeast("SOUKIN_SANDBOX_BOUNCE", c.Sandbox.Bounce, 0),
		c.Bank.validate(),
		c.Bank.Policy.validate(),
		c.validateRealBank(),
		c.Link.validate(),
		c.Notify.validate(),
		c.validateRails(),
	)
}

// validateRealBank wants an answer, not a default, where a wrong guess about a
// bank pays twice: a request that waits unseen for its approval would be taken
// for never sent, and a key that is not honoured would be executed again.
func (c *Config) validateRealBank() error {
	if strings.HasPrefix(c.Bank.APIURL, c.Sandbox.URL+"/") {
		return nil
	}
	var errs []error
	for _, name := range []string{"SOUKIN_BANK_NEEDS_APPROVAL", "SOUKIN_BANK_HONOURS_KEYS"} {
		if c.origins[name] == "" {
			errs = append(errs, wrong(name, "", "must be set to true or false with any bank but the sandbox; ask the bank, see docs/rails-bank.md"))
		}
	}
	return errors.Join(errs...)
}

func (l Link) validate() error {
	errs := []error{
		atLeast("SOUKIN_LINK_WINDOW", l.Window, time.Second),
		atLeast("SOUKIN_LINK_REOPEN_WINDOW", l.ReopenWindow, time.Second),
		unless(l.MaxReopens >= 0, "SOUKIN_LINK_MAX_REOPENS", l.MaxReopens, "must be 0 or more"),
	}
	for _, d := range l.Reminders {
		errs = append(errs, atLeast("SOUKIN_LINK_REMINDERS", d, time.Second))
	}
	errs = append(errs, unless(slices.Contains([]string{"remaining", "same", "none"}, l.Fallback), "SOUKIN_LINK_FALLBACK", l.Fallback, "must be remaining, same or none"))
	u, err := url.Parse(l.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		errs = append(errs, wrong("SOUKIN_PUBLIC_URL", l.PublicURL, "must be an http or https URL"))
	}
	return errors.Join(errs...)
}

func (n Notify) validate() error {
	return errors.Join(
		unless(slices.Contains([]string{"starttls", "tls", "none"}, n.MailEncryption), "SOUKIN_MAIL_ENCRYPTION", n.MailEncryption, "must be starttls, tls or none"),
		unless(slices.Contains([]string{"http", "sns", "none"}, n.SMS), "SOUKIN_SMS", n.SMS, "must be http, sns or none"),
		unless(n.SMS != "sns" || n.SNSRegion != "" && n.SNSKeyID != "" && n.SNSSecret != "", "SOUKIN_SMS", n.SMS, "needs SOUKIN_SNS_REGION, SOUKIN_SNS_ACCESS_KEY_ID and SOUKIN_SNS_SECRET_FILE"),
	)
}

func (c *Config) validateListeners() error {
	var errs []error
	for name, addr := range map[string]string{
		"SOUKIN_WORKER_LISTEN": c.Worker.Listen, "SOUKIN_GATEWAY_LISTEN": c.Gateway.Listen, "SOUKIN_SANDBOX_LISTEN": c.Sandbox.Listen, "SOUKIN_SANDBOX_SMTP_LISTEN": c.Sandbox.SMTP,
	} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			errs = append(errs, wrong(name, addr, "must be host:port, as 127.0.0.1:8090"))
		}
	}
	for name, addr := range map[string]string{
		"SOUKIN_SANDBOX_URL": c.Sandbox.URL, "SOUKIN_SANDBOX_NOTICE_URL": c.Sandbox.NoticeURL, "SOUKIN_BANK_API_URL": c.Bank.APIURL,
		"SOUKIN_BANK_AUTH_URL": c.Bank.AuthURL, "SOUKIN_BANK_REDIRECT_URL": c.Bank.RedirectURL,
	} {
		u, err := url.Parse(addr)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			errs = append(errs, wrong(name, addr, "must be an http or https URL"))
		}
	}
	return errors.Join(errs...)
}

func (c *Config) validateLog() error {
	if _, err := zapcore.ParseLevel(c.LogLevel); err != nil {
		return wrong("SOUKIN_LOG_LEVEL", c.LogLevel, "must be debug, info, warn or error")
	}
	return nil
}

func (c *Config) validateWorker() error {
	return errors.Join(
		unless(c.Worker.StickyCache >= 0, "SOUKIN_STICKY_CACHE", c.Worker.StickyCache, "must be 0 or more"),
		unless(c.Worker.StopTimeout >= c.Bank.Timeout+answerSlack, "SOUKIN_STOP_TIMEOUT", c.Worker.StopTimeout,
			fmt.Sprintf("must be at least SOUKIN_BANK_TIMEOUT and %s, which is %s; else a stop cuts an instruction off", answerSlack, c.Bank.Timeout+answerSlack)),
	)
}

func (b Bank) validate() error {
	return errors.Join(
		unless(b.ClientAuth == "basic" || b.ClientAuth == "post", "SOUKIN_BANK_CLIENT_AUTH", b.ClientAuth, "must be basic or post"),
		unless(len(b.AccountID) >= 12 && len(b.AccountID) <= 29, "SOUKIN_BANK_ACCOUNT_ID", redact("tail", b.AccountID), "must have 12 to 29 characters"),
		b.validateErrorCodes(),
		unless(len(b.OwnCode) == 4 && strings.Trim(b.OwnCode, "0123456789") == "", "SOUKIN_BANK_OWN_CODE", b.OwnCode, "must be 4 digits, as 0310"),
		unless(b.ClientSecret != "", "SOUKIN_BANK_CLIENT_SECRET_FILE", "", "must name a file with our secret at the bank; only the sandbox needs none"),
		unless(b.Rate > 0, "SOUKIN_BANK_RATE", b.Rate, "must be above 0"),
		unless(b.Concurrency >= 1, "SOUKIN_BANK_CONCURRENCY", b.Concurrency, "must be at least 1"),
		unless(b.Timeout >= time.Second && b.Timeout <= 30*time.Second, "SOUKIN_BANK_TIMEOUT", b.Timeout, "must be from 1s to 30s: after 35s Temporal gives the call up, and we want to name its outcome before"),
		unless(b.Cap >= 1 && b.Cap <= remittance.LegalCap, "SOUKIN_BANK_CAP", int64(b.Cap),
			fmt.Sprintf("must be from 1 to %d, the legal limit of a remittance", int64(remittance.LegalCap))),
		unless(b.Fee >= 0, "SOUKIN_BANK_FEE", int64(b.Fee), "must be 0 or more"),
		unless(b.FeeSame >= 0, "SOUKIN_BANK_FEE_SAME_BANK", int64(b.FeeSame), "must be 0 or more"),
	)
}

func (b Bank) validateErrorCodes() error {
	var errs []error
	for code, meaning := range b.ErrorCodes {
		if _, _, err := ParseCodeMeaning(meaning); err != nil {
			errs = append(errs, fmt.Errorf("SOUKIN_BANK_ERROR_CODES: code %s: %w", code, err))
		}
	}
	return errors.Join(errs...)
}

// ParseCodeMeaning reads what a code of the bank means for an instruction:
// "rejected", or with a reason "rejected/no_such_account".
func ParseCodeMeaning(s string) (remittance.Outcome, remittance.Reason, error) {
	name, reason, _ := strings.Cut(s, "/")
	if reason != "" && !slices.Contains(remittance.Reasons(), remittance.Reason(reason)) {
		return 0, "", fmt.Errorf("reason %q is not one of docs/errors.md", reason)
	}
	for _, o := range []remittance.Outcome{remittance.OutcomeUnknown, remittance.OutcomeRejected, remittance.OutcomeRateLimited, remittance.OutcomeMisconfigured} {
		if o.String() == name {
			return o, remittance.Reason(reason), nil
		}
	}
	return 0, "", fmt.Errorf("outcome %q must be unknown, rejected, rate_limited or misconfigured", name)
}

func (p Policy) validate() error {
	return errors.Join(
		atLeast("SOUKIN_FUNDING_WINDOW", p.FundingWindow, time.Second),
		atLeast("SOUKIN_FUNDING_RECHECK", p.FundingRecheck, 100*time.Millisecond),
		unless(p.SubmitAttempts >= 1, "SOUKIN_BANK_SUBMIT_ATTEMPTS", p.SubmitAttempts, "must be at least 1"),
		atLeast("SOUKIN_BANK_SUBMIT_WINDOW", p.SubmitWindow, time.Second),
		unless(p.SubmitWindow <= keyMemory-time.Hour, "SOUKIN_BANK_SUBMIT_WINDOW", p.SubmitWindow,
			fmt.Sprintf("must be at most %s: the bank forgets keys after %s, and a resend after that could pay twice", keyMemory-time.Hour, keyMemory)),
		atLeast("SOUKIN_BANK_VISIBILITY_DELAY", p.VisibilityDelay, 0),
		atLeast("SOUKIN_BANK_ENQUIRE_EVERY", p.EnquireEvery, 100*time.Millisecond),
		atLeast("SOUKIN_BANK_ATTENTION_AFTER", p.AttentionAfter, max(time.Second, p.EnquireEvery)),
		atLeast("SOUKIN_BANK_WATCH_EVERY", p.WatchEvery, 100*time.Millisecond),
		atLeast("SOUKIN_BANK_CORRECTION_WINDOW", p.CorrectionWindow, 0),
	)
}

func atLeast(name string, value, least time.Duration) error {
	return unless(value >= least, name, value, fmt.Sprintf("must be at least %s", least))
}

func unless(ok bool, name string, value any, rule string) error {
	if ok {
		return nil
	}
	return wrong(name, value, rule)
}

func wrong(name string, value any, rule string) error {
	return fmt.Errorf("%s is %q: %s", name, strings.TrimSpace(fmt.Sprint(value)), rule)
}
