package prepaid

import (
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"soukin/internal/sandbox/page"
	"soukin/remittance"
)

//go:embed pages
var pages embed.FS

//go:embed pages/accent.css
var accent string

var templates = template.Must(template.New("").Funcs(page.Functions()).ParseFS(pages, "pages/*.html"))

type view struct {
	T     words
	Wrong string

	// The page that looks something up.
	ID       string
	Paid     bool
	Purchase *statement
	Cards    []card

	// The page that pays.
	Issuers []Issuer
	Order   string
	Issuer  string
	Amount  string
	Card    string
	Fixed   bool // the shop named issuer and amount
	Opening remittance.Yen
}

// typed takes what people write, in groups.
func typed(s string) string {
	return strings.NewReplacer(" ", "", "　", "").Replace(s)
}

func (h *House) lookPage(out http.ResponseWriter, r *http.Request) {
	v := view{T: texts[page.Language(r)], ID: strings.ToUpper(typed(r.FormValue("id"))), Paid: r.FormValue("paid") != ""}
	status := http.StatusOK
	if v.ID != "" {
		err := h.lookUp(r, &v)
		switch {
		case errors.Is(err, errNone):
			status, v.Wrong = http.StatusNotFound, v.T.Missing
		case err != nil:
			h.broken(out, err)
			return
		}
	}
	page.Write(out, h.env.Log, status, templates, "look.html", v)
}

func (h *House) lookUp(r *http.Request, v *view) (err error) {
	if number := strings.ReplaceAll(v.ID, "-", ""); cardForm.MatchString(number) {
		v.Cards, err = h.cards(r.Context(), number)
		return err
	}
	s, err := h.statement(r.Context(), v.ID)
	if err == nil {
		v.Purchase = &s
	}
	return err
}

func (h *House) broken(out http.ResponseWriter, err error) {
	h.env.Log.Error("sandbox prepaid page", "error", err)
	http.Error(out, "the sandbox failed; its log says why", http.StatusInternalServerError)
}

// payView is the payment as the shop asked for it, and as far as it was typed.
// Without an order of the shop's it gets one, so that a button pressed twice pays
// once.
func (h *House) payView(r *http.Request) view {
	v := view{T: texts[page.Language(r)], Issuers: Issuers(), Order: r.FormValue("order_id"), Issuer: r.FormValue("issuer"), Amount: typed(r.FormValue("amount")),
		Card: typed(r.FormValue("card")), Opening: h.set.CardBalance}
	if v.Order == "" {
		v.Order = uuid.NewString()
	}
	_, known := issuerOf(v.Issuer)
	_, err := strconv.Atoi(v.Amount)
	v.Fixed = known && err == nil
	return v
}

func (h *House) payPage(out http.ResponseWriter, r *http.Request) {
	page.Write(out, h.env.Log, http.StatusOK, templates, "pay.html", h.payView(r))
}

func (h *House) payOnPage(out http.ResponseWriter, r *http.Request) {
	v := h.payView(r)
	amount, err := strconv.ParseInt(v.Amount, 10, 64)
	if err != nil {
		amount = 0 // refused below with the rule
	}
	p, err := h.pay(r.Context(), order{v.Order, v.Issuer, strings.ReplaceAll(v.Card, "-", ""), remittance.Yen(amount), byLink})
	if err == nil {
		q := url.Values{"id": {p.ID}, "paid": {"1"}, "lang": {v.T.Lang}}
		http.Redirect(out, r, "/prepaid?"+q.Encode(), http.StatusSeeOther)
		return
	}
	for known, text := range v.T.Refused {
		if errors.Is(err, known) {
			v.Wrong = text
		}
	}
	if v.Wrong == "" {
		h.broken(out, err)
		return
	}
	page.Write(out, h.env.Log, http.StatusBadRequest, templates, "pay.html", v)
}
