package orders

import (
	"slices"
	"strings"

	"soukin/remittance"
)

// Offer is what the recipient may choose from. Everything is as typed.
type Offer struct {
	Rails    string `json:"rails,omitempty"`     // choice: some of bank,atm,amazon,aupay, in the order of the page
	GiftForm string `json:"gift_form,omitempty"` // balance or code; empty follows the settings
}

func (o Offer) trimmed() Offer {
	return Offer{strings.TrimSpace(o.Rails), strings.TrimSpace(o.GiftForm)}
}

// parsedOffer is the rails that an order may end on, one for every pattern but
// a choice, and the form of a gift card where the order says it.
type parsedOffer struct {
	rails []remittance.Rail
	form  remittance.GiftForm
}

func (o Offer) parse(pattern remittance.Pattern) (parsedOffer, Faults) {
	out := parsedOffer{rails: []remittance.Rail{pattern.Rail()}}
	var faults Faults
	switch {
	case pattern == remittance.Choice:
		var ok bool
		if out.rails, ok = parseRails(o.Rails); !ok {
			faults = append(faults, fault(RuleRails, "rails", value{"value", o.Rails}, listed(remittance.ChoosableRails())))
		}
	case o.Rails != "":
		faults = append(faults, fault(RuleRailsGiven, "rails", value{"pattern", string(pattern)}))
	}
	switch out.form = remittance.GiftForm(o.GiftForm); {
	case o.GiftForm == "":
	case out.form != remittance.GiftBalance && out.form != remittance.GiftCode:
		faults = append(faults, fault(RuleGiftForm, "gift_form", value{"value", o.GiftForm}))
	case pattern == remittance.Choice && len(out.rails) == 0: // said above
	case !slices.Contains(out.rails, remittance.RailAmazon):
		faults = append(faults, fault(RuleGiftFormGiven, "gift_form"))
	}
	return out, faults
}

// parseRails reads names with commas between, each of them once.
func parseRails(text string) ([]remittance.Rail, bool) {
	var rails []remittance.Rail
	for name := range strings.SplitSeq(text, ",") {
		rail := remittance.Rail(strings.TrimSpace(name))
		if !slices.Contains(remittance.ChoosableRails(), rail) || slices.Contains(rails, rail) {
			return nil, false
		}
		rails = append(rails, rail)
	}
	return rails, true
}

var railWords = map[remittance.Rail]Text{
	remittance.RailBank:    {"銀行口座への振込", "A transfer to a bank account"},
	remittance.RailATM:     {"ATMでの現金受取", "Cash at an ATM"},
	remittance.RailAmazon:  {"Amazonギフトカード", "An Amazon gift card"},
	remittance.RailAuPay:   {"au PAY 残高への入金", "A charge of au PAY"},
	remittance.RailPrepaid: {"プリペイドカードへの返金", "A refund to a prepaid card"},
}

// leftOut tells that a way cannot carry the amount and is not offered.
type leftOut struct {
	rail remittance.Rail
	why  *Error
}

func (n leftOut) Message(l remittance.Lang) string {
	if l == remittance.Ja {
		return railWords[n.rail].Ja + "は選択肢に入れません。" + n.why.What.Ja
	}
	return railWords[n.rail].En + " is not offered. " + n.why.What.En
}
