package orders

import (
	"slices"
	"time"

	"soukin/contract"
	"soukin/internal/refund"
	"soukin/remittance"
)

// ways gives the ways on which an order may end, priced: one for every pattern
// but a choice, whose ways are those that can carry the amount. notices tell
// which ones cannot.
func (a agreement) ways(p parsed) (ways []contract.Way, notices []Notice, wrong Faults) {
	var most remittance.Yen
	for _, rail := range p.offer.rails {
		t, ok := a.terms(rail)
		refused := a.carries(rail, t, p.amount)
		if !ok {
			refused = fault(RuleNoRail, railField(p.pattern), value{"value", string(rail)})
		}
		if refused == nil {
			ways = append(ways, a.way(p, rail, t))
			continue
		}
		notices = append(notices, leftOut{rail, refused})
		// The way with the most room says best what could be ordered instead.
		if t.cap > most {
			most, wrong = t.cap, Faults{refused}
		}
	}
	if len(ways) > 0 {
		return ways, notices, nil
	}
	return nil, nil, wrong
}

func railField(p remittance.Pattern) string {
	if p == remittance.Choice {
		return "rails"
	}
	return "pattern"
}

// carries says why a rail cannot carry an amount whose form is right.
func (a agreement) carries(rail remittance.Rail, t terms, amount remittance.Yen) *Error {
	switch {
	case amount < 1 || amount > remittance.LegalCap:
		return nil // said of the amount itself
	case amount > t.cap:
		return overCap(RuleOverRailCap, t.cap)
	case rail == remittance.RailATM && !a.all.ATM.Coins && amount%1000 != 0:
		return fault(RuleThousands, "amount")
	}
	return nil
}

func (a agreement) way(p parsed, rail remittance.Rail, t terms) contract.Way {
	w := contract.Way{Rail: rail, Fee: t.fee, Policy: t.policy}
	switch rail {
	case remittance.RailAmazon:
		if w.Form = p.offer.form; w.Form == "" {
			w.Form = a.all.Amazon.Form
		}
	case remittance.RailATM:
		w.Term, w.MaxReissues = a.all.ATM.Term, a.all.ATM.MaxReissues
		if p.pattern == remittance.ATMCash && p.asked.window > 0 {
			w.Term = p.asked.window
		}
	}
	return w
}

// refunds judges a purchase by its issuer's window, before anything is held:
// the issuer would only say no later.
func (a agreement) refunds(p parsed, now time.Time) Faults {
	if p.pattern != remittance.PrepaidRefund {
		return nil
	}
	window, known := a.all.Prepaid[p.bought.issuer]
	if !known {
		return Faults{fault(RuleIssuer, "issuer", value{"value", p.bought.issuer}, listed(a.issuers()))}
	}
	return append(judgeDay(p.bought, window, now), judgePart(p, window)...)
}

func (a agreement) issuers() []string {
	var names []string
	for name := range a.all.Prepaid {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func judgeDay(b parsedPurchase, window refund.Window, now time.Time) Faults {
	switch {
	case b.day.IsZero(): // said of the day itself
		return nil
	case b.day.After(now):
		return Faults{fault(RulePurchaseFuture, "purchased_on")}
	case !window.Open(b.day, now):
		return Faults{fault(RuleWindowPassed, "purchased_on", value{"value", b.issuer}, value{"limit", window.LastDay(b.day).Format(time.DateOnly)})}
	}
	return nil
}

func judgePart(p parsed, window refund.Window) Faults {
	paid := value{"limit", yenWords(p.bought.amount)}
	switch {
	case p.bought.amount == 0 || p.amount == 0:
		return nil
	case p.amount > p.bought.amount:
		return Faults{fault(RuleOverPurchase, "amount", paid)}
	case p.amount < p.bought.amount && !window.Partial:
		return Faults{fault(RuleNoPartial, "amount", paid, value{"value", p.bought.issuer})}
	}
	return nil
}
