package amazon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"soukin/remittance"
)

var errUnreadable = errors.New("unreadable")

// currency is the only one: a Japanese partner account is kept in yen.
const currency = "JPY"

// Load is one instruction to load balance.
type Load struct {
	Key    remittance.Key
	Amount remittance.Yen
	// UserID is what Login with Amazon gave for the recipient, "amzn1.account.…".
	UserID string
}

// Card is a gift card that was created.
type Card struct {
	ID string // Amazon's own (gcId)
	// Cancelled says that it was cancelled and our money came back. The code it
	// had buys nothing any more.
	Cancelled bool
	Code      ClaimCode
}

// Funds is what is left of the money that we paid in.
type Funds struct {
	Amount remittance.Yen
	At     time.Time // by Amazon's clock; zero if it did not say
}

type money struct {
	Currency string      `json:"currencyCode"`
	Amount   json.Number `json:"amount"`
}

// value is money where LoadAmazonBalance calls the number a value.
type value struct {
	Currency string      `json:"currencyCode"`
	Value    json.Number `json:"value"`
}

type account struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type loadBody struct {
	RequestID string  `json:"loadBalanceRequestId"`
	PartnerID string  `json:"partnerId"`
	Amount    value   `json:"amount"`
	Account   account `json:"account"`
}

type createBody struct {
	RequestID string `json:"creationRequestId"`
	PartnerID string `json:"partnerId"`
	Value     money  `json:"value"`
}

type cancelBody struct {
	RequestID string `json:"creationRequestId"`
	PartnerID string `json:"partnerId"`
	CardID    string `json:"gcId,omitempty"`
}

func number(y remittance.Yen) json.Number { return json.Number(fmt.Sprint(int64(y))) }

// LoadBalance loads balance onto the recipient's account (LoadAmazonBalance),
// where it is theirs for good: no way is documented to take it back from an
// account that was logged in with. Sent again under the same key it loads
// nothing more. Errors: the table in the package's documentation.
func (c *Client) LoadBalance(ctx context.Context, l Load) error {
	id := c.Reference(l.Key)
	var out struct {
		RequestID string `json:"loadBalanceRequestId"`
		// The name of the number in the answer is not documented.
		Amount *struct {
			Currency string      `json:"currencyCode"`
			Value    json.Number `json:"value"`
			Amount   json.Number `json:"amount"`
		} `json:"amount"`
	}
	body := loadBody{id, c.set.PartnerID, value{currency, number(l.Amount)}, account{l.UserID, c.set.AccountType}}
	return c.do(ctx, opLoad, body, &out, func() error {
		if out.RequestID != "" && out.RequestID != id {
			return mismatch("answer about another request")
		}
		if out.Amount == nil {
			return nil
		}
		if out.Amount.Value != "" {
			out.Amount.Amount = out.Amount.Value
		}
		return same(money{out.Amount.Currency, out.Amount.Amount}, l.Amount)
	})
}

// Create creates a claim code (CreateGiftCard). Sent again under the same key it
// brings the same card as it is by then, and takes no more money. Errors: the
// table in the package's documentation.
func (c *Client) Create(ctx context.Context, k remittance.Key, amount remittance.Yen) (Card, error) {
	id := c.Reference(k)
	var out struct {
		RequestID string    `json:"creationRequestId"`
		CardID    string    `json:"gcId"`
		Code      ClaimCode `json:"gcClaimCode"`
		Info      struct {
			Status string `json:"cardStatus"`
			Value  *money `json:"value"`
		} `json:"cardInfo"`
	}
	err := c.do(ctx, opCreate, createBody{id, c.set.PartnerID, money{currency, number(amount)}}, &out, func() error {
		switch {
		case out.RequestID != "" && out.RequestID != id:
			return mismatch("answer about another request")
		case out.CardID == "" || out.Code.Reveal() == "":
			return mismatch("answer without a card")
		case !knownStatus(out.Info.Status):
			return mismatch("answer with a card status that no document names")
		case out.Info.Value != nil:
			return same(*out.Info.Value, amount)
		}
		return nil
	})
	if err != nil {
		return Card{}, err
	}
	return Card{ID: out.CardID, Cancelled: isStatus(out.Info.Status, cardRefunded), Code: out.Code}, nil
}

// Reveal brings the claim code of a card that was created under a key, for the
// recipient's page. It is CreateGiftCard under the same request id, which
// creates the card where there is none: call it only for an instruction that
// the remittance's workflow knows as executed. Then the id is used, and asking
// again takes no money. Errors: those of [Client.Create]; Rejected for a card
// that was cancelled.
func (c *Client) Reveal(ctx context.Context, k remittance.Key, amount remittance.Yen) (ClaimCode, error) {
	card, err := c.Create(ctx, k, amount)
	if err != nil {
		return ClaimCode{}, err
	}
	if card.Cancelled {
		return ClaimCode{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: remittance.CancelledByUs, Code: cardRefunded}
	}
	return card.Code, nil
}

// Cancel takes a card back (CancelGiftCard), which works for 15 minutes after
// its creation and only while nobody claimed it (FAQ). cardID may be empty: the
// request id alone names the card. Errors: Rejected when it is too late, when it
// was claimed or when there is no such card; RateLimited, Misconfigured, NotSent,
// Unknown.
func (c *Client) Cancel(ctx context.Context, k remittance.Key, cardID string) error {
	id := c.Reference(k)
	var out struct {
		RequestID string `json:"creationRequestId"`
		CardID    string `json:"gcId"`
	}
	return c.do(ctx, opCancel, cancelBody{id, c.set.PartnerID, cardID}, &out, func() error {
		if out.RequestID != "" && out.RequestID != id || cardID != "" && out.CardID != "" && out.CardID != cardID {
			return mismatch("answer about another request")
		}
		return nil
	})
}

// Funds asks what is left of our money at Amazon (GetAvailableFunds). Amazon
// answers it once a second at most; keeping to that is the caller's part.
// Errors: RateLimited, Misconfigured, NotSent, Unknown.
func (c *Client) Funds(ctx context.Context) (Funds, error) {
	var out struct {
		Funds *money `json:"availableFunds"`
		At    string `json:"timestamp"`
	}
	var f Funds
	err := c.do(ctx, opFunds, struct {
		PartnerID string `json:"partnerId"`
	}{c.set.PartnerID}, &out, func() (err error) {
		if out.Funds == nil || out.Funds.Currency != currency {
			return mismatch("answer without funds in yen")
		}
		f.Amount, err = yen(out.Funds.Amount)
		return err
	})
	f.At, _ = time.Parse("20060102T150405Z", out.At)
	return f, err
}

// The statuses of a card.
const (
	cardFulfilled = "Fulfilled"
	cardRefunded  = "RefundedToPurchaser"
	cardExpired   = "Expired" // ten years later: it was the recipient's
)

func isStatus(s, known string) bool { return strings.EqualFold(s, known) }

func knownStatus(s string) bool {
	return isStatus(s, cardFulfilled) || isStatus(s, cardRefunded) || isStatus(s, cardExpired)
}

// same says whether money in an answer is what was ordered.
func same(m money, ordered remittance.Yen) error {
	got, err := yen(m.Amount)
	if err != nil {
		return err
	}
	if m.Currency != currency || got != ordered {
		return mismatch("answer about another amount")
	}
	return nil
}

var yenForm = regexp.MustCompile(`^(-?[0-9]{1,15})(\.0*)?$`)

// yen reads "1000" and "1000.0", as the API writes yen, exactly.
func yen(n json.Number) (remittance.Yen, error) {
	parts := yenForm.FindStringSubmatch(string(n))
	if parts == nil {
		return 0, mismatch("amount is no whole number")
	}
	whole, err := strconv.ParseInt(parts[1], 10, 64)
	return remittance.Yen(whole), err
}

func mismatch(what string) error { return &remittance.RailError{Code: what} }
