package sandbox

import (
	"context"
	"fmt"
	"net/http"

	"soukin/internal/sandbox/amazon"
	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/aupay"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/prepaid"
	"soukin/remittance"
)

// openCounterparties makes everybody beside the bank.
func openCounterparties(ctx context.Context, env counterparty.Env, s Settings) (map[remittance.Rail]counterparty.Counterparty, error) {
	parties := map[remittance.Rail]counterparty.Counterparty{}
	wallet, err := aupay.New(ctx, env, s.AuPay)
	if err != nil {
		return nil, err
	}
	parties[remittance.RailAuPay] = wallet
	issuers, err := prepaid.New(ctx, env, s.Prepaid)
	if err != nil {
		return nil, err
	}
	parties[remittance.RailPrepaid] = issuers
	cash, err := atm.New(ctx, env, s.ATM)
	if err != nil {
		return nil, err
	}
	parties[remittance.RailATM] = cash
	gifts, err := amazon.New(ctx, env, s.Amazon)
	if err != nil {
		return nil, err
	}
	parties[remittance.RailAmazon] = gifts
	return parties, nil
}

// executionsPage is how many lines of a counterparty's books are shown at a time.
const executionsPage = 500

func (a *controlAPI) executions(w http.ResponseWriter, r *http.Request) {
	party, known := a.parties[remittance.Rail(r.PathValue("rail"))]
	if !known {
		a.refuse(w, r, http.StatusNotFound, fmt.Errorf("rail %q has no books here", r.PathValue("rail")))
		return
	}
	found, err := party.Executions(r.Context(), r.URL.Query().Get("after"), executionsPage)
	out := control.Executions{Executions: found}
	if len(found) == executionsPage {
		out.Next = found[len(found)-1].Reference
	}
	a.answer(w, r, out, err)
}
