package atm

import (
	"embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"soukin/internal/sandbox/page"
	"soukin/remittance"
)

//go:embed pages
var pages embed.FS

var screens = template.Must(template.New("").Funcs(page.Functions()).ParseFS(pages, "pages/*.html"))

func (n *Network) mountScreen(mux *http.ServeMux) {
	mux.HandleFunc("GET /atm", func(w http.ResponseWriter, r *http.Request) {
		n.show(w, http.StatusOK, screen{T: spoken[page.Language(r)], Step: stepWelcome})
	})
	mux.Handle("POST /atm", http.NewCrossOriginProtection().Handler(http.HandlerFunc(n.press)))
	mux.HandleFunc("GET /atm/style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pages, "pages/style.css")
	})
}

// step is which screen the machine shows.
type step string

const (
	stepWelcome      step = "welcome"
	stepPartner      step = "partner"
	stepCustomer     step = "customer"
	stepConfirmation step = "confirmation"
	stepAmount       step = "amount"
	stepPaid         step = "paid"
	stepRefused      step = "refused"
)

// lengths are how many digits each number has.
var lengths = map[step]int{stepPartner: 4, stepCustomer: 9, stepConfirmation: 6}

// screen is what the machine shows. It runs no script: every key is a button of a
// form. What was typed so far travels in the form, so that the machine forgets
// whoever walks away.
type screen struct {
	T     words
	Step  step
	Entry string // digits of this step
	Note  string // what is wrong with the entry

	Partner, Customer, Confirmation string

	Amount, Payable remittance.Yen
	ReceiptNo       string
	At              time.Time
	Banknotes       []int // of 10,000, 5,000 and 1,000 yen
}

// Length is how many digits this step takes.
func (s screen) Length() int { return lengths[s.Step] }

// Shown are the digits typed so far; those of the confirmation number as dots.
func (s screen) Shown() string {
	if s.Step == stepConfirmation {
		return strings.Repeat("●", len(s.Entry))
	}
	return s.Entry
}

// Blank shows how many digits are still wanted.
func (s screen) Blank() string { return strings.Repeat("–", max(0, s.Length()-len(s.Entry))) }

// Number counts the three steps of typing; 0 outside them.
func (s screen) Number() int {
	return map[step]int{stepPartner: 1, stepCustomer: 2, stepConfirmation: 3}[s.Step]
}

// Keys are the keypad's digits in the order of Japanese ATMs.
func (s screen) Keys() []string { return strings.Split("123456789", "") }

// press takes one key: a digit, a correction, or the green one.
func (n *Network) press(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<12)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form cannot be read", http.StatusBadRequest)
		return
	}
	f := r.PostForm
	s := screen{
		T: spoken[page.Language(r)], Step: step(f.Get("step")), Entry: onlyDigits(f.Get("entry") + f.Get("more")), // from the keypad, then from a keyboard
		Partner: onlyDigits(f.Get("partner")), Customer: onlyDigits(f.Get("customer")), Confirmation: onlyDigits(f.Get("confirmation")),
	}
	switch key := f.Get("key"); {
	case s.Step == stepWelcome:
		s.Step = stepPartner
	case s.Step == stepAmount && key == "enter":
		n.take(w, r, s, true)
		return
	case s.Length() == 0:
		s = screen{T: s.T, Step: stepWelcome}
	case len(key) == 1 && key >= "0" && key <= "9":
		if len(s.Entry) < s.Length() {
			s.Entry += key
		}
	case key == "clear":
		s.Entry = ""
	default:
		n.enterStep(w, r, s)
		return
	}
	n.show(w, http.StatusOK, s)
}

// enterStep goes on to the next number, or after the last one to the amount.
func (n *Network) enterStep(w http.ResponseWriter, r *http.Request, s screen) {
	if len(s.Entry) != s.Length() {
		s.Note = s.T.digits(s.Length())
		n.show(w, http.StatusUnprocessableEntity, s)
		return
	}
	entered := s.Entry
	s.Entry = ""
	switch s.Step {
	case stepPartner:
		s.Partner, s.Step = entered, stepCustomer
	case stepCustomer:
		s.Customer, s.Step = entered, stepConfirmation
	default:
		s.Confirmation = entered
		n.take(w, r, s, false)
		return
	}
	n.show(w, http.StatusOK, s)
}

// take shows what the numbers stand for, or pays it out.
func (n *Network) take(w http.ResponseWriter, r *http.Request, s screen, pay bool) {
	i, v, err := n.enter(r.Context(), entry{s.Partner, s.Customer, s.Confirmation}, pay)
	if err != nil {
		n.env.Log.Error("ATM network", "error", err)
		http.Error(w, "the ATM is out of order", http.StatusInternalServerError)
		return
	}
	switch v {
	case entryGood:
		s.Step, s.Amount, s.Payable = stepAmount, i.amount, i.payable()
		n.show(w, http.StatusOK, s)
	case entryPaidOut:
		n.show(w, http.StatusOK, screen{T: s.T, Step: stepPaid, Amount: i.amount, Payable: i.payable(), ReceiptNo: i.receiptNo(), At: i.endedAt, Banknotes: banknotes(i.payable())})
	default:
		// Nothing typed comes back: the next person must not find it.
		n.show(w, http.StatusForbidden, screen{T: s.T, Step: stepRefused, Note: s.T.refusal(i, v, n.set.WrongEntries)})
	}
}

func (n *Network) show(w http.ResponseWriter, status int, s screen) {
	page.Write(w, n.env.Log, status, screens, "screen.html", s)
}

// onlyDigits drops spaces and hyphens that people copy, and bounds what is typed.
func onlyDigits(s string) string {
	var b strings.Builder
	for _, c := range s {
		if '０' <= c && c <= '９' {
			c += '0' - '０'
		}
		if '0' <= c && c <= '9' && b.Len() < 20 {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// banknotes counts the notes that make up an amount.
func banknotes(amount remittance.Yen) []int {
	return []int{int(amount / 10_000), int(amount % 10_000 / 5_000), int(amount % 5_000 / 1_000)}
}
