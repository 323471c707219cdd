package record_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/record"
	"soukin/remittance"
)

func ids(rs []record.Remittance) []string {
	out := []string{}
	for _, r := range rs {
		out = append(out, r.Ref.String())
	}
	return out
}

func day(t *testing.T, s string) record.Day {
	t.Helper()
	d, err := record.ParseDay(s)
	require.NoError(t, err)
	return d
}

func TestListFilters(t *testing.T) {
	jst := time.FixedZone("JST", 9*60*60)
	lastOfDay := time.Date(2026, 11, 20, 23, 59, 59, 999_999_000, jst)
	firstOfDay := time.Date(2026, 11, 21, 0, 0, 0, 0, jst)
	a, b, c := sample("one", "a", lastOfDay), sample("one", "b", firstOfDay), sample("two", "c", firstOfDay.Add(24*time.Hour))
	a.Status, b.NeedsAttention, c.Status = remittance.Paid, true, remittance.Failed
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		insert(t, db, a, b, c)
		for name, tc := range map[string]struct {
			give record.Filter
			want []string
		}{
			"all, newest first": {record.Filter{}, []string{"two/c", "one/b", "one/a"}},
			"merchant":          {record.Filter{Merchant: "one"}, []string{"one/b", "one/a"}},
			"status":            {record.Filter{Statuses: []remittance.Status{remittance.Paid}}, []string{"one/a"}},
			"statuses":          {record.Filter{Statuses: []remittance.Status{remittance.Paid, remittance.Failed}}, []string{"two/c", "one/a"}},
			"attention":         {record.Filter{NeedsAttention: true}, []string{"one/b"}},
			"pattern":           {record.Filter{Pattern: remittance.BankTransfer}, []string{"two/c", "one/b", "one/a"}},
			"other pattern":     {record.Filter{Pattern: "atm-cash"}, []string{}},
			"one day":           {record.Filter{From: day(t, "2026-11-21"), To: day(t, "2026-11-21")}, []string{"one/b"}},
			"until a day":       {record.Filter{To: day(t, "2026-11-20")}, []string{"one/a"}},
			"from a day":        {record.Filter{From: day(t, "2026-11-21")}, []string{"two/c", "one/b"}},
			"together":          {record.Filter{Merchant: "one", From: day(t, "2026-11-21"), NeedsAttention: true}, []string{"one/b"}},
		} {
			page, err := r.List(t.Context(), tc.give, 10, "")
			require.NoError(t, err, name)
			assert.Equal(t, tc.want, ids(page.Remittances), name)
			assert.Empty(t, page.Next, name)
		}
	})
}

func TestPagesCoverAllOnceWhileOthersArrive(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		want := map[string]bool{}
		for i := range 23 {
			row := sample([]string{"one", "two"}[i%2], fmt.Sprintf("R-%d", i), clock.Add(time.Duration(i/5)*time.Second)) // many at one instant
			insert(t, db, row)
			want[row.Ref.String()] = true
		}
		got := map[string]bool{}
		for cursor, n := "", 0; ; n++ {
			page, err := r.List(t.Context(), record.Filter{}, 4, cursor)
			require.NoError(t, err)
			for _, id := range ids(page.Remittances) {
				require.False(t, got[id], "%s came twice", id)
				got[id] = true
			}
			insert(t, db, sample("one", fmt.Sprintf("late-%d", n), clock.Add(time.Hour)))
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		assert.Equal(t, want, got)
	})
}

func TestListRefusesBadPages(t *testing.T) {
	each(t, func(t *testing.T, _ *database.DB, r *record.Record) {
		for _, tc := range []struct {
			limit  int
			cursor string
		}{{0, ""}, {record.MaxPage + 1, ""}, {10, "!"}, {10, "e30"}} {
			_, err := r.List(t.Context(), record.Filter{}, tc.limit, tc.cursor)
			assert.ErrorIs(t, err, record.ErrPage, "%+v", tc)
		}
	})
	for _, s := range []string{"", "2026-11-31", "21/11/2026", "2026-11-21T00:00:00Z"} {
		_, err := record.ParseDay(s)
		assert.ErrorIs(t, err, record.ErrPage, s)
	}
}

func TestDayIsTheDayInJapan(t *testing.T) {
	assert.Equal(t, "2026-11-21", record.DayOf(time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)).String())
	assert.Equal(t, "2026-11-20", record.DayOf(time.Date(2026, 11, 20, 14, 59, 59, 0, time.UTC)).String())
}

func TestWhoWaitsForFundsOldestFirst(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		rows := []record.Remittance{
			sample("one", "newer", clock.Add(time.Minute)), sample("one", "older", clock),
			sample("one", "paid", clock), sample("two", "other", clock),
		}
		for i := range rows {
			rows[i].Status = remittance.AwaitingFunds
		}
		rows[2].Status = remittance.Paid
		insert(t, db, rows...)
		got, err := r.WaitingForFunds(t.Context(), "one")
		require.NoError(t, err)
		assert.Equal(t, []string{"one/older", "one/newer"}, ids(got))
	})
}

func TestWhoStillUsesAnAccount(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB, r *record.Record) {
		open, final, elsewhere, others := sample("one", "open", clock), sample("one", "final", clock), sample("one", "elsewhere", clock), sample("two", "others", clock)
		final.Final = true
		elsewhere.Account = "acc_00000000000000000000000002"
		insert(t, db, open, final, elsewhere, others)
		got, err := r.OpenWithAccount(t.Context(), "one", open.Account)
		require.NoError(t, err)
		assert.Equal(t, []string{"one/open"}, ids(got))
	})
}
