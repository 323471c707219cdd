package link_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/database/databasetest"
	"soukin/internal/link"
	"soukin/remittance"
)

var ref = remittance.Ref{Merchant: "shop", Remittance: "R-1"}

func keyed(data []byte) string {
	mac := hmac.New(sha256.New, []byte("test key"))
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil))
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) To(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

func (c *clock) Add(d time.Duration) { c.To(c.Now().Add(d)) }

type fixture struct {
	*link.Links
	clock *clock
	db    *database.DB
}

func open(t *testing.T, db *database.DB, set link.Settings) fixture {
	t.Helper()
	require.NoError(t, link.Migrate(t.Context(), db))
	clk := newClock()
	links, err := link.New(db, keyed, clk.Now, set)
	require.NoError(t, err)
	return fixture{links, clk, db}
}

func each(t *testing.T, set link.Settings, test func(t *testing.T, f fixture)) {
	databasetest.Each(t, func(t *testing.T, db func() *database.DB) { test(t, open(t, db(), set)) })
}

func code(t require.TestingT, label, value string) link.Code {
	c, err := link.NewCode(label, value)
	require.NoError(t, err)
	return c
}

func answers(typed ...string) []link.Answer {
	out := make([]link.Answer, len(typed))
	for i, s := range typed {
		out[i] = link.NewAnswer(s)
	}
	return out
}

// issued makes the link of ref, asking for codes, and gives a token.
func (f fixture) issued(t *testing.T, codes ...link.Code) link.Token {
	t.Helper()
	require.NoError(t, f.Create(t.Context(), ref, codes))
	token, err := f.Issue(t.Context(), ref)
	require.NoError(t, err)
	return token
}

func TestATokenOpensItsLinkAndNothingElse(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		other := remittance.Ref{Merchant: "shop", Remittance: "R-2"}
		require.NoError(t, f.Create(t.Context(), other, nil))
		otherToken, err := f.Issue(t.Context(), other)
		require.NoError(t, err)

		parsed, err := link.ParseToken(token.Reveal())
		require.NoError(t, err)
		got, st, err := f.Open(t.Context(), parsed)
		require.NoError(t, err)
		assert.Equal(t, ref, got)
		assert.Equal(t, link.State{Labels: []string{"会員番号"}, TriesLeft: 5}, st)

		got, st, err = f.Open(t.Context(), otherToken)
		require.NoError(t, err)
		assert.Equal(t, other, got)
		assert.Empty(t, st.Labels)
	})
}

func TestTextsThatAreNoToken(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t)
		text := token.Reveal()
		require.Len(t, text, 43)
		for name, wrong := range map[string]string{
			"empty": "", "short": text[1:], "long": text + "A", "padded": text + "=", "newline": text[:20] + "\n" + text[20:],
			"other alphabet": "+" + text[1:], "space": " " + text[1:],
			// Only 4 of the last letter's 6 bits count; the other texts with the same
			// bytes must not open the link too.
			"loose last letter": text[:42] + "B",
		} {
			_, err := link.ParseToken(wrong)
			assert.ErrorIs(t, err, link.ErrUnknown, name)
			_, err = link.ParseProof(wrong)
			assert.ErrorIs(t, err, link.ErrProof, name)
		}
		stranger, err := link.ParseToken(strings.Repeat("A", 43))
		require.NoError(t, err)
		for _, token := range []link.Token{stranger, {}} {
			_, _, err = f.Open(t.Context(), token)
			assert.ErrorIs(t, err, link.ErrUnknown)
			_, _, err = f.Prove(t.Context(), token, nil)
			assert.ErrorIs(t, err, link.ErrUnknown)
			_, err = f.Check(t.Context(), token, link.Proof{})
			assert.ErrorIs(t, err, link.ErrUnknown)
		}
	})
}

func TestALinkThatWasNotCreatedIssuesNothing(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token, err := f.Issue(t.Context(), ref)
		assert.ErrorIs(t, err, link.ErrUnknown)
		assert.Empty(t, token.Reveal())
		assert.ErrorIs(t, f.Revoke(t.Context(), ref), link.ErrUnknown)
		assert.ErrorIs(t, f.Unlock(t.Context(), ref, remittance.ActorOperator), link.ErrUnknown)
		_, err = f.Show(t.Context(), ref)
		assert.ErrorIs(t, err, link.ErrUnknown)
	})
}

func TestCreatingAgainNeverChangesTheCodes(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		number, name := code(t, "会員番号", "1234"), code(t, "氏名", "ヤマダジロー")
		require.NoError(t, f.Create(t.Context(), ref, []link.Code{number, name}))
		require.NoError(t, f.Create(t.Context(), ref, []link.Code{number, code(t, "氏名", "ﾔﾏﾀﾞ ｼﾞﾛｰ")}), "the same code, typed otherwise")
		for what, codes := range map[string][]link.Code{
			"none": nil, "fewer": {number}, "more": {number, name, name}, "order": {name, number},
			"value": {code(t, "会員番号", "1235"), name}, "label": {code(t, "番号", "1234"), name},
		} {
			assert.ErrorIs(t, f.Create(t.Context(), ref, codes), link.ErrConflict, what)
		}
		assert.ErrorIs(t, f.Create(t.Context(), ref, []link.Code{number, name, name, name}), link.ErrCode)
		_, st, err := f.Open(t.Context(), f.issued(t, number, name))
		require.NoError(t, err)
		assert.Equal(t, []string{"会員番号", "氏名"}, st.Labels)
	})
}

func TestTheNewestTokensOpen(t *testing.T) {
	set := link.DefaultSettings()
	set.MaxTokens = 3
	each(t, set, func(t *testing.T, f fixture) {
		tokens := []link.Token{f.issued(t)}
		for range 4 {
			f.clock.Add(time.Minute)
			token, err := f.Issue(t.Context(), ref)
			require.NoError(t, err)
			tokens = append(tokens, token)
		}
		opens := func() (n int) {
			for i, token := range tokens {
				_, _, err := f.Open(t.Context(), token)
				if err == nil {
					n++
					continue
				}
				assert.ErrorIs(t, err, link.ErrEnded, "token %d", i)
				_, _, err = f.Prove(t.Context(), token, nil)
				assert.ErrorIs(t, err, link.ErrEnded)
				_, err = f.Check(t.Context(), token, link.Proof{})
				assert.ErrorIs(t, err, link.ErrEnded)
			}
			return n
		}
		assert.Equal(t, 3, opens())
		_, _, err := f.Open(t.Context(), tokens[1])
		require.ErrorIs(t, err, link.ErrEnded)

		require.NoError(t, f.Withdraw(t.Context(), tokens[4]))
		require.NoError(t, f.Withdraw(t.Context(), tokens[4]), "again does no harm")
		_, _, err = f.Open(t.Context(), tokens[4])
		assert.ErrorIs(t, err, link.ErrUnknown)
		_, _, err = f.Open(t.Context(), tokens[1])
		assert.NoError(t, err, "an unsent token must not end the ones people have")

		sum, err := f.Show(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, [2]int{5, 3}, [2]int{sum.Issued, sum.Live})
		assert.Equal(t, f.clock.Now().Add(-time.Minute), sum.LastIssued)

		require.NoError(t, f.Revoke(t.Context(), ref))
		tokens = tokens[:4]
		assert.Zero(t, opens())
		fresh, err := f.Issue(t.Context(), ref)
		require.NoError(t, err)
		_, _, err = f.Open(t.Context(), fresh)
		assert.NoError(t, err)
	})
}

func TestTheProofOfALink(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		first := f.issued(t, code(t, "会員番号", "1234"))
		second, err := f.Issue(t.Context(), ref)
		require.NoError(t, err)
		proof, st, err := f.Prove(t.Context(), first, answers("1234"))
		require.NoError(t, err)
		assert.Equal(t, 5, st.TriesLeft)

		carried, err := link.ParseProof(proof.Reveal())
		require.NoError(t, err)
		for _, token := range []link.Token{first, second} {
			got, err := f.Check(t.Context(), token, carried)
			require.NoError(t, err)
			assert.Equal(t, ref, got)
			_, err = f.Check(t.Context(), token, link.Proof{})
			assert.ErrorIs(t, err, link.ErrProof)
		}
		asToken, err := link.ParseToken(proof.Reveal())
		require.NoError(t, err)
		_, _, err = f.Open(t.Context(), asToken)
		assert.ErrorIs(t, err, link.ErrUnknown, "a proof is no token")
		asProof, err := link.ParseProof(first.Reveal())
		require.NoError(t, err)
		_, err = f.Check(t.Context(), first, asProof)
		assert.ErrorIs(t, err, link.ErrProof, "a token is no proof")

		other := remittance.Ref{Merchant: "other", Remittance: "R-1"}
		require.NoError(t, f.Create(t.Context(), other, []link.Code{code(t, "会員番号", "1234")}))
		otherToken, err := f.Issue(t.Context(), other)
		require.NoError(t, err)
		_, err = f.Check(t.Context(), otherToken, proof)
		assert.ErrorIs(t, err, link.ErrProof, "another link's proof")

		f.clock.Add(30*time.Minute - time.Microsecond)
		_, err = f.Check(t.Context(), first, proof)
		assert.NoError(t, err)
		f.clock.Add(time.Microsecond)
		_, err = f.Check(t.Context(), first, proof)
		assert.ErrorIs(t, err, link.ErrProof, "too old")
	})
}

func TestALinkWithoutCodesNeedsNoProof(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t)
		_, err := f.Check(t.Context(), token, link.Proof{})
		assert.NoError(t, err)
		proof, _, err := f.Prove(t.Context(), token, answers("anything"))
		require.NoError(t, err)
		_, err = f.Check(t.Context(), token, proof)
		assert.NoError(t, err)
	})
}

// TestRevokingWins proves that no proof survives a revocation that runs at the
// same time as the right codes.
func TestRevokingWins(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		for range 20 {
			token := f.issued(t, code(t, "会員番号", "1234"))
			var (
				proof    link.Proof
				proveErr error
				wg       sync.WaitGroup
			)
			wg.Go(func() { proof, _, proveErr = f.Prove(t.Context(), token, answers("1234")) })
			wg.Go(func() { assert.NoError(t, f.Revoke(t.Context(), ref)) })
			wg.Wait()
			if proveErr != nil {
				require.ErrorIs(t, proveErr, link.ErrEnded)
			}
			fresh, err := f.Issue(t.Context(), ref)
			require.NoError(t, err)
			_, err = f.Check(t.Context(), fresh, proof)
			require.ErrorIs(t, err, link.ErrProof)
		}
	})
}

func TestOpeningChangesNothing(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		before := f.db.Stats().Transactions
		for range 10 {
			_, _, err := f.Open(t.Context(), token)
			require.NoError(t, err)
			_, err = f.Check(t.Context(), token, link.Proof{})
			require.ErrorIs(t, err, link.ErrProof)
		}
		assert.Equal(t, before, f.db.Stats().Transactions, "no transaction that writes was begun")
	})
}

func TestACancelledCallReports(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "1234"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := f.Open(ctx, token)
		assert.ErrorIs(t, err, context.Canceled)
		_, _, err = f.Prove(ctx, token, answers("1234"))
		assert.ErrorIs(t, err, context.Canceled)
		_, err = f.Issue(ctx, ref)
		assert.ErrorIs(t, err, context.Canceled)
	})
}
