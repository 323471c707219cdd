package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

func TestAGiftCodeIsOpenedOnceAndRemembered(t *testing.T) {
	s := open(t)
	v := webtest.Only(webtest.Choice(time.Now(), remittance.GiftCode), remittance.RailAmazon)
	token := s.Add(v)
	m := &memory{}
	require.NoError(t, s.visitAs(t, people["G-02"], m, token))
	require.Len(t, s.Chosen(token), 1)
	assert.False(t, m.codeSeen, "there is none yet")
	s.Change(token, func(v *web.View) { webtest.Settled(v, remittance.RailAmazon, remittance.GiftCode, time.Now()) })
	require.NoError(t, s.visitAs(t, people["G-02"], m, token))
	assert.True(t, m.codeSeen)
	require.NoError(t, s.visitAs(t, people["G-02"], m, token), "looking again does nothing")
}

func TestARecipientChoosesAnotherWayWhenOneFails(t *testing.T) {
	s := open(t)
	token := s.Add(webtest.Choice(time.Now(), remittance.GiftBalance))
	m := &memory{}
	require.NoError(t, s.visitAs(t, people["C-01"], m, token))
	require.Len(t, s.Chosen(token), 1)
	assert.Equal(t, remittance.RailAuPay, s.Chosen(token)[0].Rail)

	s.Change(token, func(v *web.View) { webtest.Failed(v, remittance.RailAuPay, remittance.WalletFull, time.Now()) })
	require.NoError(t, s.visitAs(t, people["C-01"], m, token))
	require.Len(t, s.Chosen(token), 2)
	assert.Equal(t, remittance.RailBank, s.Chosen(token)[1].Rail)
	require.Len(t, s.Named(token), 1)
	assert.Equal(t, "5678901", s.Named(token)[0].Number())
}

func TestAWayThatIsNotOfferedIsNotTried(t *testing.T) {
	s := open(t)
	token := s.Add(webtest.Choice(time.Now(), remittance.GiftCode))
	s.Change(token, func(v *web.View) { v.Ways[1].Available = false }) // the amount is over the limit for cash
	require.NoError(t, s.visitAs(t, people["C-02"], &memory{}, token))
	require.Len(t, s.Chosen(token), 1)
	assert.Equal(t, remittance.RailAmazon, s.Chosen(token)[0].Rail)
}

func TestWhoStaysAwayOnlyLooks(t *testing.T) {
	s := open(t)
	v := webtest.Only(webtest.Choice(time.Now(), ""), remittance.RailATM)
	webtest.Issued(&v, time.Now())
	token := s.Add(v)
	require.NoError(t, s.visitAs(t, person{cash: withdrawal{staysAway: true}}, &memory{}, token))
	assert.Equal(t, webtest.Reissues, s.Now(token).Cash.ReissuesLeft)
}
