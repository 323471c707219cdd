package record_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/record"
	"soukin/remittance"
)

var clock = time.Date(2026, 11, 21, 3, 4, 5, 678_000, time.UTC)

func each(t *testing.T, test func(t *testing.T, db *database.DB, r *record.Record)) {
	databasetest.Each(t, func(t *testing.T, open func() *database.DB) {
		db := open()
		require.NoError(t, record.Migrate(t.Context(), db))
		test(t, db, record.New(db, func() time.Time { return clock }))
	})
}

func sample(merchant, id string, at time.Time) record.Remittance {
	return record.Remittance{
		Ref:     remittance.Ref{Merchant: remittance.MerchantID(merchant), Remittance: remittance.RemittanceID(id)},
		Pattern: remittance.BankTransfer, Amount: 12_345, Fee: 130, RequestHash: "hash-of-" + id, Owner: "run-of-" + id,
		Status: remittance.Processing, Seq: 2, Generation: 1, Instructed: 1, Account: "acc_00000000000000000000000001",
		CreatedAt: at, UpdatedAt: at,
	}
}

func insert(t *testing.T, db *database.DB, rs ...record.Remittance) {
	t.Helper()
	require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, r := range rs {
			fresh, err := record.Insert(ctx, tx, r)
			if err != nil {
				return err
			}
			if !fresh {
				return fmt.Errorf("%s is taken", r.Ref)
			}
		}
		return nil
	}))
}

func TestRemittanceComesBackAsItWasWritten(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		deadline := clock.Add(36 * time.Hour)
		want := sample("shop", "R-1", clock)
		want.Status, want.Reason, want.Deadline = remittance.AwaitingFunds, remittance.WaitsForFunds, &deadline
		want.NeedsAttention, want.Shortfall, want.RailRef, want.Code = true, 45, "2026112100000001", "22"
		insert(t, db, want)
		got, err := r.Get(t.Context(), want.Ref)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(want, got))

		_, err = r.Get(t.Context(), remittance.Ref{Merchant: "shop", Remittance: "r-1"})
		assert.ErrorIs(t, err, record.ErrNotFound, "ids are told apart by case")
	})
}

func TestInsertLeavesATakenIDAlone(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		first := sample("shop", "R-1", clock)
		insert(t, db, first)
		other := first
		other.Amount = 99
		require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			fresh, err := record.Insert(ctx, tx, other)
			assert.False(t, fresh)
			return err
		}))
		got, err := r.Get(t.Context(), first.Ref)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(first, got))
	})
}

func TestAdvanceNeedsTheStepBefore(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		row := sample("shop", "R-1", clock)
		insert(t, db, row)
		next := row
		next.Seq, next.Status, next.RailRef, next.UpdatedAt = 3, remittance.Sent, "777", clock.Add(time.Minute)
		for _, tc := range []struct {
			before int
			moved  bool
		}{{1, false}, {3, false}, {2, true}, {2, false}} {
			require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				moved, err := record.Advance(ctx, tx, tc.before, next)
				assert.Equal(t, tc.moved, moved, "before %d", tc.before)
				return err
			}))
		}
		got, err := r.Get(t.Context(), row.Ref)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(next, got))
	})
}

func TestTimelineIsInOrderAndAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		row := sample("shop", "R-1", clock)
		insert(t, db, row)
		deadline := clock.Add(time.Hour)
		steps := []record.Step{
			{Seq: 1, At: clock, To: remittance.Accepted, Actor: remittance.ActorMerchant, Generation: 1, Account: row.Account, MoveHash: "a"},
			{Seq: 2, At: clock.Add(time.Second), From: remittance.Accepted, To: remittance.Processing, Actor: remittance.ActorSystem,
				Reason: remittance.WaitsForRail, Generation: 1, RailRef: "9", Code: "20", Deadline: &deadline, NeedsAttention: true,
				Final: true, Evidence: "statement 2026-11-20, item 3", Note: "link_sent", Postings: []string{"hold", "instruct"}, MoveHash: "b"},
		}
		for _, i := range []int{1, 0} {
			require.NoError(t, db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				return record.Append(ctx, tx, row.Ref, steps[i])
			}))
		}
		got, err := r.Timeline(t.Context(), row.Ref)
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(steps, got))

		again := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return record.Append(ctx, tx, row.Ref, steps[1])
		})
		assert.Error(t, again, "a number is given once")
		require.NoError(t, db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			one, err := record.StepAt(ctx, tx, row.Ref, 2)
			assert.Empty(t, cmp.Diff(steps[1], one))
			_, absent := record.StepAt(ctx, tx, row.Ref, 3)
			assert.ErrorIs(t, absent, record.ErrNotFound)
			return err
		}))
		_, err = r.Timeline(t.Context(), remittance.Ref{Merchant: "shop", Remittance: "none"})
		assert.ErrorIs(t, err, record.ErrNotFound)
	})
}

func TestMerchants(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, r *record.Record) {
		_, err := r.Merchant(t.Context(), "shop")
		require.ErrorIs(t, err, record.ErrNotFound)

		fee, limit, window := remittance.Yen(110), remittance.Yen(300_000), 48*time.Hour
		shop := record.Merchant{ID: "shop", DisplayName: "店 Shop", Settings: record.Settings{
			Rails:            map[remittance.Rail]record.Terms{remittance.RailBank: {Fee: &fee, Cap: &limit}},
			CorrectionWindow: &window,
		}}
		require.NoError(t, r.SaveMerchant(t.Context(), shop))
		require.NoError(t, r.SaveMerchant(t.Context(), record.Merchant{ID: "another", DisplayName: "Another"}))
		shop.DisplayName = "Shop"
		require.NoError(t, r.SaveMerchant(t.Context(), shop), "saving again changes it")

		got, err := r.Merchant(t.Context(), "shop")
		require.NoError(t, err)
		shop.CreatedAt, shop.UpdatedAt = clock, clock
		assert.Empty(t, cmp.Diff(shop, got))

		all, err := r.Merchants(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.Equal(t, remittance.MerchantID("another"), all[0].ID)
	})
}

func TestImpossibleMerchantsAreRefused(t *testing.T) {
	yen := func(n remittance.Yen) *remittance.Yen { return &n }
	negative := -time.Second
	terms := func(t record.Terms) record.Settings {
		return record.Settings{Rails: map[remittance.Rail]record.Terms{remittance.RailBank: t}}
	}
	each(t, func(t *testing.T, _ *database.DB, r *record.Record) {
		for name, tc := range map[string]struct {
			give record.Merchant
			want error
		}{
			"id":                {record.Merchant{ID: "Shop", DisplayName: "x"}, remittance.ErrID},
			"name":              {record.Merchant{ID: "shop"}, record.ErrSettings},
			"fee":               {record.Merchant{ID: "shop", DisplayName: "x", Settings: terms(record.Terms{Fee: yen(-1)})}, record.ErrSettings},
			"fee at same bank":  {record.Merchant{ID: "shop", DisplayName: "x", Settings: terms(record.Terms{FeeSameBank: yen(-1)})}, record.ErrSettings},
			"cap of nothing":    {record.Merchant{ID: "shop", DisplayName: "x", Settings: terms(record.Terms{Cap: yen(0)})}, record.ErrSettings},
			"cap over the law":  {record.Merchant{ID: "shop", DisplayName: "x", Settings: terms(record.Terms{Cap: yen(1_000_001)})}, record.ErrSettings},
			"correction window": {record.Merchant{ID: "shop", DisplayName: "x", Settings: record.Settings{CorrectionWindow: &negative}}, record.ErrSettings},
			"unknown rail":      {record.Merchant{ID: "shop", DisplayName: "x", Settings: record.Settings{Rails: map[remittance.Rail]record.Terms{"pigeon": {}}}}, record.ErrSettings},
			"fallback":          {record.Merchant{ID: "shop", DisplayName: "x", Settings: record.Settings{Link: record.LinkTerms{Fallback: "perhaps"}}}, record.ErrSettings},
		} {
			assert.ErrorIs(t, r.SaveMerchant(t.Context(), tc.give), tc.want, name)
		}
	})
}

func TestNotices(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, r *record.Record) {
		n := record.Notice{Source: "bank", ID: "m-1", ReceivedAt: clock, Verdict: record.VerdictGood, Sealed: []byte{1, 0, 2}}
		for _, want := range []bool{true, false} {
			fresh, err := r.KeepNotice(t.Context(), n)
			require.NoError(t, err)
			assert.Equal(t, want, fresh)
		}
		got, err := r.Notice(t.Context(), "bank", "m-1")
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff(n, got))
		_, err = r.Notice(t.Context(), "atm", "m-1")
		assert.ErrorIs(t, err, record.ErrNotFound)
	})
}

func TestResealGoesThroughAllNoticesAndResumes(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, r *record.Record) {
		const count = 230
		for i := range count {
			source := []string{"bank", "atm"}[i%2]
			_, err := r.KeepNotice(t.Context(), record.Notice{Source: source, ID: fmt.Sprint(i), ReceivedAt: clock,
				Verdict: record.VerdictUnsigned, Sealed: []byte("old")})
			require.NoError(t, err)
		}
		stop := errors.New("pulled the plug")
		seen := 0
		reseal := func(record.Notice) ([]byte, error) {
			if seen++; seen == 150 {
				return nil, stop
			}
			return []byte("new"), nil
		}
		done, err := r.ResealNotices(t.Context(), reseal)
		require.ErrorIs(t, err, stop)
		assert.Equal(t, 100, done, "the interrupted batch is not written")

		rest, err := r.ResealNotices(t.Context(), reseal)
		require.NoError(t, err)
		assert.Equal(t, count, done+rest)
		last, err := r.Notice(t.Context(), "bank", "0")
		require.NoError(t, err)
		assert.Equal(t, "new", string(last.Sealed))
	})
}
