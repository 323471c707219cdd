package batch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/cli/batch"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

const file = `remittance_id,amount,bank,branch,type,number,name,expect
A-1,100,0001,001,1,1234567,ヤマダ タロウ,paid
A-2,200,0001,001,1,1234567,ヤマダ タロウ,returned
A-3,x,0001,001,1,1234567,ヤマダ タロウ,refused
A-4,400,0001,001,1,1234567,ヤマダ タロウ,
`

func rows(t *testing.T) []orders.Row {
	t.Helper()
	parsed, err := orders.ParseCSV(strings.NewReader(file))
	require.NoError(t, err)
	return parsed
}

// desk answers each order with what a test says.
type desk struct {
	mu      sync.Mutex
	asked   []string
	running int
	most    int
	answer  map[string]error
	numbers map[string]error
}

func (d *desk) note(r orders.Request) error {
	d.mu.Lock()
	d.asked = append(d.asked, r.Merchant+"/"+r.RemittanceID)
	d.running++
	d.most = max(d.most, d.running)
	err := d.answer[r.RemittanceID]
	d.mu.Unlock()
	time.Sleep(time.Second) // in a bubble: no real time passes
	d.mu.Lock()
	d.running--
	d.mu.Unlock()
	return err
}

func (d *desk) Take(_ context.Context, r orders.Request) (contract.State, []orders.Notice, error) {
	if err := d.note(r); err != nil {
		return contract.State{}, nil, err
	}
	if r.Pattern == string(remittance.ATMCash) {
		ref := remittance.Ref{Merchant: remittance.MerchantID(r.Merchant), Remittance: remittance.RemittanceID(r.RemittanceID)}
		return contract.State{Ref: ref, Status: remittance.AwaitingRecipient, Rail: remittance.RailATM, InFlight: true}, nil, nil
	}
	return contract.State{Status: remittance.Processing, Reason: remittance.WaitsForRail, Amount: 1}, nil, nil
}

func (d *desk) Numbers(_ context.Context, ref remittance.Ref) (vault.Numbers, error) {
	if err := d.numbers[string(ref.Remittance)]; err != nil {
		return vault.Numbers{}, err
	}
	return vault.NewNumbers("9101", "511000111", "406639"), nil
}

func (d *desk) Check(_ context.Context, r orders.Request) (orders.Quote, error) {
	return orders.Quote{Shortfall: 5}, d.note(r)
}

// shelf is a record whose remittances a test moves.
type shelf map[remittance.RemittanceID]record.Remittance

func (s shelf) Get(_ context.Context, ref remittance.Ref) (record.Remittance, error) {
	r, ok := s[ref.Remittance]
	if !ok {
		return r, record.ErrNotFound
	}
	return r, nil
}

func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{answer: map[string]error{
			"A-2": &orders.Error{Code: orders.CodeConflict, Rule: orders.RuleOtherBody, What: orders.Text{En: "Taken.", Ja: "使用済み。"}, Fix: orders.Text{En: "Use another.", Ja: "別の番号で。"}},
			"A-4": &orders.Error{Code: orders.CodeUnavailable, Rule: orders.RuleNoAnswer},
		}}
		b := batch.New("shop", rows(t))
		told := 0
		require.NoError(t, b.Send(t.Context(), d, 1, func() { told++ }))
		assert.Equal(t, 4, told)
		assert.Equal(t, []string{"shop/A-1", "shop/A-2", "shop/A-4"}, d.asked, "in order, and nothing for a row that is wrong by itself")
		assert.Equal(t, 1, d.most)
		got := b.Rows()
		assert.Equal(t, "processing", got[0].Status)
		assert.Equal(t, "refused", got[1].Status)
		assert.Equal(t, "other_body", got[1].Reason)
		assert.Equal(t, "Taken. Use another.", got[1].Message.En)
		assert.Equal(t, "使用済み。別の番号で。", got[1].Message.Ja)
		assert.Equal(t, "refused", got[2].Status)
		assert.True(t, got[2].AsExpected())
		assert.Equal(t, batch.NotSent, got[3].Status)
		assert.False(t, got[3].Final, "no answer is no refusal: the order may have been taken")
		assert.False(t, b.Settled(), "A-1 is open")
	})
}

func TestSendBringsTheNumbersOfCash(t *testing.T) {
	parsed, err := orders.ParseCSV(strings.NewReader("remittance_id,pattern,amount\nA-1,atm-cash,1000\nA-2,atm-cash,1000\nA-3,atm-cash,1000\nG-1,gift-card,1000\n"))
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		d := &desk{numbers: map[string]error{
			"A-2": orders.Faults{{Code: orders.CodeNotFound, Rule: orders.RuleNoNumbers}},
			"A-3": orders.Faults{{Code: orders.CodeUnavailable, Rule: orders.RuleDatabase}},
		}}
		b := batch.New("shop", parsed)
		require.NoError(t, b.Send(t.Context(), d, 4, nil))
		got := b.Rows()
		assert.Equal(t, &batch.Numbers{PartnerCode: "9101", CustomerNumber: "511000111", ConfirmationNumber: "406639"}, got[0].Numbers)
		assert.Nil(t, got[1].Numbers)
		assert.Equal(t, "awaiting_recipient", got[1].Status, "the cash was taken before anybody looked")
		assert.Equal(t, batch.NotSent, got[2].Status, "the numbers did not come: sent again, they do")
		assert.Nil(t, got[3].Numbers)

		out := record.Remittance{Status: remittance.AwaitingRecipient, Rail: remittance.RailATM, InFlight: true}
		s := shelf{"A-1": out, "A-2": out, "G-1": {Status: remittance.AwaitingRecipient}}
		require.NoError(t, b.Refresh(t.Context(), s))
		assert.NotNil(t, b.Rows()[0].Numbers)
		s["A-1"] = record.Remittance{Status: remittance.Paid, Final: true}
		require.NoError(t, b.Refresh(t.Context(), s))
		assert.Nil(t, b.Rows()[0].Numbers, "worth nothing after the cash was taken")
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", got[0].Numbers, *got[0].Numbers, got[0].Numbers), "406639", "they are as good as money")
	})
}

func TestSendIsParallelAndBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		require.NoError(t, batch.New("shop", rows(t)).Send(t.Context(), d, 2, nil))
		assert.Equal(t, 2, d.most)
	})
}

func TestSendStopsWhenToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := &desk{}
		b := batch.New("shop", rows(t))
		err := b.Send(ctx, d, 1, cancel)
		require.ErrorIs(t, err, context.Canceled)
		assert.Len(t, d.asked, 1)
		assert.Empty(t, b.Rows()[3].Status, "what was not tried has no status")
	})
}

func TestCheckStoresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{answer: map[string]error{"A-2": errors.New("no such host")}}
		b := batch.New("shop", rows(t))
		require.NoError(t, b.Check(t.Context(), d, 4, nil))
		got := b.Rows()
		assert.Equal(t, "accepted", got[0].Status)
		assert.EqualValues(t, 5, got[0].Shortfall)
		assert.Equal(t, batch.NotSent, got[1].Status, "an error that is nobody's refusal")
	})
}

func TestFollowUntilEverythingHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := batch.New("shop", rows(t)[:2])
		require.NoError(t, b.Send(t.Context(), &desk{}, 1, nil))
		s := shelf{
			"A-1": {Status: remittance.AwaitingFunds, Reason: remittance.WaitsForFunds},
			"A-2": {Status: remittance.Returned, Reason: remittance.NoSuchAccount},
		}
		seen := 0
		err := b.Follow(t.Context(), s, time.Second, func() {
			seen++
			switch seen {
			case 1:
				n, amount := b.Waiting()
				assert.Equal(t, 1, n)
				assert.EqualValues(t, 1, amount)
				assert.Len(t, b.Unexpected(), 2, "what is open has not ended as expected yet")
				s["A-1"] = record.Remittance{Status: remittance.Paid, Final: true}
			case 2:
				assert.False(t, b.Settled(), "returned and not final still waits for a correction")
				s["A-2"] = record.Remittance{Status: remittance.Returned, Reason: remittance.NoSuchAccount, Final: true}
			}
		})
		require.NoError(t, err)
		assert.Equal(t, 3, seen)
		assert.Empty(t, b.Unexpected())
		assert.Nil(t, b.Rows()[0].Message, "nothing to say about what is paid")
		assert.NotNil(t, b.Rows()[1].Message)
	})
}

func TestFollowEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := batch.New("shop", rows(t)[:1])
		require.NoError(t, b.Send(t.Context(), &desk{}, 1, nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := b.Follow(ctx, shelf{"A-1": {Status: remittance.Sent}}, time.Second, func() {})
		assert.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
