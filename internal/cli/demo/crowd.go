package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/orders"
	"soukin/remittance"
)

// Crowd is a number of remittances over all rails and the people who receive
// them, all made from a seed: the same seed gives the same orders and recipients
// who do the same.
type Crowd struct {
	Remittances int
	Seed        uint64
}

// one is a remittance of a crowd and its recipient.
type one struct {
	row  orders.Row
	acts bool // otherwise they never do anything
	who  person
}

// make draws a whole crowd. day is what days of purchases are counted from.
func (c Crowd) make(day time.Time) []one {
	out := make([]one, c.Remittances)
	for i := range out {
		// Each has dice of its own, so that a larger crowd begins with the smaller one.
		d := dice{rand.New(rand.NewPCG(c.Seed, uint64(i)))} //nolint:gosec // repeatable on purpose
		out[i] = d.remittance(fmt.Sprintf("F%d-%04d", c.Seed, i+1), i, day)
	}
	return out
}

// dice draw everything about one remittance.
type dice struct{ *rand.Rand }

// chance is true in so many of a hundred.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// thousands is an amount that notes can pay.
func (d dice) thousands(most int) remittance.Yen { return remittance.Yen(1+d.IntN(most)) * 1_000 }

func (d dice) yen(from, to int) remittance.Yen { return remittance.Yen(from + d.IntN(to-from+1)) }

// patterns has each pattern as often as it comes in a crowd.
var patterns = []struct {
	pattern remittance.Pattern
	percent int
}{
	{remittance.BankTransfer, 22}, {remittance.AccountLink, 14}, {remittance.ATMCash, 15}, {remittance.GiftCard, 15},
	{remittance.AuPay, 12}, {remittance.PrepaidRefund, 8}, {remittance.Choice, 14},
}

func (d dice) pattern() remittance.Pattern {
	n := d.IntN(100)
	for _, p := range patterns {
		if n -= p.percent; n < 0 {
			return p.pattern
		}
	}
	return remittance.Choice
}

func (d dice) remittance(id string, i int, day time.Time) one {
	pattern := d.pattern()
	o := one{row: orders.Row{Request: orders.Request{RemittanceID: id, Pattern: string(pattern)}}}
	r := &o.row.Request
	amount := d.yen(100, 30_000)
	switch pattern {
	case remittance.BankTransfer:
		a := d.account(d.chance(25))
		r.Payee = orders.Payee{Bank: a.bankCode, Branch: a.branchCode, Type: a.kind, Number: a.number, Name: a.name}
	case remittance.PrepaidRefund:
		amount, o.row.Expect = d.purchase(r, i, day)
	default:
		amount = d.recipient(&o, pattern, i)
	}
	r.Amount = fmt.Sprint(int64(amount))
	return o
}

// recipient draws who is asked and what they do, and the amount.
func (d dice) recipient(o *one, pattern remittance.Pattern, i int) remittance.Yen {
	r := &o.row.Request
	name := strings.ToLower(r.RemittanceID)
	if r.Email = name + "@example.jp"; d.chance(25) {
		r.Email, r.Phone = "", fmt.Sprintf("0900%07d", i+1)
	}
	if d.chance(40) {
		r.Code, r.CodeLabel = fmt.Sprintf("%04d", d.IntN(10_000)), "会員番号の下4桁"
		if d.chance(25) {
			o.who.mistypes = "wrong"
		}
	}
	o.acts, o.who.declines, o.who.hesitates = !d.chance(8), d.chance(4), d.chance(4)
	o.who.cash = withdrawal{staysAway: d.chance(12), loses: d.chance(12)}
	if d.chance(35) {
		o.who.cash.mistakes = 1 + d.IntN(lockingMistakes)
	}
	rails := []remittance.Rail{pattern.Rail()}
	amount := d.yen(100, 30_000)
	if pattern == remittance.Choice {
		rails = d.ways()
		r.Rails = names(rails)
	}
	if pattern == remittance.ATMCash || pattern == remittance.Choice {
		amount = d.thousands(60)
	}
	if (pattern == remittance.GiftCard || strings.Contains(r.Rails, string(remittance.RailAmazon))) && d.chance(50) {
		r.GiftForm = string(remittance.GiftCode)
	}
	for range 4 {
		o.who.tries = append(o.who.tries, d.try(pick(d, rails...), name, i, len(o.who.tries) < 2 && d.chance(35)))
	}
	return amount
}

// ways draws two ways or more, in any order.
func (d dice) ways() []remittance.Rail {
	rails := remittance.ChoosableRails()
	d.Shuffle(len(rails), func(i, j int) { rails[i], rails[j] = rails[j], rails[i] })
	return rails[:2+d.IntN(len(rails)-1)]
}

func names(rails []remittance.Rail) string {
	text := make([]string, len(rails))
	for i, r := range rails {
		text[i] = string(r)
	}
	return strings.Join(text, ",")
}

// try draws what somebody types on a way; trouble makes it one of the sandbox's
// magic values (docs/sandbox.md).
func (d dice) try(way remittance.Rail, name string, i int, trouble bool) try {
	t := try{way: way}
	switch way {
	case remittance.RailBank:
		t.account = d.account(trouble)
	case remittance.RailAuPay:
		ending := pick(d, "0001", "0007", "0008", "0009")
		if trouble {
			ending = pick(d, "0002", "0003", "0004", "0005", "0006")
		}
		t.member = fmt.Sprintf("2%011d%s", i+1, ending)
	case remittance.RailAmazon:
		if t.login = name + "@example.com"; trouble {
			t.login = pick(d, "unknown@example.com", "limit@example.com")
		}
	}
	return t
}

// account draws an account, or one of those with which the bank is in trouble
// for some seconds: accounts whose trouble lasts for hours are left out.
func (d dice) account(trouble bool) account {
	branch := pick(d, [2]string{"0001", "001"}, [2]string{"0005", "001"}, [2]string{"0009", "200"}, [2]string{"0010", "300"})
	a := account{bank: branch[0], bankCode: branch[0], branch: branch[1], branchCode: branch[1], kind: "1",
		number: fmt.Sprint(1_000_000 + d.IntN(7_000_000)), name: pick(d, "ヤマダ ハナコ", "サトウ ケン", "スズキ イチロウ", "ジヨン スミス")}
	if trouble {
		a.number = fmt.Sprint(9_000_000 + pick(d, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 17, 20, 21, 22, 23, 24, 25, 26, 27))
	}
	return a
}

// purchase draws a purchase that exists at the sandbox's issuers by itself, and
// how an order to refund it must end, where that is certain.
func (d dice) purchase(r *orders.Request, i int, day time.Time) (remittance.Yen, string) {
	kind := pick(d, [2]string{"webmoney", "WM"}, [2]string{"bitcash", "BC"}, [2]string{"netcash", "NC"}, [2]string{"jcb-premo", "JP"})
	paid, ago, number, expect := d.yen(500, 20_000), 1+d.IntN(20), 1+i%900, ""
	switch {
	case d.chance(10):
		ago, expect = 400+d.IntN(100), orders.ExpectRefused
	case d.chance(30):
		number = 901 + d.IntN(8)
	}
	on := day.In(calendar.JST).AddDate(0, 0, -ago)
	r.Issuer, r.PurchasedOn, r.PurchaseAmount = kind[0], on.Format(time.DateOnly), fmt.Sprint(int64(paid))
	r.Purchase = fmt.Sprintf("%s-%s-%d-%d", kind[1], on.Format("20060102"), int64(paid), number)
	if (kind[0] == "webmoney" || kind[0] == "bitcash") && d.chance(40) {
		return paid / 2, expect
	}
	return paid, expect
}
