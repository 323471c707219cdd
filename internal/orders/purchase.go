package orders

import (
	"regexp"
	"strings"
	"time"

	"soukin/internal/calendar"
	"soukin/remittance"
)

// Purchased is what a prepaid card or wallet paid for and is refunded.
// Everything is as typed.
type Purchased struct {
	Issuer         string `json:"issuer,omitempty"`          // as webmoney
	Purchase       string `json:"purchase,omitempty"`        // the issuer's number of the purchase
	PurchasedOn    string `json:"purchased_on,omitempty"`    // YYYY-MM-DD, the day in Japan
	PurchaseAmount string `json:"purchase_amount,omitempty"` // whole yen; may be empty
}

func (b Purchased) trimmed() Purchased {
	return Purchased{strings.ToLower(strings.TrimSpace(b.Issuer)), strings.TrimSpace(b.Purchase), strings.TrimSpace(b.PurchasedOn), strings.TrimSpace(b.PurchaseAmount)}
}

// firstField names the first field that is given.
func (b Purchased) firstField() string {
	return firstGiven([]string{"issuer", "purchase", "purchased_on", "purchase_amount"}, b.Issuer, b.Purchase, b.PurchasedOn, b.PurchaseAmount)
}

// parsedPurchase is a purchase whose form is right.
type parsedPurchase struct {
	issuer, number string
	day            time.Time      // its midnight in Japan; zero when it could not be read
	amount         remittance.Yen // 0: not said
}

var purchaseForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

func (b Purchased) parse() (parsedPurchase, Faults) {
	p := parsedPurchase{issuer: b.Issuer, number: b.Purchase}
	var faults Faults
	if !purchaseForm.MatchString(b.Purchase) {
		faults = append(faults, fault(RulePurchase, "purchase"))
	}
	var err error
	if p.day, err = time.ParseInLocation(time.DateOnly, b.PurchasedOn, calendar.JST); err != nil {
		faults = append(faults, fault(RulePurchasedOn, "purchased_on").because(err))
	}
	if b.PurchaseAmount != "" {
		if p.amount, err = remittance.ParseYen(b.PurchaseAmount); err != nil {
			faults = append(faults, fault(RulePurchaseAmount, "purchase_amount").because(err))
		}
	}
	return p, faults
}
