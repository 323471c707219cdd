package books_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/ledger"
	"soukin/remittance"
)

// act is one thing that happens in a life: a step, or funds that arrive.
type act struct {
	to       remittance.Status
	final    bool
	postings []contract.Posting
	newGen   bool // the next generation, to another account
	fund     remittance.Yen
	late     bool
}

const (
	hold     = contract.PostHold
	instruct = contract.PostInstruct
	giveBack = contract.PostGiveBack
	release  = contract.PostRelease
	settle   = contract.PostSettle
	fee      = contract.PostFee
)

func do(to remittance.Status, postings ...contract.Posting) act {
	return act{to: to, postings: postings}
}

func end(to remittance.Status, postings ...contract.Posting) act {
	return act{to: to, postings: postings, final: true}
}

func again(a act) act { a.newGen = true; return a }

// lives is every way a remittance can go through the books.
var lives = []struct {
	name    string
	balance remittance.Yen
	link    bool // the recipient names the account
	acts    []act
	want    ledger.Balances
}{
	{"paid", 10_000, false,
		[]act{do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"paid at once", 10_000, false,
		[]act{end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"paid after a lost answer", 10_000, false,
		[]act{do(remittance.Checking), do(remittance.Checking), do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"paid after it never arrived", 10_000, false,
		[]act{do(remittance.Checking), do(remittance.Processing), do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"short, then funded", 3_000, false,
		[]act{{fund: 7_000}, do(remittance.Processing, hold, instruct), do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"short, then expired", 3_000, false,
		[]act{end(remittance.Expired)},
		ledger.Balances{Available: 3_000}},
	{"short, then cancelled", 3_000, false,
		[]act{end(remittance.Cancelled)},
		ledger.Balances{Available: 3_000}},
	{"refused", 10_000, false,
		[]act{end(remittance.Failed, giveBack, release)},
		ledger.Balances{Available: 10_000}},
	{"cancelled at the bank", 10_000, false,
		[]act{end(remittance.Cancelled, giveBack, release)},
		ledger.Balances{Available: 10_000}},
	{"found not executed by an operator", 10_000, false,
		[]act{do(remittance.Checking), end(remittance.Failed, giveBack, release)},
		ledger.Balances{Available: 10_000}},
	{"bounced, the fee is due", 10_000, false,
		[]act{do(remittance.Sent), end(remittance.Returned, giveBack, fee, release)},
		ledger.Balances{Available: 10_000, FeesDue: 130}},
	{"bounced, corrected, paid: two fees", 10_000, false,
		[]act{do(remittance.Sent), do(remittance.Returned, giveBack, fee), again(do(remittance.Processing, instruct)),
			do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 260}},
	{"refused, corrected, refused, corrected, paid: one fee", 10_000, false,
		[]act{do(remittance.Returned, giveBack), again(do(remittance.Processing, instruct)),
			do(remittance.Returned, giveBack), again(do(remittance.Processing, instruct)), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"refused and not corrected", 10_000, false,
		[]act{do(remittance.Returned, giveBack), end(remittance.Failed, release)},
		ledger.Balances{Available: 10_000}},
	{"bounced and not corrected", 10_000, false,
		[]act{do(remittance.Sent), do(remittance.Returned, giveBack, fee), end(remittance.Returned, release)},
		ledger.Balances{Available: 10_000, FeesDue: 130}},
	{"returned, then cancelled", 10_000, false,
		[]act{do(remittance.Returned, giveBack), end(remittance.Cancelled, release)},
		ledger.Balances{Available: 10_000}},
	{"came back after it was final", 10_000, false,
		[]act{do(remittance.Sent), end(remittance.Paid, settle, fee), {late: true}},
		ledger.Balances{Available: 10_000, FeesDue: 130}},
	{"corrected, paid, came back late", 10_000, false,
		[]act{do(remittance.Returned, giveBack), again(do(remittance.Processing, instruct)), end(remittance.Paid, settle, fee), {late: true}},
		ledger.Balances{Available: 10_000, FeesDue: 130}},
	{"link claimed and paid", 10_000, true,
		[]act{do(remittance.Processing, instruct), do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"link short, funded, extended, expired", 0, true,
		[]act{{fund: 10_000}, do(remittance.AwaitingRecipient, hold), do(remittance.AwaitingRecipient), end(remittance.Expired, release)},
		ledger.Balances{Available: 10_000}},
	{"link bounced, reopened, claimed, paid", 10_000, true,
		[]act{do(remittance.Processing, instruct), do(remittance.Sent), do(remittance.AwaitingRecipient, giveBack, fee),
			again(do(remittance.Processing, instruct)), do(remittance.Sent), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 260}},
	{"numbers out, withdrawn", 10_000, false,
		[]act{do(remittance.AwaitingRecipient), end(remittance.Paid, settle, fee)},
		ledger.Balances{Paid: 10_000, FeesDue: 130}},
	{"numbers out, called off", 10_000, false,
		[]act{do(remittance.AwaitingRecipient), end(remittance.Expired, giveBack, release)},
		ledger.Balances{Available: 10_000}},
	{"a code recalled while it was sent", 10_000, false,
		[]act{do(remittance.Sent), end(remittance.Cancelled, giveBack, fee, release)},
		ledger.Balances{Available: 10_000, FeesDue: 130}},
	{"link cancelled", 10_000, true,
		[]act{end(remittance.Cancelled, release)},
		ledger.Balances{Available: 10_000}},
}

func (f *fixture) live(id string, link bool, acts []act) {
	f.t.Helper()
	in := f.order(id)
	if in.HoldOnly = link; link {
		in.Order.Account = ""
	}
	f.open(in)
	for i, a := range acts {
		f.act(id, i, a)
	}
}

func (f *fixture) act(id string, i int, a act) {
	f.t.Helper()
	if a.fund > 0 {
		f.fund(a.fund)
		return
	}
	if a.late {
		f.lateReturn(id)
		return
	}
	s := f.state(id)
	m := from(s, a.to, a.postings...)
	m.Final, m.At, m.Note = a.final, noon.Add(time.Duration(i)*time.Minute), fmt.Sprint("act ", i)
	if s.Account == "" {
		m.Account = payee
	}
	if a.newGen {
		m.Generation, m.Account = s.Generation+1, other
	}
	require.Equal(f.t, contract.MoveResult{}, f.move(m))
	require.Equal(f.t, contract.MoveResult{}, f.move(m), "twice, as after a crash")
	got := f.state(id)
	require.Equal(f.t, a.to, got.Status)
	require.Equal(f.t, a.final, got.Final)
	require.Equal(f.t, m.Generation, got.Generation)
	require.Equal(f.t, m.Account, got.Account)
}

func (f *fixture) lateReturn(id string) {
	f.t.Helper()
	in := books.LateReturn{Ref: f.ref(id), At: noon.Add(time.Hour), Actor: remittance.ActorRail, Code: "25", Evidence: "statement, item 4"}
	for range 2 {
		s, err := f.books.LateReturn(f.t.Context(), in)
		require.NoError(f.t, err)
		require.Equal(f.t, remittance.Returned, s.Status)
		require.Equal(f.t, remittance.LateReturn, s.Reason)
		require.True(f.t, s.Final)
	}
}

func TestWholeLives(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		all := fixtureOn(t, open())
		for i, tc := range lives {
			t.Run(tc.name, func(t *testing.T) {
				f := all.with(t, i)
				if tc.balance > 0 {
					f.fund(tc.balance)
				}
				f.live("R-1", tc.link, tc.acts)
				assert.Equal(t, tc.want, f.balances())
				assert.True(t, f.state("R-1").Final)
				f.audit()
			})
		}
	})
}

func TestAFeeOfNothingIsNotPosted(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000)
		in := f.order("R-1")
		in.Order.Fee = 0
		s := f.open(in)
		f.move(final(from(s, remittance.Paid, settle, fee)))
		assert.Equal(f.t, ledger.Balances{Paid: 10_000}, f.balances())
		f.audit()
	})
}

// TestTheTimelineHasALastWord: that the recipient was told is written down after
// the end, and nothing else happens to a remittance that has ended.
func TestTheTimelineHasALastWord(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(10_000)
		f.live("R-1", false, []act{do(remittance.Sent), end(remittance.Paid, settle, fee)})
		word := final(from(f.state("R-1"), remittance.Paid))
		word.Note = "notice_sent:paid"
		for _, spoil := range []func(*contract.Move){
			func(m *contract.Move) { m.Note = "" },
			func(m *contract.Move) { m.Final = false },
			func(m *contract.Move) { m.Postings = []contract.Posting{release} },
			func(m *contract.Move) { m.To = remittance.Returned },
			func(m *contract.Move) { m.Account = other },
		} {
			bad := word
			spoil(&bad)
			_, err := f.books.Move(t.Context(), bad)
			require.ErrorIs(t, err, books.ErrConflict)
		}
		f.move(word)
		f.move(word)
		require.Equal(t, remittance.Paid, f.state("R-1").Status)
		f.audit()
	})
}

func TestNothingComesBackLateThatIsNotPaid(t *testing.T) {
	each(t, func(f *fixture) {
		f.fund(20_000)
		f.open(f.order("sent"))
		f.live("failed", false, []act{end(remittance.Failed, giveBack, release)})
		f.live("bounced", false, []act{end(remittance.Returned, giveBack, release)})
		for _, id := range []string{"sent", "failed", "bounced"} {
			_, err := f.books.LateReturn(f.t.Context(), books.LateReturn{Ref: f.ref(id), At: noon, Actor: remittance.ActorRail})
			assert.ErrorIs(f.t, err, books.ErrConflict, id)
		}
		_, err := f.books.LateReturn(f.t.Context(), books.LateReturn{Ref: f.ref("sent")})
		assert.ErrorIs(f.t, err, books.ErrConflict, "a time and an actor are needed")
		f.audit()
	})
}

// TestStepsThatAreNotAllowed starts each from a remittance in processing.
func TestStepsThatAreNotAllowed(t *testing.T) {
	f := fixtureOn(t, databasetest.SQLite(t)())
	f.fund(100_000)
	s := f.open(f.order("R-1"))
	for name, m := range map[string]contract.Move{
		"paid without settling":          final(from(s, remittance.Paid)),
		"paid and not final":             from(s, remittance.Paid, settle),
		"settled but only sent":          from(s, remittance.Sent, settle),
		"settled twice":                  final(from(s, remittance.Paid, settle, settle)),
		"sent and final":                 final(from(s, remittance.Sent)),
		"failed with the money in there": final(from(s, remittance.Failed)),
		"failed with the hold kept":      final(from(s, remittance.Failed, giveBack)),
		"failed and not final":           from(s, remittance.Failed, giveBack, release),
		"released while in flight":       final(from(s, remittance.Failed, release)),
		"released before given back":     final(from(s, remittance.Failed, release, giveBack)),
		"returned with money in flight":  from(s, remittance.Returned),
		"returned, kept, but final":      final(from(s, remittance.Returned, giveBack)),
		"returned, released, not final":  from(s, remittance.Returned, giveBack, release),
		"held again":                     from(s, remittance.Processing, hold),
		"instructed again":               from(s, remittance.Processing, instruct),
		"given back and sent again":      from(s, remittance.Processing, giveBack, instruct),
		"two fees":                       final(from(s, remittance.Paid, settle, fee, fee)),
		"unknown posting":                from(s, remittance.Sent, "gift"),
		"late return by a workflow":      final(from(s, remittance.Returned, "late_return")),
		"no such transition":             final(from(s, remittance.Expired, giveBack, release)),
		"back to the start":              from(s, remittance.Accepted),
		"number left out":                func() contract.Move { m := from(s, remittance.Sent); m.Seq++; return m }(),
		"from elsewhere":                 func() contract.Move { m := from(s, remittance.Paid); m.From = remittance.Sent; return m }(),
		"new generation in flight":       func() contract.Move { m := from(s, remittance.Sent); m.Generation = 2; return m }(),
		"new account in flight":          func() contract.Move { m := from(s, remittance.Sent); m.Account = other; return m }(),
		"no time":                        func() contract.Move { m := from(s, remittance.Sent); m.At = time.Time{}; return m }(),
		"no actor":                       func() contract.Move { m := from(s, remittance.Sent); m.Actor = ""; return m }(),
	} {
		_, err := f.books.Move(t.Context(), m)
		assert.ErrorIs(t, err, books.ErrConflict, name)
	}
	assert.Equal(t, s, f.state("R-1"))

	// and from one whose money is held for a correction
	f.move(from(s, remittance.Returned, giveBack))
	held := f.state("R-1")
	for name, m := range map[string]contract.Move{
		"the old generation again":   from(held, remittance.Processing, instruct),
		"a generation left out":      func() contract.Move { m := from(held, remittance.Processing, instruct); m.Generation = 3; return m }(),
		"processing, not instructed": from(held, remittance.Processing),
		"a fee for nothing":          final(from(held, remittance.Failed, fee, release)),
		"paid from the hold":         final(from(held, remittance.Paid, settle)),
	} {
		_, err := f.books.Move(t.Context(), m)
		assert.ErrorIs(t, err, books.ErrConflict, name)
	}

	// and from one that has ended
	f.move(final(from(held, remittance.Failed, release)))
	ended := f.state("R-1")
	for name, m := range map[string]contract.Move{
		"a note after the end": final(from(ended, remittance.Failed)),
		"held after the end":   from(ended, remittance.AwaitingFunds, hold),
	} {
		_, err := f.books.Move(t.Context(), m)
		assert.ErrorIs(t, err, books.ErrConflict, name)
	}
	assert.Equal(t, ledger.Balances{Available: 100_000}, f.balances())
	f.audit()
}

func TestManyMerchantsAndBatchesAudit(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		f := fixtureOn(t, open())
		f.fund(10_000_000)
		for i := range 510 { // more than one batch of the audit
			f.open(f.order(fmt.Sprintf("R-%d", i)))
		}
		report, err := books.Audit(t.Context(), f.db)
		require.NoError(t, err)
		assert.True(t, report.OK, "%+v", report.Findings)
		assert.Equal(t, 510, report.Checked["records"])
		assert.Equal(t, 1020, report.Checked["steps"])
	})
}
