package atm

import (
	"context"
	"encoding/json"
	"net/http"

	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
)

// MountControl adds what tests and the demo may do: take cash as a person
// would, and look into the books.
func (n *Network) MountControl(mux *http.ServeMux) {
	mux.HandleFunc("POST /sandbox/atm/withdraw", n.withdraw)
	mux.HandleFunc("GET /sandbox/atm/issues", n.listIssues)
}

func (n *Network) withdraw(w http.ResponseWriter, r *http.Request) {
	var in control.ATMEntry
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<12))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		n.answer(w, http.StatusBadRequest, control.Problem{Error: "body: write partner, customer and confirmation as text: " + err.Error()})
		return
	}
	i, v, err := n.enter(r.Context(), entry{in.Partner, in.Customer, in.Confirmation}, true)
	if err != nil {
		n.failed(w, err)
		return
	}
	out := control.ATMWithdrawal{Result: control.ATMResult(v)}
	if i != nil {
		out.IssueID, out.ReceiptNo, out.Amount = i.id, i.receiptNo(), i.amount
	}
	n.answer(w, http.StatusOK, out)
}

// issuesPage is how many issues are listed at a time.
const issuesPage = 500

func (n *Network) listIssues(w http.ResponseWriter, r *http.Request) {
	err := n.catchUpAll(r.Context())
	if err != nil {
		n.failed(w, err)
		return
	}
	found, err := collect(r.Context(), n, scanIssue, issuesAfter, r.URL.Query().Get("after"), issuesPage)
	if err != nil {
		n.failed(w, err)
		return
	}
	out := control.ATMIssues{Issues: []control.ATMIssue{}}
	for _, i := range found {
		out.Issues = append(out.Issues, control.ATMIssue{IssueID: i.id, ReceiptNo: i.receiptNo(), Amount: i.amount, State: string(i.state),
			Reissues: i.reissues, ExpiresAt: i.expiresAt})
	}
	if len(found) == issuesPage {
		out.Next = found[issuesPage-1].id
	}
	n.answer(w, http.StatusOK, out)
}

const listExecutions = `SELECT i.issue_id, i.amount, (SELECT COUNT(*) FROM atm_payouts p WHERE p.issue_id = i.issue_id AND p.amount = i.amount), i.state
FROM atm_issues i WHERE i.issue_id > $1 ORDER BY i.issue_id LIMIT $2`

// Executions gives the cash that went out, beside every issue.
func (n *Network) Executions(ctx context.Context, after string, limit int) ([]counterparty.Execution, error) {
	if err := n.catchUpAll(ctx); err != nil {
		return nil, err
	}
	return n.env.ReadExecutions(ctx, listExecutions, after, limit)
}

func (n *Network) failed(w http.ResponseWriter, err error) {
	n.env.Log.Error("ATM network", "error", err)
	n.answer(w, http.StatusInternalServerError, control.Problem{Error: "the ATM network failed; the sandbox's log says why"})
}

func (n *Network) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		n.env.Log.Warn("ATM network could not send its answer", "error", err)
	}
}
