package amazon

import (
	"context"
	"fmt"
	"strings"

	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// mocks are the request ids with which Amazon's own sandbox answers what is
// asked for, with or without the partner id in front; nil is success. Each
// failure is the one that the mock was seen to answer.
var mocks = map[string]*failure{
	"F0000": nil, "F1000": &failInternal, "F2003": &failNoAmount, "F2004": &failZeroAmount, "F2005": &failNoCurrency, "F2010": &failActivated,
	"F2015": &failMaxAmount, "F2016": &failCurrency, "F2017": &failFraction, "F2047": &failTooLate,
	"F3003": &failFunds, "F3005": &failAccount, "F3010": &failVelocity, "F4000": &failResend, "F5000": &failUnknown,
}

func (a *Amazon) mock(requestID string) (f *failure, isMock bool) {
	if f, isMock = mocks[requestID]; isMock {
		return f, true
	}
	f, isMock = mocks[strings.TrimPrefix(requestID, a.set.PartnerID)]
	return f, isMock
}

// Magic is what an amount makes the sandbox do, for clients whose request ids
// are not free to choose.
type Magic struct {
	Amount remittance.Yen
	Name   string // of its counter, "magic:amazon_<name>"
	Does   string // for the documentation

	fail     failure
	times    int  // how many attempts; 0 for all
	executes bool // although it answers otherwise
	throttle bool
	lost     bool
}

// Magics lists every magic amount.
func Magics() []Magic {
	return []Magic{
		{Amount: 2015, Name: "max_amount", Does: "Refused: F200 MaxAmountExceeded.", fail: failMaxAmount},
		{Amount: 3003, Name: "funds_short", Does: "F300 InsufficientFunds at the first two attempts, as if our money at Amazon were short; the third is executed.", fail: failFunds, times: 2},
		{Amount: 3010, Name: "daily_limit", Does: "Refused: F300 CustomerSurpassedDailyVelocityLimit.", fail: failVelocity},
		{Amount: 4004, Name: "resend", Does: "RESEND (F400) at the first attempt, nothing executed; the next is executed.", fail: failResend, times: 1},
		{Amount: 4014, Name: "resend_executed", Does: "RESEND (F400) at the first attempt, although it was executed; the same request id brings the gift.", fail: failResend, times: 1, executes: true},
		{Amount: 4029, Name: "throttled", Does: "ThrottlingException (429) at the first attempt; the next is executed.", times: 1, throttle: true},
		{Amount: 5005, Name: "unknown_executed", Does: "F500 at the first attempt, although it was executed; the same request id brings the gift.", fail: failUnknown, times: 1, executes: true},
		{Amount: 5015, Name: "answer_lost", Does: "Executed, but the connection is cut before the answer at the first attempt; the same request id brings the gift.", times: 1, executes: true, lost: true},
	}
}

var magicByAmount = func() map[remittance.Yen]Magic {
	byAmount := map[remittance.Yen]Magic{}
	for _, m := range Magics() {
		byAmount[m.Amount] = m
	}
	return byAmount
}()

// strikes reports whether an attempt at a gift meets its amount's magic, and
// counts it.
func (a *Amazon) strikes(ctx context.Context, requestID string, amount remittance.Yen) (Magic, bool, error) {
	m, ok := magicByAmount[amount]
	if !ok {
		return Magic{}, false, nil
	}
	if m.times > 0 {
		attempt, err := a.env.Faults.MagicAttempt(ctx, name+" "+requestID)
		if err != nil || attempt > m.times {
			return Magic{}, false, err
		}
	}
	return m, true, a.env.Faults.Fired(ctx, faults.Magic(name+"_"+m.Name))
}

// MagicUser is a login that gives an account of a special kind.
type MagicUser struct {
	Login string // the part before the @
	Does  string // for the documentation
	fail  failure
}

// MagicUsers lists them.
func MagicUsers() []MagicUser {
	return []MagicUser{
		{Login: "unknown", Does: "The login works, but LoadAmazonBalance refuses the account: F300 UnknownCustomer.", fail: failUser},
		{Login: "limit", Does: "The login works, but the account has had its limit of the day: F300 CustomerSurpassedDailyVelocityLimit.", fail: failVelocity},
	}
}

func magicUser(login string) (MagicUser, bool) {
	for _, m := range MagicUsers() {
		if m.Login == login {
			return m, true
		}
	}
	return MagicUser{}, false
}

// MagicTable renders the magic amounts and logins for docs/sandbox.md.
func MagicTable() string {
	var b strings.Builder
	b.WriteString("| amount or login | name | what happens |\n|---|---|---|\n")
	for _, m := range Magics() {
		fmt.Fprintf(&b, "| %d yen | `%s_%s` | %s |\n", m.Amount, name, m.Name, m.Does)
	}
	for _, m := range MagicUsers() {
		fmt.Fprintf(&b, "| `%s@…` | | %s |\n", m.Login, m.Does)
	}
	return b.String()
}
