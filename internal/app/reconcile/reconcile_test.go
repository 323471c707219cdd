package reconcile_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/app/reconcile"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/rails/bank"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

var (
	now = func() time.Time { return time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) }
	ref = remittance.Ref{Merchant: "m", Remittance: "R-1"}
)

// pretendBank answers with books that a test wrote.
func pretendBank(t *testing.T, transfers []control.Transfer, account control.Account) *control.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sandbox/transfers", func(w http.ResponseWriter, _ *http.Request) {
		assert.NoError(t, json.NewEncoder(w).Encode(control.Transfers{Transfers: transfers}))
	})
	mux.HandleFunc("GET /sandbox/accounts", func(w http.ResponseWriter, _ *http.Request) {
		assert.NoError(t, json.NewEncoder(w).Encode(control.Accounts{Accounts: []control.Account{account}}))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return control.NewClient(srv.URL, srv.Client())
}

// ours has one remittance of 500 yen that ends as the caller says.
func ours(t *testing.T, end remittance.Status) reconcile.Sources {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	require.NoError(t, ledger.Migrate(ctx, db))
	require.NoError(t, record.Migrate(ctx, db))
	l := ledger.New(db, now)
	require.NoError(t, db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		fund, err := ledger.Fund("m", "item", 1000)
		if err != nil {
			return err
		}
		return l.Post(ctx, tx, fund)
	}))
	b := books.New(db, l)
	_, err = b.Open(ctx, contract.OpenInput{
		Order: contract.Order{Ref: ref, Pattern: remittance.BankTransfer, Amount: 500, Account: "acc_00000000000000000000000000", RequestHash: "h"},
		At:    now(), Owner: "run", FundingDeadline: now().Add(time.Hour),
	})
	require.NoError(t, err)
	move := contract.Move{Ref: ref, Seq: 3, From: remittance.Processing, To: remittance.Sent, Actor: remittance.ActorRail, At: now(), Generation: 1, Account: "acc_00000000000000000000000000"}
	if end == remittance.Failed {
		move.To, move.Final, move.Reason = remittance.Failed, true, remittance.RefusedByRail
		move.Postings = []contract.Posting{contract.PostGiveBack, contract.PostRelease}
	}
	if end != remittance.Processing {
		_, err = b.Move(ctx, move)
		require.NoError(t, err)
	}
	if end == remittance.Paid {
		move.Seq, move.From, move.To, move.Final = 4, remittance.Sent, remittance.Paid, true
		move.Postings = []contract.Posting{contract.PostSettle, contract.PostFee}
		_, err = b.Move(ctx, move)
		require.NoError(t, err)
	}
	return reconcile.Sources{Record: record.New(db, now), Ledger: l}
}

func transfer(gen, executed, status int, amount remittance.Yen) control.Transfer {
	return control.Transfer{
		ApplyNo: "1", ApplyComment: bank.Reference(remittance.Key{Ref: ref, Step: "transfer", Generation: gen}),
		Amount: amount, ExecutedCount: executed, Lines: []control.Line{{Item: 1, Amount: amount, Status: status, ExecutedCount: executed}},
	}
}

func account(executed, returned remittance.Yen) control.Account {
	return control.Account{Opening: 10000, Executed: executed, Returned: returned, Balance: 10000 - executed + returned}
}

func TestCheck(t *testing.T) {
	stranger := transfer(1, 1, 20, 500)
	stranger.ApplyComment = "somebody else's"
	wrongSum := account(500, 0)
	wrongSum.Balance++
	tests := []struct {
		name    string
		end     remittance.Status
		bank    []control.Transfer
		account control.Account
		want    []audit.Rule
	}{
		{"paid once", remittance.Paid, []control.Transfer{transfer(1, 1, 20, 500)}, account(500, 0), nil},
		{"recall refused is paid", remittance.Paid, []control.Transfer{transfer(1, 1, 26, 500)}, account(500, 0), nil},
		{"refused, not executed", remittance.Failed, []control.Transfer{transfer(1, 0, 40, 500)}, account(0, 0), nil},
		{"came back", remittance.Failed, []control.Transfer{transfer(1, 1, 22, 500)}, account(500, 500), nil},
		{"in flight, executed", remittance.Processing, []control.Transfer{transfer(1, 1, 20, 500)}, account(500, 0), nil},
		{"in flight, not there yet", remittance.Processing, nil, account(0, 0), nil},

		{"paid but not executed", remittance.Paid, nil, account(0, 0), []audit.Rule{reconcile.RulePaid, reconcile.RuleTotals}},
		{"paid but came back", remittance.Paid, []control.Transfer{transfer(1, 1, 22, 500)}, account(500, 500), []audit.Rule{reconcile.RulePaid, reconcile.RuleTotals}},
		{"executed twice under one key", remittance.Paid, []control.Transfer{transfer(1, 1, 20, 500), transfer(1, 1, 20, 500)}, account(1000, 0),
			[]audit.Rule{reconcile.RuleExecutedTwice, reconcile.RulePaid, reconcile.RuleTotals}},
		{"failed but executed", remittance.Failed, []control.Transfer{transfer(1, 1, 20, 500)}, account(500, 0), []audit.Rule{reconcile.RuleNotPaid, reconcile.RuleTotals}},
		{"other amount", remittance.Paid, []control.Transfer{transfer(1, 1, 20, 501)}, account(501, 0), []audit.Rule{reconcile.RuleAmount, reconcile.RuleTotals}},
		{"a stranger", remittance.Paid, []control.Transfer{transfer(1, 1, 20, 500), stranger}, account(500, 0), []audit.Rule{reconcile.RuleStranger}},
		{"a generation that was never instructed", remittance.Paid, []control.Transfer{transfer(1, 1, 20, 500), transfer(2, 1, 20, 500)}, account(1000, 0),
			[]audit.Rule{reconcile.RuleStranger, reconcile.RuleTotals}},
		{"the bank cannot add up", remittance.Paid, []control.Transfer{transfer(1, 1, 20, 500)}, wrongSum, []audit.Rule{reconcile.RuleBankBooks}},
		{"in flight, executed twice", remittance.Processing, []control.Transfer{transfer(1, 2, 20, 500)}, account(1000, 0),
			[]audit.Rule{reconcile.RuleExecutedTwice, reconcile.RuleTwoLive}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ours(t, tt.end)
			s.Bank = pretendBank(t, tt.bank, tt.account)
			report := audit.NewReport()
			require.NoError(t, reconcile.Check(context.Background(), s, &report))
			var got []audit.Rule
			for _, f := range report.Findings {
				assert.Equal(t, "bank", f.Check)
				got = append(got, f.Rule)
			}
			assert.Equal(t, tt.want, got, "%+v", report.Findings)
			assert.Equal(t, len(tt.want) == 0, report.OK)
		})
	}
}

func TestAnUnreachableBankIsNoClean(t *testing.T) {
	s := ours(t, remittance.Paid)
	s.Bank = control.NewClient("http://127.0.0.1:1", http.DefaultClient)
	report := audit.NewReport()
	assert.Error(t, reconcile.Check(context.Background(), s, &report))
}
