package link_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/link"
	"soukin/remittance"
)

// model is what a link should do, written as plainly as possible: three tokens,
// two tries, then locks of a minute and an hour.
type model struct {
	tokens  []link.Token // oldest first, those that were neither revoked nor withdrawn
	ended   []link.Token
	proofs  map[int]time.Time // by place in all proofs: until when it is good
	all     []link.Proof
	wrong   int
	blocked time.Time
	forGood bool
}

func (m *model) opens(place int) bool { return place >= len(m.tokens)-3 }

func (m *model) locked(now time.Time) bool { return m.forGood || now.Before(m.blocked) }

func (m *model) mistake(now time.Time) {
	m.wrong++
	switch m.wrong {
	case 2:
		m.blocked = now.Add(time.Minute)
	case 3:
		m.blocked = now.Add(time.Hour)
	}
	m.forGood = m.wrong >= 4
}

// TestALinkBehavesAsItsModel drives a link through random courses of events.
func TestALinkBehavesAsItsModel(t *testing.T) {
	set := link.Settings{MaxTokens: 3, Tries: 2, Locks: []time.Duration{time.Minute, time.Hour}, ProofLife: 10 * time.Minute}
	f := open(t, sqlite(t, filepath.Join(t.TempDir(), "soukin.db")), set)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		ref := remittance.Ref{Merchant: "shop", Remittance: remittance.RemittanceID(fmt.Sprintf("R-%d", runs))}
		require.NoError(rt, f.Create(t.Context(), ref, []link.Code{code(rt, "会員番号", "1234")}))
		m := &model{proofs: map[int]time.Time{}}
		pick := func(rt *rapid.T) (link.Token, bool) {
			if len(m.tokens) == 0 {
				rt.Skip("no token yet")
			}
			place := rapid.IntRange(0, len(m.tokens)-1).Draw(rt, "token")
			return m.tokens[place], m.opens(place)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"issue": func(rt *rapid.T) {
				token, err := f.Issue(t.Context(), ref)
				require.NoError(rt, err)
				m.tokens = append(m.tokens, token)
			},
			"withdraw the newest": func(rt *rapid.T) {
				if len(m.tokens) == 0 {
					rt.Skip("no token yet")
				}
				last := len(m.tokens) - 1
				require.NoError(rt, f.Withdraw(t.Context(), m.tokens[last]))
				m.tokens = m.tokens[:last]
			},
			"revoke": func(rt *rapid.T) {
				require.NoError(rt, f.Revoke(t.Context(), ref))
				m.ended, m.tokens = append(m.ended, m.tokens...), nil
				clear(m.proofs)
			},
			"wait": func(rt *rapid.T) {
				f.clock.Add(time.Duration(rapid.IntRange(1, 5400).Draw(rt, "seconds")) * time.Second)
			},
			"unlock": func(rt *rapid.T) {
				require.NoError(rt, f.Unlock(t.Context(), ref, remittance.ActorOperator))
				m.wrong, m.blocked, m.forGood = 0, time.Time{}, false
			},
			"wrong code": func(rt *rapid.T) {
				token, opens := pick(rt)
				_, _, err := f.Prove(t.Context(), token, answers("4321"))
				switch {
				case !opens:
					require.ErrorIs(rt, err, link.ErrEnded)
				case m.locked(f.clock.Now()):
					require.ErrorIs(rt, err, link.ErrLocked)
				default:
					require.ErrorIs(rt, err, link.ErrWrong)
					m.mistake(f.clock.Now())
				}
			},
			"right code": func(rt *rapid.T) {
				token, opens := pick(rt)
				proof, _, err := f.Prove(t.Context(), token, answers("1234"))
				switch {
				case !opens:
					require.ErrorIs(rt, err, link.ErrEnded)
				case m.locked(f.clock.Now()):
					require.ErrorIs(rt, err, link.ErrLocked)
				default:
					require.NoError(rt, err)
					m.proofs[len(m.all)] = f.clock.Now().Add(set.ProofLife)
					m.all = append(m.all, proof)
					m.wrong, m.blocked = 0, time.Time{}
				}
			},
			"": func(rt *rapid.T) {
				for place, token := range m.tokens {
					got, st, err := f.Open(t.Context(), token)
					if !m.opens(place) {
						require.ErrorIs(rt, err, link.ErrEnded)
						continue
					}
					require.NoError(rt, err)
					require.Equal(rt, ref, got)
					require.Equal(rt, m.locked(f.clock.Now()), st.Locked)
				}
				for _, token := range m.ended {
					_, _, err := f.Open(t.Context(), token)
					require.ErrorIs(rt, err, link.ErrEnded)
				}
				if len(m.tokens) == 0 {
					return
				}
				for i, proof := range m.all {
					_, err := f.Check(t.Context(), m.tokens[len(m.tokens)-1], proof)
					if until, kept := m.proofs[i]; kept && f.clock.Now().Before(until) {
						require.NoError(rt, err)
					} else {
						require.ErrorIs(rt, err, link.ErrProof)
					}
				}
			},
		})
	})
}
