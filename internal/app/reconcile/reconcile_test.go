package reconcile_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/app/reconcile"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/rails/amazon"
	"soukin/internal/rails/atm"
	"soukin/internal/rails/aupay"
	"soukin/internal/rails/bank"
	"soukin/internal/rails/prepaid"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

const (
	partner = "Soukn"
	amount  = remittance.Yen(500)

	toBank    = remittance.RailBank
	toATM     = remittance.RailATM
	toAmazon  = remittance.RailAmazon
	toAuPay   = remittance.RailAuPay
	toPrepaid = remittance.RailPrepaid
)

var (
	now = func() time.Time { return time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) }
	ref = remittance.Ref{Merchant: "m", Remittance: "R-1"}
)

// pretend is a sandbox with books that a test wrote.
type pretend struct {
	transfers []control.Transfer
	account   control.Account
	books     map[remittance.Rail][]counterparty.Execution // 404 for those not in it
}

func (p pretend) client(t *testing.T) *control.Client {
	t.Helper()
	answer := func(w http.ResponseWriter, body any) { assert.NoError(t, json.NewEncoder(w).Encode(body)) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sandbox/transfers", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, control.Transfers{Transfers: p.transfers})
	})
	mux.HandleFunc("GET /sandbox/accounts", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, control.Accounts{Accounts: []control.Account{p.account}})
	})
	mux.HandleFunc("GET /sandbox/executions/{rail}", func(w http.ResponseWriter, r *http.Request) {
		held, plays := p.books[remittance.Rail(r.PathValue("rail"))]
		if !plays {
			w.WriteHeader(http.StatusNotFound)
		}
		answer(w, control.Executions{Executions: held})
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return control.NewClient(srv.URL, srv.Client())
}

// pretending puts instructions of the remittance into the books of whoever they are with.
func pretending(done ...done) pretend {
	p := pretend{account: control.Account{Opening: 10000, Balance: 10000}, books: map[remittance.Rail][]counterparty.Execution{toATM: {}, toAmazon: {}, toAuPay: {}, toPrepaid: {}}}
	for _, d := range done {
		if d.rail == toBank {
			p.transfer(d)
			continue
		}
		p.books[d.rail] = append(p.books[d.rail], counterparty.Execution{Reference: d.reference(), Amount: d.amount, Executed: d.executed, Undone: d.undone, State: "as tested"})
	}
	return p
}

func (p *pretend) transfer(d done) {
	status := 20
	if d.undone {
		status = 22
		p.account.Returned += d.amount
	}
	moved := d.amount * remittance.Yen(d.executed)
	p.account.Executed += moved
	p.account.Balance = p.account.Opening - p.account.Executed + p.account.Returned
	p.transfers = append(p.transfers, control.Transfer{
		ApplyNo: "1", ApplyComment: d.reference(), Amount: d.amount, ExecutedCount: d.executed,
		Lines: []control.Line{{Item: 1, Amount: d.amount, Status: status, ExecutedCount: d.executed}},
	})
}

// done is what a counterparty says it did.
type done struct {
	rail       remittance.Rail
	generation int
	executed   int
	undone     bool
	amount     remittance.Yen
}

func executed(rail remittance.Rail, generation int) done {
	return done{rail, generation, 1, false, amount}
}

func undone(rail remittance.Rail, generation int) done {
	return done{rail, generation, 1, true, amount}
}

func refused(rail remittance.Rail, generation int) done {
	return done{rail, generation, 0, false, amount}
}

func (d done) times(n int) done              { d.executed = n; return d }
func (d done) of(amount remittance.Yen) done { d.amount = amount; return d }

func key(rail remittance.Rail, generation int) remittance.Key {
	return remittance.Key{Ref: ref, Step: rail.Step(), Generation: generation}
}

func (d done) reference() string {
	k := key(d.rail, d.generation)
	switch d.rail {
	case toATM:
		return atm.Reference(k)
	case toAmazon:
		return amazon.Reference(partner, k)
	case toAuPay:
		return aupay.Reference(k)
	case toPrepaid:
		return prepaid.Reference(k)
	}
	return bank.Reference(k)
}

// ours has one remittance whose money moved as the words say, in their order:
// "bank" gives the next generation to the bank's rail, and so on; "paid",
// "back", "released" and "late" are about the latest one.
func ours(t *testing.T, story string) reconcile.Sources {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	require.NoError(t, ledger.Migrate(ctx, db))
	require.NoError(t, record.Migrate(ctx, db))
	l := ledger.New(db, now)
	post := func(e ledger.Entry, err error) {
		require.NoError(t, err)
		require.NoError(t, db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error { return l.Post(ctx, tx, e) }))
	}
	require.NoError(t, db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := record.Insert(ctx, tx, record.Remittance{Ref: ref, Pattern: remittance.Choice, Amount: amount, RequestHash: "h", Owner: "run", Status: remittance.Accepted, Seq: 1, Generation: 1, CreatedAt: now(), UpdatedAt: now()})
		return err
	}))
	post(ledger.Fund("m", "item", 1000))
	post(ledger.Hold(ref, amount))
	generation, rail := 0, remittance.Rail("")
	for word := range strings.FieldsSeq(story) {
		switch word {
		case "paid":
			post(ledger.Settle(key(rail, generation), rail, amount))
		case "back":
			post(ledger.GiveBack(key(rail, generation), rail, amount))
		case "released":
			post(ledger.Release(ref, amount))
		case "late":
			post(ledger.LateReturn(key(rail, generation), rail, amount))
		default:
			generation, rail = generation+1, remittance.Rail(word)
			post(ledger.Instruct(key(rail, generation), rail, amount))
		}
	}
	return reconcile.Sources{Record: record.New(db, now), Ledger: l, AmazonPartner: partner}
}

type finding struct {
	rail remittance.Rail
	rule audit.Rule
}

func TestSidesThatAgree(t *testing.T) {
	for _, tt := range []struct {
		name, story string
		theirs      []done
	}{
		{"nothing was instructed", "", nil},
		{"a bank transfer", "bank paid", []done{executed(toBank, 1)}},
		{"cash", "atm paid", []done{executed(toATM, 1)}},
		{"a gift card", "amazon paid", []done{executed(toAmazon, 1)}},
		{"a charge", "aupay paid", []done{executed(toAuPay, 1)}},
		{"a refund", "prepaid paid", []done{executed(toPrepaid, 1)}},
		{"refused", "aupay back released", []done{refused(toAuPay, 1)}},
		{"never arrived", "aupay back released", nil},
		{"came back", "bank back released", []done{undone(toBank, 1)}},
		{"came back late", "bank paid late", []done{undone(toBank, 1)}},
		{"a full wallet, then the bank", "aupay back bank paid", []done{refused(toAuPay, 1), executed(toBank, 2)}},
		{"numbers that ended, a code that was called off, then a transfer", "atm back amazon back bank paid",
			[]done{refused(toATM, 1), undone(toAmazon, 2), executed(toBank, 3)}},
		{"in flight, executed", "aupay", []done{executed(toAuPay, 1)}},
		{"in flight, not there yet", "aupay", nil},
		{"numbers are out", "atm", []done{refused(toATM, 1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := ours(t, tt.story)
			s.Sandbox = pretending(tt.theirs...).client(t)
			report := audit.NewReport()
			require.NoError(t, reconcile.Check(t.Context(), s, &report))
			assert.True(t, report.OK, "%+v", report.Findings)
			assert.Equal(t, 1, report.Checked["compared with counterparties"])
			seen := 0
			for _, rail := range remittance.Rails() {
				seen += report.Checked["instructions at "+string(rail)]
			}
			assert.Equal(t, len(tt.theirs), seen)
		})
	}
}

// TestSpoiledBooks: each counterparty's books are spoiled in each way that would
// be somebody's money, and no spoiling passes.
func TestSpoiledBooks(t *testing.T) {
	for _, rail := range remittance.Rails() {
		for _, tt := range []struct {
			name, story string // of the rail
			theirs      []done
			want        []audit.Rule
		}{
			{"paid but not executed", "paid", nil, []audit.Rule{reconcile.RuleTotals, reconcile.RulePaid}},
			{"paid but refused there", "paid", []done{refused(rail, 1)}, []audit.Rule{reconcile.RuleTotals, reconcile.RulePaid}},
			{"paid but came back", "paid", []done{undone(rail, 1)}, []audit.Rule{reconcile.RuleTotals, reconcile.RulePaid}},
			{"executed twice", "paid", []done{executed(rail, 1).times(2)}, []audit.Rule{reconcile.RuleExecutedTwice, reconcile.RuleTotals, reconcile.RuleTwoLive}},
			{"twice in the books", "paid", []done{executed(rail, 1), executed(rail, 1)}, []audit.Rule{reconcile.RuleExecutedTwice, reconcile.RuleTotals, reconcile.RuleTwoLive}},
			{"released but executed", "back released", []done{executed(rail, 1)}, []audit.Rule{reconcile.RuleTotals, reconcile.RuleNotPaid}},
			{"returned late but still there", "paid late", []done{executed(rail, 1)}, []audit.Rule{reconcile.RuleTotals, reconcile.RuleNotPaid}},
			{"one yen more", "paid", []done{executed(rail, 1).of(amount + 1)}, []audit.Rule{reconcile.RuleAmount, reconcile.RuleTotals}},
			{"one yen less", "paid", []done{executed(rail, 1).of(amount - 1)}, []audit.Rule{reconcile.RuleAmount, reconcile.RuleTotals}},
			{"a generation that was never instructed", "paid", []done{executed(rail, 1), executed(rail, 2)}, []audit.Rule{reconcile.RuleStranger, reconcile.RuleTotals}},
			{"in flight, executed twice", "", []done{executed(rail, 1).times(2)}, []audit.Rule{reconcile.RuleExecutedTwice, reconcile.RuleTotals, reconcile.RuleTwoLive}},
		} {
			t.Run(string(rail)+" "+tt.name, func(t *testing.T) {
				s := ours(t, string(rail)+" "+tt.story)
				s.Sandbox = pretending(tt.theirs...).client(t)
				var want []finding
				for _, rule := range tt.want {
					want = append(want, finding{rail, rule})
				}
				assert.Equal(t, want, findings(t, s))
			})
		}
	}
}

func TestSpoiledOverRails(t *testing.T) {
	for _, tt := range []struct {
		name, story string
		theirs      []done
		want        []finding
	}{
		{"the way that failed was executed too", "aupay back bank paid", []done{executed(toAuPay, 1), executed(toBank, 2)},
			[]finding{{toAuPay, reconcile.RuleTotals}, {toAuPay, reconcile.RuleNotPaid}, {toBank, reconcile.RuleTwoLive}}},
		{"the way that failed was executed instead", "aupay back bank paid", []done{executed(toAuPay, 1), refused(toBank, 2)},
			[]finding{{toBank, reconcile.RuleTotals}, {toAuPay, reconcile.RuleTotals}, {toAuPay, reconcile.RuleNotPaid}, {toBank, reconcile.RulePaid}}},
		{"given up, executed, and another way is in flight", "atm back amazon", []done{executed(toATM, 1)},
			[]finding{{toATM, reconcile.RuleTotals}, {toATM, reconcile.RuleNotPaid}}},
		{"the cash was taken while the transfer is in flight", "atm back bank", []done{executed(toATM, 1), executed(toBank, 2)},
			[]finding{{toATM, reconcile.RuleTotals}, {toATM, reconcile.RuleNotPaid}, {toBank, reconcile.RuleTwoLive}}},
		{"instructed on one rail, executed on another", "bank paid", []done{executed(toAmazon, 1)},
			[]finding{{toBank, reconcile.RuleTotals}, {toAmazon, reconcile.RuleStranger}, {toAmazon, reconcile.RuleTotals}, {toBank, reconcile.RulePaid}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := ours(t, tt.story)
			s.Sandbox = pretending(tt.theirs...).client(t)
			assert.Equal(t, tt.want, findings(t, s))
		})
	}
}

// TestOnlyPlayedRailsAreCompared: what a real counterparty did is not looked for
// in the sandbox.
func TestOnlyPlayedRailsAreCompared(t *testing.T) {
	s := ours(t, "atm back bank paid")
	s.Rails = []remittance.Rail{remittance.RailATM}
	p := pretending(refused(toATM, 1))
	s.Sandbox = p.client(t)
	assert.Empty(t, findings(t, s), "the bank is a real one")
	s.Sandbox = pretending(executed(toATM, 1)).client(t)
	assert.Equal(t, []finding{{toATM, reconcile.RuleTotals}, {toATM, reconcile.RuleNotPaid}}, findings(t, s))
}

func findings(t *testing.T, s reconcile.Sources) []finding {
	t.Helper()
	report := audit.NewReport()
	require.NoError(t, reconcile.Check(t.Context(), s, &report))
	var got []finding
	for _, f := range report.Findings {
		assert.NotEmpty(t, f.Sentence)
		got = append(got, finding{remittance.Rail(f.Check), f.Rule})
	}
	assert.Equal(t, len(got) == 0, report.OK)
	return got
}

func TestABankThatCannotAddUp(t *testing.T) {
	s := ours(t, "bank paid")
	p := pretending(executed(toBank, 1))
	p.account.Balance++
	s.Sandbox = p.client(t)
	assert.Equal(t, []finding{{toBank, reconcile.RuleOwnBooks}}, findings(t, s))
}

// TestNoBooksAreNoProof: whatever cannot be read must not pass for clean.
func TestNoBooksAreNoProof(t *testing.T) {
	s := ours(t, "bank paid")
	s.Sandbox = control.NewClient("http://127.0.0.1:1", http.DefaultClient)
	report := audit.NewReport()
	require.Error(t, reconcile.Check(t.Context(), s, &report))

	s = ours(t, "aupay back bank paid")
	p := pretending(executed(toBank, 2))
	delete(p.books, toATM)
	s.Sandbox = p.client(t)
	assert.Empty(t, findings(t, s), "nothing was ever instructed at the ATM network")
	delete(p.books, toAuPay)
	s.Sandbox = p.client(t)
	require.Error(t, reconcile.Check(t.Context(), s, &report))
}
