package aupay

import (
	"encoding/json"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/decided"
	"soukin/remittance"
)

var document = decided.Document{
	Rail: remittance.RailAuPay, Submit: "charge", Enquire: "charge-state", Path: "/charges", Reference: "charge_id", Done: "executed",
	Refusals: map[string]remittance.Reason{
		"WALLET_LIMIT":       remittance.WalletFull,
		"UNKNOWN_MEMBER":     remittance.UnknownMember,
		"NOT_VERIFIED":       remittance.MemberNotVerified,
		"MEMBER_DAILY_LIMIT": remittance.RecipientLimit,
		"AMOUNT":             remittance.OverRailLimit,
	},
	Invalid: map[string]remittance.Reason{
		"member_number": remittance.UnknownMember, // the recipient mistyped it, and can mend it
	},
	Closed: closed,
	Read:   read,
}

const codeMaintenance = "MAINTENANCE"

// closed takes maintenance for a refusal where au PAY says that nothing
// happened: the recipient may choose another way meanwhile.
func closed(e *remittance.RailError, p bearer.Problem) {
	if p.Code == codeMaintenance && p.LeftNothing() {
		e.Outcome, e.Reason = remittance.OutcomeRejected, remittance.RailMaintenance
	}
}

type chargeBody struct {
	ChargeID     string         `json:"charge_id"`
	MemberNumber string         `json:"member_number"`
	Amount       remittance.Yen `json:"amount"`
}

func read(body []byte) (decided.Result, error) {
	var b struct {
		ChargeID      string         `json:"charge_id"`
		Amount        remittance.Yen `json:"amount"`
		State         string         `json:"state"`
		Reason        string         `json:"reason"`
		TransactionNo string         `json:"transaction_no"`
	}
	err := json.Unmarshal(body, &b)
	return decided.Result{Reference: b.ChargeID, Amount: b.Amount, State: b.State, Reason: b.Reason, Number: b.TransactionNo}, err
}
