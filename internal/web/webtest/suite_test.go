package webtest_test

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

var noon = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

// world is the fake with the hands of a test around it.
type world struct{ *webtest.Fake }

func (w world) Offer(_ *testing.T, form remittance.GiftForm, rails []remittance.Rail, codes ...webtest.Code) link.Token {
	view := webtest.Choice(noon, form)
	view.Amount = webtest.Offered
	view.Ways = slices.DeleteFunc(view.Ways, func(way web.Way) bool { return !slices.Contains(rails, way.Rail) })
	return w.Add(view, codes...)
}

func (w world) Login(t *testing.T, token link.Token, proof link.Proof) string {
	t.Helper()
	address, err := w.BeginLogin(t.Context(), token, proof)
	require.NoError(t, err)
	at, err := url.Parse(address)
	require.NoError(t, err)
	_, _, login, err := w.FinishLogin(t.Context(), at.Query().Get("state"), "c1")
	require.NoError(t, err)
	return login
}

func (w world) Arrive(_ *testing.T, token link.Token) {
	w.Change(token, func(v *web.View) {
		if v.Rail == remittance.RailATM {
			webtest.Issued(v, noon)
			return
		}
		webtest.Settled(v, v.Rail, v.Form, noon)
	})
}

func (w world) Refuse(t *testing.T, token link.Token) remittance.Reason {
	t.Helper()
	_, err := w.Designate(t.Context(), token, link.Proof{}, web.Designation{Rail: remittance.RailAuPay, Member: "1000000000000002"})
	require.NoError(t, err)
	w.Change(token, func(v *web.View) { webtest.Failed(v, v.Rail, remittance.WalletFull, noon) })
	return remittance.WalletFull
}

func TestTheFakeKeepsThePromisesOfThePort(t *testing.T) {
	webtest.Suite(t, func(*testing.T) webtest.World {
		return world{webtest.New(func() time.Time { return noon })}
	})
}
