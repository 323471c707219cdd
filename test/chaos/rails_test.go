//go:build chaos

package chaos

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/devserver"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

// journey is a remittance that passes certain activities of a rail on its way,
// and what people do on it.
type journey struct {
	order orders.Request // without its id
	// acts is called again and again with where the remittance stands, until it has
	// ended. An error is tried again: whoever asks while no worker runs is told so.
	acts func(ctx context.Context, w *world, row record.Remittance) error
	ends remittance.Status
}

// journeys are chosen so that each of the activities on them is certain to run:
// answers are lost at first, or for good, where the enquiry is.
var journeys = map[string]journey{
	contract.ActivitiesOf(remittance.RailBank).Submit:     {bankOrder(answerLost), nobodyActs, remittance.Paid},
	contract.ActivitiesOf(remittance.RailBank).Enquire:    {bankOrder(answerLost), nobodyActs, remittance.Paid},
	contract.ActivitiesOf(remittance.RailBank).Cancel:     {bankOrder("9000016"), cancelOnceSent, remittance.Cancelled},
	contract.ActivitiesOf(remittance.RailATM).Submit:      {cashOrder("9000"), takeCash, remittance.Paid},
	contract.ActivitiesOf(remittance.RailATM).Enquire:     {cashOrder("8000"), takeCash, remittance.Paid},
	contract.ActivitiesOf(remittance.RailATM).Cancel:      {cashOrder("5000"), cancelOnceSent, remittance.Cancelled},
	contract.ActivityReissueNumbers:                       {cashOrder("8000"), takeCashWithNewNumbers, remittance.Paid},
	contract.ActivitiesOf(remittance.RailAmazon).Submit:   {giftOrder("5015"), chooseGift, remittance.Paid},
	contract.ActivitiesOf(remittance.RailAmazon).Enquire:  {giftOrder("5000"), chooseGift, remittance.Paid},
	contract.ActivitiesOf(remittance.RailAmazon).Cancel:   {giftOrder("5000"), chooseGiftThenCancel, remittance.Cancelled},
	contract.ActivitiesOf(remittance.RailAuPay).Submit:    {walletOrder, chooseWallet("1000000000000008"), remittance.Paid},
	contract.ActivitiesOf(remittance.RailAuPay).Enquire:   {walletOrder, chooseWallet("1000000000000009"), remittance.Paid},
	contract.ActivitiesOf(remittance.RailPrepaid).Submit:  {prepaidOrder(903), nobodyActs, remittance.Paid},
	contract.ActivitiesOf(remittance.RailPrepaid).Enquire: {prepaidOrder(904), nobodyActs, remittance.Paid},
}

func bankOrder(number string) orders.Request {
	return orders.Request{Amount: "1200", Payee: orders.Payee{Bank: "0001", Branch: "001", Type: "1", Number: number, Name: "ヤマダ タロウ"}}
}

func cashOrder(amount string) orders.Request {
	return orders.Request{Pattern: string(remittance.ATMCash), Amount: amount, Recipient: orders.Recipient{Email: "aoi@example.jp"}}
}

func giftOrder(amount string) orders.Request {
	return orders.Request{Pattern: string(remittance.GiftCard), Amount: amount, Recipient: orders.Recipient{Email: "ichika@example.jp"},
		Offer: orders.Offer{GiftForm: string(remittance.GiftCode)}}
}

var walletOrder = orders.Request{Pattern: string(remittance.AuPay), Amount: "1300", Recipient: orders.Recipient{Email: "mio@example.jp"}}

// prepaidOrder is made complete by [journey.on].
func prepaidOrder(n int) orders.Request {
	return orders.Request{Pattern: string(remittance.PrepaidRefund), Amount: "1400",
		Purchased: orders.Purchased{Issuer: "webmoney", Purchase: fmt.Sprint(n), PurchaseAmount: "1400"}}
}

// on gives a refund a purchase of its own, made on a day.
func (j journey) on(day time.Time) journey {
	if j.order.Purchase != "" {
		j.order.PurchasedOn = day.Format(time.DateOnly)
		j.order.Purchase = fmt.Sprintf("WM-%s-%s-%s", day.Format("20060102"), j.order.Amount, j.order.Purchase)
	}
	return j
}

func nobodyActs(context.Context, *world, record.Remittance) error { return nil }

func cashIsOut(row record.Remittance) bool {
	return row.Status == remittance.AwaitingRecipient && row.InFlight
}

// cancelOnceSent cancels what the rail has: the bank, in process; the ATM network,
// before anybody takes the cash.
func cancelOnceSent(ctx context.Context, w *world, row record.Remittance) error {
	if row.RailRef == "" {
		return nil
	}
	_, err := w.desk.Orders.Cancel(ctx, row.Ref, remittance.ActorMerchant)
	return err
}

func takeCash(ctx context.Context, w *world, row record.Remittance) error {
	if !cashIsOut(row) {
		return nil
	}
	n, err := w.desk.Orders.Numbers(ctx, row.Ref)
	if err != nil {
		return err
	}
	_, err = w.bank.WithdrawCash(ctx, control.ATMEntry{Partner: n.Partner(), Customer: n.Customer(), Confirmation: n.Confirmation()})
	return err
}

// takeCashWithNewNumbers does it once the reissue is on the timeline.
func takeCashWithNewNumbers(ctx context.Context, w *world, row record.Remittance) error {
	if !cashIsOut(row) {
		return nil
	}
	steps, err := w.desk.Record.Timeline(ctx, row.Ref)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.Note == "numbers_reissued" {
			return takeCash(ctx, w, row)
		}
	}
	_, err = w.desk.Orders.Reissue(ctx, row.Ref, remittance.ActorRecipient)
	return err
}

func chooseGift(ctx context.Context, w *world, row record.Remittance) error {
	if row.Status != remittance.AwaitingRecipient {
		return nil
	}
	_, err := w.desk.Orders.Designate(ctx, row.Ref, orders.Designation{})
	return err
}

func chooseGiftThenCancel(ctx context.Context, w *world, row record.Remittance) error {
	if row.Status == remittance.AwaitingRecipient {
		return chooseGift(ctx, w, row)
	}
	return cancelOnceSent(ctx, w, row)
}

func chooseWallet(member string) func(context.Context, *world, record.Remittance) error {
	return func(ctx context.Context, w *world, row record.Remittance) error {
		if row.Status != remittance.AwaitingRecipient {
			return nil
		}
		_, err := w.desk.Orders.Designate(ctx, row.Ref, orders.Designation{Member: member})
		return err
	}
}

// TestKillAroundEveryCallToARail kills the worker before and after each activity
// of each rail, one worker after the other in one installation, each while a
// remittance of its own is there. All must end as they would have, exactly once.
func TestKillAroundEveryCallToARail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, devserver.ForTest(t, contract.SearchAttributes()), "rails",
		"SOUKIN_BANK_BUSINESS_ID=true", "SOUKIN_AMAZON_CODE_RECALL=4s", "SOUKIN_ATM_RATE=50", "SOUKIN_AUPAY_RATE=50", "SOUKIN_PREPAID_RATE=50")
	want := map[remittance.RemittanceID]remittance.Status{}
	followed := make(chan error)
	n := 0
	for activity, j := range journeys {
		for _, moment := range []string{"before ", "after "} {
			n++
			id := remittance.RemittanceID(fmt.Sprintf("R-%d", n))
			want[id] = j.ends
			victim := startChild(t, w.environ, moment+activity)
			go func() { followed <- w.follow(t.Context(), id, j.on(time.Now().AddDate(0, 0, -n))) }()
			select {
			case <-victim.done:
				require.True(t, victim.killed(), "%s%s: the worker ended by itself", moment, activity)
			case <-time.After(patience):
				t.Fatalf("%s%s was never reached", moment, activity)
			}
		}
	}
	startChild(t, w.environ, lives)
	for range n {
		require.NoError(t, <-followed)
	}
	for id, status := range want {
		row, err := w.desk.Record.Get(t.Context(), remittance.Ref{Merchant: "demo", Remittance: id})
		require.NoError(t, err)
		assert.Equal(t, status, row.Status, "%s %s", id, row.Reason)
	}
	w.agree(t)
}

// patience is how long one step of a journey may take on a busy machine, look how
// often it is looked at.
const (
	patience = 3 * time.Minute
	look     = 200 * time.Millisecond
)

// follow gives the order and plays its people until it has ended.
func (w *world) follow(ctx context.Context, id remittance.RemittanceID, j journey) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*patience, fmt.Errorf("%s has not ended", id))
	defer cancel()
	r := j.order
	r.Merchant, r.RemittanceID = "demo", string(id)
	var last error
	tick := time.NewTicker(look)
	defer tick.Stop()
	for taken := false; ; {
		row, err := w.desk.Record.Get(ctx, remittance.Ref{Merchant: "demo", Remittance: id})
		switch {
		case err == nil && row.Final:
			return nil
		case !taken:
			_, _, last = w.desk.Orders.Take(ctx, r)
			taken = last == nil
		case err == nil:
			if err := j.acts(ctx, w, row); err != nil {
				last = err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%w; the last error was %w", context.Cause(ctx), last)
		}
	}
}
