package remittance_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"soukin/remittance"
)

// TestTransitions lists every allowed step; all others must be refused. The
// table is written out on purpose: a change of the life of a remittance must
// be made in two places.
func TestTransitions(t *testing.T) {
	allowed := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(`
 → accepted
accepted → awaiting_funds awaiting_recipient processing failed cancelled
awaiting_funds → awaiting_recipient processing cancelled expired
awaiting_recipient → processing paid cancelled expired failed
processing → checking sent paid awaiting_recipient returned failed cancelled
checking → processing sent paid awaiting_recipient returned failed cancelled expired
sent → paid returned awaiting_recipient checking cancelled
returned → processing awaiting_recipient failed cancelled expired
paid → returned`), "\n") {
		from, tos, _ := strings.Cut(strings.TrimSpace(line), "→")
		for _, to := range strings.Fields(tos) {
			allowed[strings.TrimSpace(from)+">"+to] = true
		}
	}
	all := append([]remittance.Status{""}, remittance.Statuses()...)
	for _, from := range all {
		for _, to := range all {
			err := remittance.Transition(from, to)
			require.Equal(t, allowed[string(from)+">"+string(to)], err == nil, "%q → %q: %v", from, to, err)
		}
	}
}

func TestEveryReasonTellsPeopleWhatToDo(t *testing.T) {
	seen := map[string]remittance.Reason{}
	for _, r := range remittance.Reasons() {
		for _, l := range []remittance.Lang{remittance.Ja, remittance.En} {
			s := r.Sentence(l)
			require.NotEqual(t, string(r), s, "%s has no sentence in %s", r, l)
			require.Empty(t, seen[s], "%s repeats the sentence of %s", r, seen[s])
			require.True(t, strings.HasSuffix(s, ".") || strings.HasSuffix(s, "。"), s)
			seen[s] = r
		}
	}
	require.Equal(t, "no-such-reason", remittance.Reason("no-such-reason").Sentence(remittance.En))
}

func TestYen(t *testing.T) {
	for give, want := range map[remittance.Yen]string{
		0: "¥0", 7: "¥7", 999: "¥999", 1000: "¥1,000", 1234567: "¥1,234,567", -1: "-¥1", -12345: "-¥12,345",
		-9223372036854775808: "-¥9,223,372,036,854,775,808",
	} {
		require.Equal(t, want, give.String())
	}
	for give, want := range map[string]remittance.Yen{"1": 1, "12345": 12345, " 1,000 ": 1000, "¥1,234,567": 1234567, "500円": 500, "0010": 10} {
		y, err := remittance.ParseYen(give)
		require.NoError(t, err, give)
		require.Equal(t, want, y, give)
	}
	for _, bad := range []string{"", "0", "-1", "+1", "1.5", "1,00", "10,0000", ",100", "abc", "1e3", "１００", "99999999999999999999", "¥", "円"} {
		_, err := remittance.ParseYen(bad)
		require.ErrorIs(t, err, remittance.ErrAmount, bad)
	}
}

func TestIDs(t *testing.T) {
	for _, bad := range []string{"", "a b", "日本", strings.Repeat("a", 28), "a_b", "a/b", "a:b"} {
		_, err := remittance.ParseRemittanceID(bad)
		require.ErrorIs(t, err, remittance.ErrID, bad)
	}
	for _, bad := range []string{"", "Demo", "-demo", strings.Repeat("a", 21), "a:b"} {
		_, err := remittance.ParseMerchantID(bad)
		require.ErrorIs(t, err, remittance.ErrID, bad)
	}
	ref, err := remittance.ParseRef("demo", "R-1")
	require.NoError(t, err)
	require.Equal(t, "remittance:demo:R-1", ref.WorkflowID())
	require.Equal(t, "demo/R-1/transfer/2", remittance.Key{Ref: ref, Step: "transfer", Generation: 2}.String())
}

// TestUnknownIsTheDefault: whoever forgets to decide an outcome must not have
// decided that sending again is safe.
func TestUnknownIsTheDefault(t *testing.T) {
	var err error = &remittance.RailError{Code: "HTTP 502", Cause: errors.New("eof")}
	var rail *remittance.RailError
	require.ErrorAs(t, fmt.Errorf("submit: %w", err), &rail)
	require.Equal(t, remittance.OutcomeUnknown, rail.Outcome)
	require.Equal(t, "unknown", remittance.Outcome(99).String())
	require.Equal(t, "unknown (HTTP 502)", err.Error())
}

func FuzzParseYen(f *testing.F) {
	for _, s := range []string{"1", "12,345", "¥1", "1円", "-1", "0", "999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		y, err := remittance.ParseYen(s)
		if err != nil {
			return
		}
		require.Positive(t, y)
		again, err := remittance.ParseYen(y.String())
		require.NoError(t, err)
		require.Equal(t, y, again)
	})
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{"demo/R-1/transfer/1", "demo/R-1/transfer/01", "a/b/c/0", "///", "demo/R-1/transfer/99999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := remittance.ParseKey(s); err == nil {
			require.Equal(t, s, k.String())
		}
		if r, err := remittance.ParseWorkflowID(s); err == nil {
			require.Equal(t, s, r.WorkflowID())
		}
		if a, err := remittance.ParseAccountID(s); err == nil {
			require.Len(t, string(a), 30)
		}
	})
}
