package amazon

import (
	"context"
	"encoding/json"
	"math/big"
	"net/http"
	"regexp"
	"strings"

	"soukin/internal/calendar"
	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

// The operations.
const (
	opLoad   = "LoadAmazonBalance"
	opCreate = "CreateGiftCard"
	opCancel = "CancelGiftCard"
	opFunds  = "GetAvailableFunds"
)

const success = "SUCCESS"

// request is the body of every operation; each has its own part of it. Fields
// that the sandbox has no use for (programId, externalReference) are left unread.
type request struct {
	PartnerID string `json:"partnerId"`
	ID        string `json:"creationRequestId"`
	LoadID    string `json:"loadBalanceRequestId"`
	CardID    string `json:"gcId"`
	Value     money  `json:"value"`
	Amount    money  `json:"amount"`
	Account   struct {
		ID string `json:"id"`
	} `json:"account"`
}

// money is in either of the two forms that the API has.
type money struct {
	Currency string       `json:"currencyCode"`
	Amount   *json.Number `json:"amount"`
	Value    *json.Number `json:"value"`
}

func (m money) number() *json.Number {
	if m.Amount != nil {
		return m.Amount
	}
	return m.Value
}

func (a *Amazon) load(ctx context.Context, raw []byte) (counterparty.Answer, error) {
	return a.gives(ctx, raw, opLoad)
}

func (a *Amazon) create(ctx context.Context, raw []byte) (counterparty.Answer, error) {
	return a.gives(ctx, raw, opCreate)
}

// gives is the way of both gifts.
func (a *Amazon) gives(ctx context.Context, raw []byte, op string) (counterparty.Answer, error) {
	r, refused := a.read(raw)
	if refused != nil {
		return refused.answer(), nil
	}
	g := gift{requestID: r.ID, operation: op, state: stateCreated}
	asked := r.Value
	if op == opLoad {
		g.requestID, g.state, g.user = r.LoadID, stateLoaded, r.Account.ID
		asked = r.Amount
	}
	f, isMock := a.mock(g.requestID)
	if isMock && f != nil {
		return f.answer(), nil
	}
	if isMock {
		return a.mockGift(g, asked), nil
	}
	if g.amount, refused = a.check(g.requestID, asked); refused != nil {
		return refused.answer(), nil
	}
	m, struck, err := a.strikes(ctx, g.requestID, g.amount)
	if err != nil {
		return counterparty.Answer{}, err
	}
	if struck && !m.executes {
		return m.answer(), nil
	}
	given, refused, err := a.give(ctx, g)
	switch {
	case err != nil:
		return counterparty.Answer{}, err
	case refused != nil:
		return refused.answer(), nil
	case struck:
		return m.answer(), nil
	}
	return a.given(given), nil
}

// answer is what a struck attempt gets.
func (m Magic) answer() counterparty.Answer {
	switch {
	case m.lost:
		return counterparty.Answer{Lost: true}
	case m.throttle:
		return throttled()
	}
	return m.fail.answer()
}

func (a *Amazon) read(raw []byte) (request, *failure) {
	var r request
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, &failRequest
	}
	if r.PartnerID != a.set.PartnerID {
		return r, &failPartner
	}
	return r, nil
}

// mostID is the longest request id.
const mostID = 40

// The documentation asks for letters and digits; "_" is taken too, because
// public clients have always sent it.
var idForm = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

func (a *Amazon) checkID(id string) *failure {
	switch {
	case !idForm.MatchString(id):
		return &failRequestID
	case len(id) > mostID:
		return &failIDTooLong
	case !strings.HasPrefix(id, a.set.PartnerID) || len(id) == len(a.set.PartnerID):
		return &failIDStart
	}
	return nil
}

// amountForm keeps numbers with absurd exponents away from the arithmetic.
var amountForm = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,6})?$`)

// check judges a new gift by itself, in the order of the error codes.
func (a *Amazon) check(id string, m money) (remittance.Yen, *failure) {
	if f := a.checkID(id); f != nil {
		return 0, f
	}
	n := m.number()
	if n == nil || *n == "" {
		return 0, &failNoAmount
	}
	amount := new(big.Rat)
	if amountForm.MatchString(string(*n)) {
		amount.SetString(string(*n))
	}
	switch {
	case amount.Sign() <= 0:
		return 0, &failZeroAmount
	case m.Currency == "":
		return 0, &failNoCurrency
	case m.Currency != "JPY":
		return 0, &failCurrency
	case !amount.IsInt():
		return 0, &failFraction
	case amount.Cmp(big.NewRat(int64(a.set.MaxAmount), 1)) > 0:
		return 0, &failMaxAmount
	case amount.Cmp(big.NewRat(int64(a.set.MinAmount), 1)) < 0:
		return 0, &failMinAmount
	}
	return remittance.Yen(amount.Num().Int64()), nil
}

// given is the answer to a gift, the same each time but for what became of it.
func (a *Amazon) given(g gift) counterparty.Answer {
	if g.operation == opLoad {
		return counterparty.Answer{Status: http.StatusOK, Body: map[string]any{
			"loadBalanceRequestId": g.requestID, "status": success,
			"amount": map[string]any{"currencyCode": "JPY", "value": int64(g.amount)},
		}}
	}
	status := "Fulfilled"
	if g.state == stateCancelled {
		status = "RefundedToPurchaser"
	}
	// A code lasts ten years, to the end of its day in Japan.
	at := g.at.In(calendar.JST)
	expires := at.AddDate(10, 0, 0).Format("Mon Jan 02") + " 14:59:59 UTC " + at.AddDate(10, 0, 0).Format("2006")
	return a.card(g.requestID, json.Number(big.NewInt(int64(g.amount)).String()+".0"), "JPY", status, expires)
}

func (a *Amazon) card(id string, amount json.Number, currency, status string, expires any) counterparty.Answer {
	return counterparty.Answer{Status: http.StatusOK, Body: map[string]any{
		"cardInfo": map[string]any{
			"cardNumber": nil, "cardStatus": status, "expirationDate": nil, "value": map[string]any{"amount": amount, "currencyCode": currency},
		},
		"creationRequestId": id, "gcClaimCode": ClaimCode(a.set.Secret, id), "gcExpirationDate": expires, "gcId": a.cardID(id), "status": success,
	}}
}

// mockGift is the answer to F0000: a gift that no books know.
func (a *Amazon) mockGift(g gift, asked money) counterparty.Answer {
	amount := json.Number("0")
	if n := asked.number(); n != nil && *n != "" {
		amount = *n
	}
	if g.operation == opLoad {
		return counterparty.Answer{Status: http.StatusOK, Body: map[string]any{
			"loadBalanceRequestId": g.requestID, "status": success, "amount": map[string]any{"currencyCode": asked.Currency, "value": amount},
		}}
	}
	return a.card(g.requestID, amount, asked.Currency, "Fulfilled", nil)
}

func (a *Amazon) cancelGift(ctx context.Context, raw []byte) (counterparty.Answer, error) {
	r, refused := a.read(raw)
	if refused != nil {
		return refused.answer(), nil
	}
	f, isMock := a.mock(r.ID)
	switch {
	case isMock && f != nil:
		return f.answer(), nil
	case !isMock:
		if f := a.checkID(r.ID); f != nil {
			return f.answer(), nil
		}
		refused, err := a.cancel(ctx, r.ID, r.CardID)
		if err != nil {
			return counterparty.Answer{}, err
		}
		if refused != nil {
			return refused.answer(), nil
		}
	}
	return counterparty.Answer{Status: http.StatusOK, Body: map[string]string{"creationRequestId": r.ID, "gcId": a.cardID(r.ID), "status": success}}, nil
}

func (a *Amazon) availableFunds(ctx context.Context, raw []byte) (counterparty.Answer, error) {
	if _, refused := a.read(raw); refused != nil {
		return refused.answer(), nil
	}
	left, err := a.funds(ctx)
	return counterparty.Answer{Status: http.StatusOK, Body: map[string]any{
		"availableFunds": map[string]any{"amount": int64(left), "currencyCode": "JPY"}, "status": success,
		"timestamp": a.env.Now().UTC().Format(dateForm),
	}}, err
}
