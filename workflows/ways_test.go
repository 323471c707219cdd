package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/contract"
	"soukin/remittance"
)

const (
	wallet  = remittance.AccountID("wal_00000000000000000000000001")
	wallet2 = remittance.AccountID("wal_00000000000000000000000002")
)

// feeOf makes the fee tell which rail was charged.
func feeOf(r remittance.Rail) remittance.Yen {
	return map[remittance.Rail]remittance.Yen{remittance.RailBank: fee, remittance.RailATM: 300, remittance.RailAmazon: 100, remittance.RailAuPay: 50}[r]
}

func way(r remittance.Rail, form remittance.GiftForm) contract.Way {
	w := contract.Way{Rail: r, Fee: feeOf(r), Policy: policy(), Form: form}
	if r == remittance.RailATM {
		w.Term, w.MaxReissues = 15*day, 2
	}
	return w
}

// newWaysWorld is a link that offers ways, under the pattern that they make.
func newWaysWorld(p remittance.Pattern, ways ...contract.Way) *waysWorld {
	w := newLinkWorld(amount)
	w.in.Order.Pattern, w.in.Order.Fee = p, 0
	if len(ways) == 1 {
		w.in.Order.Fee = ways[0].Fee
	}
	return &waysWorld{w, ways}
}

type waysWorld struct {
	*linkWorld
	ways []contract.Way
}

func (w *waysWorld) run(t fataler) contract.State {
	t.Helper()
	return w.runAs(t, contract.Workflow(w.in.Order.Pattern), contract.LinkInput{Order: w.in.Order, Policy: w.in.Policy, Link: w.terms, Ways: w.ways})
}

func (w *waysWorld) pick(after time.Duration, r remittance.Rail, a remittance.AccountID) *reply {
	return w.ask(after, contract.UpdateDesignate, contract.DesignateInput{Rail: r, Account: a})
}

func cashWorld() *waysWorld { return newWaysWorld(remittance.ATMCash, way(remittance.RailATM, "")) }
func giftWorld(form remittance.GiftForm) *waysWorld {
	return newWaysWorld(remittance.GiftCard, way(remittance.RailAmazon, form))
}
func auPayWorld() *waysWorld { return newWaysWorld(remittance.AuPay, way(remittance.RailAuPay, "")) }
func choiceWorld() *waysWorld {
	return newWaysWorld(remittance.Choice, way(remittance.RailBank, ""), way(remittance.RailATM, ""), way(remittance.RailAmazon, remittance.GiftBalance), way(remittance.RailAuPay, ""))
}

// ending is one way a remittance ends.
type ending struct {
	world   func() *waysWorld
	arrange func(*waysWorld)
	status  remittance.Status
	reason  remittance.Reason
	told    []contract.NoticeKind
	fees    remittance.Yen
}

func (c ending) check(t *testing.T) {
	w := c.world()
	c.arrange(w)
	s := w.run(t)
	require.Equal(t, c.status, s.Status, "%v", w.path())
	require.Equal(t, c.reason, s.Reason)
	require.Equal(t, c.told, w.told.kinds())
	require.Equal(t, c.fees, w.books.fees)
	w.settled(t, s, amount)
}

func kinds(k ...contract.NoticeKind) []contract.NoticeKind {
	return append([]contract.NoticeKind{}, k...)
}

func TestCashEndings(t *testing.T) {
	comes := func(locks, comes time.Duration) func(*waysWorld) {
		return func(w *waysWorld) { w.rails[remittance.RailATM].people = []person{{locks, comes}} }
	}
	for name, c := range map[string]ending{
		"withdrawn, and the network tells": {
			arrange: func(w *waysWorld) {
				comes(0, 2*day)(w)
				w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalRailNotice, nil) }, 2*day+time.Second)
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
		"withdrawn, and the notice is lost": {
			arrange: comes(0, 2*day), status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
		"a notice that says nothing new": {
			arrange: func(w *waysWorld) {
				comes(0, 14*day+23*time.Hour)(w)
				for i := range 5 {
					w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalRailNotice, nil) }, time.Duration(i+1)*day)
				}
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticeReminder, contract.NoticeReminder, contract.NoticePaid), fees: 300,
		},
		"nobody comes": {
			arrange: comes(0, 0), status: remittance.Expired, reason: remittance.RecipientDeadline,
			told: kinds(contract.NoticeNumbers, contract.NoticeReminder, contract.NoticeReminder, contract.NoticeExpired),
		},
		"nobody comes, and the network is deaf for a while": {
			arrange: func(w *waysWorld) { w.rails[remittance.RailATM].silent = 40 },
			status:  remittance.Expired, reason: remittance.RecipientDeadline,
			told: kinds(contract.NoticeNumbers, contract.NoticeReminder, contract.NoticeReminder, contract.NoticeExpired),
		},
		"withdrawn in the last second: expiry loses": {
			arrange: comes(0, 15*day-time.Second), status: remittance.Paid,
			told: kinds(contract.NoticeNumbers, contract.NoticeReminder, contract.NoticeReminder, contract.NoticePaid), fees: 300,
		},
		"cancelled by the merchant": {
			arrange: func(w *waysWorld) {
				w.ask(day, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			},
			status: remittance.Cancelled, reason: remittance.CancelledByUs, told: kinds(contract.NoticeNumbers, contract.NoticeCancelled),
		},
		"cancelled a second too late": {
			arrange: func(w *waysWorld) {
				comes(0, day)(w)
				w.ask(day+time.Second, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
		"cancelled while the ATM pays out, then withdrawn": {
			arrange: func(w *waysWorld) {
				comes(0, day+time.Hour)(w)
				w.rails[remittance.RailATM].stuck = 1
				w.ask(day, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
		"locked, reissued, withdrawn": {
			arrange: func(w *waysWorld) {
				comes(day, 3*day)(w)
				w.ask(2*day, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorRecipient})
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticeLocked, contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
		"locked and left": {
			arrange: comes(day, 3*day), status: remittance.Expired, reason: remittance.RecipientDeadline,
			told: kinds(contract.NoticeNumbers, contract.NoticeLocked, contract.NoticeReminder, contract.NoticeReminder, contract.NoticeExpired),
		},
		"funded later": {
			arrange: func(w *waysWorld) {
				w.books.available = 0
				comes(0, day)(w)
				w.env.RegisterDelayedCallback(func() { w.books.fund(amount); w.env.SignalWorkflow(contract.SignalFunds, nil) }, time.Hour)
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
		"the numbers are refused": {
			arrange: func(w *waysWorld) { w.rails[remittance.RailATM].answers = []answer{refuses} },
			status:  remittance.Failed, reason: remittance.RefusedByRail, told: kinds(),
		},
		"every answer to the issue is lost": {
			arrange: func(w *waysWorld) {
				comes(0, 2*day)(w)
				w.rails[remittance.RailATM].answers = []answer{losesAfter, losesAfter, losesAfter}
			},
			status: remittance.Paid, told: kinds(contract.NoticeNumbers, contract.NoticePaid), fees: 300,
		},
	} {
		c.world = cashWorld
		t.Run(name, c.check)
	}
}

func TestGiftAndWalletEndings(t *testing.T) {
	for name, c := range map[string]ending{
		"Amazon balance loaded": {
			world:   func() *waysWorld { return giftWorld(remittance.GiftBalance) },
			arrange: func(w *waysWorld) { w.pick(day, "", wallet) },
			status:  remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticePaid), fees: 100,
		},
		"Amazon asks to send again": {
			world: func() *waysWorld { return giftWorld(remittance.GiftBalance) },
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailAmazon].answers = []answer{losesBefore, losesAfter}
				w.pick(day, "", wallet)
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticePaid), fees: 100,
		},
		"Amazon never answers to sending, and asking is the same request again": {
			world: func() *waysWorld { return giftWorld(remittance.GiftBalance) },
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailAmazon].answers = []answer{losesBefore, losesBefore, losesBefore}
				w.pick(day, "", wallet)
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticePaid), fees: 100,
		},
		"a login that Amazon refuses, then another": {
			world: func() *waysWorld { return giftWorld(remittance.GiftBalance) },
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailAmazon].answers = []answer{refuses}
				w.rails[remittance.RailAmazon].reasons = []remittance.Reason{remittance.LoginRefused}
				w.pick(day, "", wallet)
				w.pick(2*day, "", wallet2)
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticeReopened, contract.NoticePaid), fees: 100,
		},
		"a gift code": {
			world:   func() *waysWorld { return giftWorld(remittance.GiftCode) },
			arrange: func(w *waysWorld) { w.pick(day, "", "") },
			status:  remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticePaid), fees: 100,
		},
		"a gift code recalled in time": {
			world: func() *waysWorld { return giftWorld(remittance.GiftCode) },
			arrange: func(w *waysWorld) {
				w.pick(day, "", "")
				w.ask(day+5*time.Minute, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			},
			status: remittance.Cancelled, reason: remittance.CancelledByUs, told: kinds(contract.NoticeLink, contract.NoticeCancelled), fees: 100,
		},
		"a gift code whose recall gets no answer": {
			world: func() *waysWorld { return giftWorld(remittance.GiftCode) },
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailAmazon].silent = 1000
				w.pick(day, "", "")
				w.ask(day+5*time.Minute, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticePaid), fees: 100,
		},
		"au PAY charged": {
			world: auPayWorld, arrange: func(w *waysWorld) { w.pick(day, remittance.RailAuPay, wallet) },
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticePaid), fees: 50,
		},
		"au PAY full, emptied, charged": {
			world: auPayWorld,
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailAuPay].answers = []answer{refuses}
				w.rails[remittance.RailAuPay].reasons = []remittance.Reason{remittance.WalletFull}
				w.pick(day, remittance.RailAuPay, wallet)
				w.pick(2*day, remittance.RailAuPay, wallet)
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticeReopened, contract.NoticePaid), fees: 50,
		},
		"au PAY refuses for good": {
			world: auPayWorld,
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailAuPay].answers = []answer{refuses}
				w.pick(day, remittance.RailAuPay, wallet)
			},
			status: remittance.Failed, reason: remittance.RefusedByRail, told: kinds(contract.NoticeLink, contract.NoticeReturned),
		},
	} {
		t.Run(name, c.check)
	}
}

func TestPrepaidRefundEndings(t *testing.T) {
	for name, c := range map[string]struct {
		answers []answer
		reasons []remittance.Reason
		status  remittance.Status
		reason  remittance.Reason
	}{
		"refunded":                    {status: remittance.Paid},
		"the answer is lost":          {answers: []answer{losesAfter, losesAfter, losesAfter}, status: remittance.Paid},
		"never arrived":               {answers: []answer{losesBefore, losesBefore, losesBefore}, status: remittance.Paid},
		"outside the issuer's window": {answers: []answer{refuses}, reasons: []remittance.Reason{remittance.RefundWindowPassed}, status: remittance.Failed, reason: remittance.RefundWindowPassed},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(amount, true)
			w.in.Order.Pattern, w.in.Order.Account = remittance.PrepaidRefund, wallet
			w.rails[remittance.RailPrepaid].answers, w.rails[remittance.RailPrepaid].reasons = c.answers, c.reasons
			s := w.runAs(t, contract.WorkflowPrepaidRefund, contract.PrepaidRefundInput{Order: w.in.Order, Policy: w.in.Policy})
			require.Equal(t, c.status, s.Status)
			require.Equal(t, c.reason, s.Reason)
			w.settled(t, s, amount)
		})
	}
}

func TestChoiceLeadsBackToTheWaysThatRemain(t *testing.T) {
	full := func(w *waysWorld) {
		w.rails[remittance.RailAuPay].answers = []answer{refuses}
		w.rails[remittance.RailAuPay].reasons = []remittance.Reason{remittance.WalletFull}
		w.pick(day, remittance.RailAuPay, wallet)
	}
	for name, c := range map[string]ending{
		"a full wallet, then the bank": {
			arrange: func(w *waysWorld) { full(w); w.pick(2*day, remittance.RailBank, account) },
			status:  remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticeReopened, contract.NoticePaid), fees: fee,
		},
		"a bounce, then cash": {
			arrange: func(w *waysWorld) {
				w.bank.course = append(w.bank.course, event{5 * time.Hour, contract.StageReturned, remittance.NameMismatch})
				w.rails[remittance.RailATM].people = []person{{0, day}}
				w.pick(day, remittance.RailBank, account)
				w.pick(3*day, remittance.RailATM, "")
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticeReopened, contract.NoticeNumbers, contract.NoticePaid), fees: fee + 300,
		},
		"locked numbers, then Amazon": {
			arrange: func(w *waysWorld) {
				w.rails[remittance.RailATM].people = []person{{time.Hour, 0}}
				w.pick(day, remittance.RailATM, "")
				w.pick(3*day, remittance.RailATM, "") // no longer offered
				w.pick(4*day, remittance.RailAmazon, wallet)
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticeNumbers, contract.NoticeReopened, contract.NoticePaid), fees: 100,
		},
		"the merchant's policy offers only the same way": {
			arrange: func(w *waysWorld) {
				w.terms.Fallback = contract.FallbackSame
				full(w)
				w.pick(2*day, remittance.RailBank, account)
				w.pick(3*day, remittance.RailAuPay, wallet2)
			},
			status: remittance.Paid, told: kinds(contract.NoticeLink, contract.NoticeReopened, contract.NoticePaid), fees: 50,
		},
		"the merchant's policy offers nothing": {
			arrange: func(w *waysWorld) {
				w.terms.Fallback = contract.FallbackNone
				full(w)
				w.pick(2*day, remittance.RailBank, account)
			},
			status: remittance.Failed, reason: remittance.WalletFull, told: kinds(contract.NoticeLink, contract.NoticeReturned),
		},
		"a way that was never offered": {
			arrange: func(w *waysWorld) { w.pick(day, remittance.RailPrepaid, wallet) },
			status:  remittance.Expired, reason: remittance.RecipientDeadline,
			told: kinds(contract.NoticeLink, contract.NoticeReminder, contract.NoticeReminder, contract.NoticeExpired),
		},
	} {
		c.world = choiceWorld
		t.Run(name, c.check)
	}
}

// TestWaysAnyCourse: whatever recipients pick, however rails fail and whoever
// cancels when, money is held once, is with one rail at a time, and reaches its
// recipient once or comes back whole. Our books equal those of all rails.
func TestWaysAnyCourse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWays(rt)
		w.bank.answers = drawAnswers(rt, "bank")
		w.bank.course = drawCourse(rt)
		for _, r := range otherRails {
			f := w.rails[r]
			f.answers = drawAnswers(rt, string(r))
			f.reasons = rapid.SliceOfN(rapid.SampledFrom([]remittance.Reason{remittance.WalletFull, remittance.UnknownMember, remittance.RefusedByRail, remittance.RailMaintenance}), 0, 4).Draw(rt, "reasons")
			f.stuck = rapid.IntRange(0, 3).Draw(rt, "stuck")
			f.silent = rapid.IntRange(0, 30).Draw(rt, "silent")
		}
		for i := range 4 {
			w.rails[remittance.RailATM].people = append(w.rails[remittance.RailATM].people, person{
				locks: minutes(rt, fmt.Sprint("locks ", i)) / 4, comes: minutes(rt, fmt.Sprint("comes ", i)),
			})
		}
		w.terms.Fallback = rapid.SampledFrom([]contract.Fallback{"", contract.FallbackSame, contract.FallbackNone}).Draw(rt, "fallback")
		w.books.failMoves = rapid.IntRange(0, 3).Draw(rt, "database faults")
		for i := range rapid.IntRange(1, 10).Draw(rt, "messages") {
			w.draw(rt, i)
		}
		s := w.run(rt)
		w.settled(rt, s, amount)
		for _, f := range w.rails {
			for key, taken := range f.taken {
				require.LessOrEqual(rt, taken.times, 1, key)
			}
		}
	})
}

func drawWays(rt *rapid.T) *waysWorld {
	switch rapid.SampledFrom([]remittance.Pattern{remittance.Choice, remittance.Choice, remittance.ATMCash, remittance.GiftCard, remittance.AuPay}).Draw(rt, "pattern") {
	case remittance.ATMCash:
		return cashWorld()
	case remittance.AuPay:
		return auPayWorld()
	case remittance.GiftCard:
		return giftWorld(rapid.SampledFrom([]remittance.GiftForm{remittance.GiftBalance, remittance.GiftCode}).Draw(rt, "form"))
	}
	return choiceWorld()
}

func drawAnswers(rt *rapid.T, of string) []answer {
	return rapid.SliceOfN(rapid.SampledFrom([]answer{takes, losesAfter, losesBefore, refuses, unreachable, throttles, crashes}), 0, 5).Draw(rt, "answers of "+of)
}

func minutes(rt *rapid.T, label string) time.Duration {
	return time.Duration(rapid.IntRange(0, 20*24*60).Draw(rt, label)) * time.Minute
}

func (w *waysWorld) draw(rt *rapid.T, i int) {
	after := minutes(rt, fmt.Sprint("minute ", i))
	switch rapid.SampledFrom([]string{"pick", "pick", "pick", "pick", "decline", "cancel", "reissue", "notice", "contact"}).Draw(rt, fmt.Sprint("message ", i)) {
	case "pick":
		r := rapid.SampledFrom(w.ways).Draw(rt, fmt.Sprint("way ", i)).Rail
		account := remittance.AccountID(fmt.Sprintf("wal_%026d", i))
		if r == remittance.RailATM || w.ways[0].Form == remittance.GiftCode {
			account = ""
		}
		w.pick(after, r, account)
	case "decline":
		w.ask(after, contract.UpdateDecline, nil)
	case "cancel":
		w.ask(after, contract.UpdateCancel, contract.CancelInput{Actor: remittance.ActorMerchant})
	case "reissue":
		w.ask(after, contract.UpdateReissue, contract.ReissueInput{Actor: remittance.ActorRecipient})
	case "notice":
		w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalRailNotice, nil) }, after)
	default:
		w.ask(after, contract.UpdateChangeContact, contract.ChangeContactInput{Contact: contact2})
	}
}
