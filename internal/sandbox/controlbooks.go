package sandbox

import (
	"fmt"
	"net/http"

	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

const booksPage = 100

func (a *controlAPI) transfers(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	list, err := a.books.All(r.Context(), books.Filter{Key: q.Get("key"), After: q.Get("after"), Limit: booksPage})
	out := control.Transfers{Transfers: []control.Transfer{}}
	for _, tr := range list {
		out.Transfers = append(out.Transfers, asHeld(tr))
	}
	if len(list) == booksPage {
		out.Next = list[booksPage-1].ApplyNo
	}
	a.answer(w, r, out, err)
}

func (a *controlAPI) transfer(w http.ResponseWriter, r *http.Request) {
	list, err := a.books.All(r.Context(), books.Filter{ApplyNo: r.PathValue("apply_no"), Limit: 1})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("transfer %s: %w", r.PathValue("apply_no"), books.ErrNotFound)
	}
	if err != nil {
		a.answer(w, r, nil, err)
		return
	}
	a.answer(w, r, asHeld(list[0]), nil)
}

func (a *controlAPI) decide(w http.ResponseWriter, r *http.Request) {
	d := control.Decision(r.PathValue("decision"))
	decisions := map[control.Decision]books.Decision{control.Approve: books.Approve, control.Withdraw: books.Withdraw, control.SendBack: books.SendBack}
	known, ok := decisions[d]
	if !ok {
		a.refuse(w, r, http.StatusNotFound, fmt.Errorf("decision %q: write approve, withdraw or send-back", d))
		return
	}
	if err := a.books.Decide(r.Context(), r.PathValue("apply_no"), known); err != nil {
		a.answer(w, r, nil, err)
		return
	}
	a.transfer(w, r)
}

// asHeld shows a transfer without its payees.
func asHeld(tr *books.Transfer) control.Transfer {
	out := control.Transfer{ApplyNo: tr.ApplyNo, IdempotencyKey: tr.Key, ApplyComment: tr.ApplyComment, RequestedAt: tr.RequestedAt, Designated: tr.Designated,
		Amount: tr.Amount(), Fee: tr.Fee(), ResultCode: string(tr.Result), Status: int(tr.Status)}
	for _, l := range tr.Lines {
		line := control.Line{Item: l.Item, Amount: l.Amount, Fee: l.Fee, EDIInfo: l.EDIInfo, Status: int(l.Status), ExecutedCount: l.Executed}
		if l.Status == books.Returned {
			line.Reason = reasonOf(l.Return)
		}
		out.ExecutedCount = max(out.ExecutedCount, l.Executed)
		out.Lines = append(out.Lines, line)
	}
	for _, e := range tr.History {
		out.History = append(out.History, control.Event{At: e.At, Status: int(e.Status), Item: e.Item, Reason: reasonOf(e.Return)})
	}
	return out
}

func reasonOf(returnCode string) remittance.Reason {
	for _, c := range faults.ReturnCodes() {
		if c.Code == returnCode {
			return c.Reason
		}
	}
	return remittance.ReasonNone
}
