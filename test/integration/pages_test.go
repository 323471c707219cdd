//go:build integration

package integration

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/app"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
	"soukin/remittance"
)

// pageWorld is the product behind the pages, with the sandbox's counterparties.
type pageWorld struct {
	web.Remittances
	in    *installation
	taken *int
}

func (w pageWorld) Offer(t *testing.T, form remittance.GiftForm, rails []remittance.Rail, codes ...webtest.Code) link.Token {
	t.Helper()
	*w.taken++
	names := make([]string, len(rails))
	for i, r := range rails {
		names[i] = string(r)
	}
	order := orders.Request{Merchant: string(shop), RemittanceID: fmt.Sprintf("P-%d", *w.taken), Pattern: string(remittance.Choice), Amount: fmt.Sprint(int64(webtest.Offered)),
		Offer: orders.Offer{Rails: strings.Join(names, ","), GiftForm: string(form)}, Recipient: orders.Recipient{Email: "hanako@example.jp"}}
	for _, c := range codes {
		order.Code, order.CodeLabel = c.Value, c.Label
	}
	require.Equal(t, remittance.AwaitingRecipient, w.in.take(t, order).Status)
	token, err := w.in.desk.Links.Issue(t.Context(), ref(order.RemittanceID))
	require.NoError(t, err)
	return token
}

// Login is what a recipient does at Amazon: log in and consent.
func (w pageWorld) Login(t *testing.T, token link.Token, proof link.Proof) string {
	t.Helper()
	address, err := w.BeginLogin(t.Context(), token, proof)
	require.NoError(t, err)
	form := url.Values{"email": {"hanako@example.jp"}, "password": {"secret"}, "decision": {"allow"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	back, err := answer.Location()
	require.NoError(t, err, "status %d", answer.StatusCode)
	require.True(t, strings.HasSuffix(back.Path, web.LoginPath), back.Path)
	_, _, login, err := w.FinishLogin(t.Context(), back.Query().Get("state"), back.Query().Get("code"))
	require.NoError(t, err)
	return login
}

// until looks at the page until it is as wanted.
func (w pageWorld) until(t *testing.T, token link.Token, wanted func(web.View) bool) web.View {
	t.Helper()
	var v web.View
	ok := assert.Eventually(t, func() bool {
		var err error
		v, err = w.View(context.Background(), token)
		return err == nil && wanted(v)
	}, patience, tick)
	require.True(t, ok, "it stands at %s (%s)", v.Status, v.Reason)
	return v
}

func (w pageWorld) Arrive(t *testing.T, token link.Token) {
	t.Helper()
	w.until(t, token, func(v web.View) bool {
		return v.Cash != nil || v.Code || v.Status == remittance.Paid && v.Form != remittance.GiftCode
	})
}

func (w pageWorld) Refuse(t *testing.T, token link.Token) remittance.Reason {
	t.Helper()
	// The sandbox's member whose wallet is full.
	_, err := w.Designate(t.Context(), token, link.Proof{}, web.Designation{Rail: remittance.RailAuPay, Member: "1000000000000002"})
	require.NoError(t, err)
	w.until(t, token, func(v web.View) bool { return v.Open })
	return remittance.WalletFull
}

// TestTheProductKeepsThePromisesOfThePages holds orders, workflows, rails and
// counterparties together to what the pages were tested with.
func TestTheProductKeepsThePromisesOfThePages(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		in := install(t, dsn, with{"SOUKIN_LINK_WINDOW": "1h", "SOUKIN_SMS": "none"})
		in.startWorker(t)
		_, err := in.desk.Orders.Fund(t.Context(), shop, "item-1", 100*webtest.Offered)
		require.NoError(t, err)
		recipients, err := app.NewRecipients(in.cfg, in.desk.Store, in.desk.Orders, time.Now)
		require.NoError(t, err)
		taken := 0
		webtest.Suite(t, func(*testing.T) webtest.World { return pageWorld{recipients, in, &taken} })
	})
}

// TestCashAloneNeedsNoChoice: the link of an atm-cash order opens at the numbers.
func TestCashAloneNeedsNoChoice(t *testing.T) {
	in := install(t, "", with{"SOUKIN_SMS": "none"})
	in.startWorker(t)
	_, err := in.desk.Orders.Fund(t.Context(), shop, "item-1", webtest.Offered)
	require.NoError(t, err)
	recipients, err := app.NewRecipients(in.cfg, in.desk.Store, in.desk.Orders, time.Now)
	require.NoError(t, err)
	in.take(t, orders.Request{Merchant: string(shop), RemittanceID: "C-1", Pattern: string(remittance.ATMCash), Amount: fmt.Sprint(int64(webtest.Offered)),
		Recipient: orders.Recipient{Email: "hanako@example.jp"}})
	token, err := in.desk.Links.Issue(t.Context(), ref("C-1"))
	require.NoError(t, err)
	w := pageWorld{Remittances: recipients, in: in}
	v := w.until(t, token, func(v web.View) bool {
		assert.False(t, v.Open, "there is nothing to choose")
		return v.Cash != nil
	})
	assert.Equal(t, remittance.RailATM, v.Rail)
	numbers, err := recipients.Numbers(t.Context(), token, link.Proof{})
	require.NoError(t, err)
	assert.Len(t, numbers.Customer, 9)
}
