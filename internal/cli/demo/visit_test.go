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
