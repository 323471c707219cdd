package aupay

import (
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"soukin/internal/sandbox/page"
	"soukin/remittance"
)

//go:embed pages
var pages embed.FS

//go:embed pages/accent.css
var accent string

var templates = template.Must(template.New("").Funcs(page.Functions()).ParseFS(pages, "pages/*.html"))

// words are what the member's page says.
type words struct {
	Lang, Other, OtherName, Title, Lead, Number, Hint, Show, Balance, Yen, Verified, NotVerified, Verify, Limit, Remaining,
	Spend, Amount, SpendDo, History, Nothing, After, Others, Pretend string
	Kinds map[entryKind]string
	Wrong map[error]string
}

var texts = map[string]words{
	"ja": {
		Lang: "ja", Other: "en", OtherName: "English", Title: "au PAY 会員ページ（サンドボックス）",
		Lead: "会員ナンバーを入れると、残高と履歴を確認できます。", Number: "会員ナンバー", Hint: "16桁の数字", Show: "表示する",
		Balance: "残高", Yen: "円", Verified: "本人確認済み", NotVerified: "本人確認が済んでいません", Verify: "本人確認を済ませる",
		Limit: "残高の上限", Remaining: "あと受け取れる額", Spend: "お店で支払う", Amount: "金額（円）", SpendDo: "支払う",
		History: "履歴", Nothing: "まだ取引はありません。", After: "残高", Others: "ほかの会員を見る", Pretend: "これは練習用の画面です。実際の au PAY とは関係がなく、お金は動きません。",
		Kinds: map[entryKind]string{charged: "送金の受け取り", spent: "支払い", adjusted: "残高の調整"},
		Wrong: map[error]string{
			errForm: "会員ナンバーは16桁の数字で入力してください。", errUnknown: "この会員ナンバーの会員はいません。番号を確かめてください。",
			errShort: "残高が足りません。残高以下の金額を入力してください。", errAmount: "金額は1円以上の整数で入力してください。",
		},
	},
	"en": {
		Lang: "en", Other: "ja", OtherName: "日本語", Title: "au PAY member page (sandbox)",
		Lead: "Enter a member number to see its balance and history.", Number: "Member number", Hint: "16 digits", Show: "Show",
		Balance: "Balance", Yen: "yen", Verified: "Identity verified", NotVerified: "Identity not verified", Verify: "Verify identity",
		Limit: "Balance limit", Remaining: "Can still receive", Spend: "Pay in a shop", Amount: "Amount (yen)", SpendDo: "Pay",
		History: "History", Nothing: "Nothing has happened yet.", After: "Balance", Others: "Another member", Pretend: "This is for practice. It has nothing to do with the real au PAY, and no money moves.",
		Kinds: map[entryKind]string{charged: "Remittance received", spent: "Payment", adjusted: "Balance adjusted"},
		Wrong: map[error]string{
			errForm: "A member number has 16 digits.", errUnknown: "Nobody has this member number. Check it.",
			errShort: "The balance is short. Enter no more than it.", errAmount: "Enter a whole amount of at least 1 yen.",
		},
	},
}

type memberView struct {
	T       words
	Number  string
	Wrong   string
	Member  *Member
	Entries []Entry
	Limit   remittance.Yen
	Room    remittance.Yen
}

// typed takes a number as people write it, in groups.
func typed(number string) string {
	return strings.NewReplacer(" ", "", "-", "", "　", "").Replace(number)
}

func (w *Wallet) memberPage(out http.ResponseWriter, r *http.Request) {
	w.show(out, r, http.StatusOK, nil)
}

// show draws the page of the member that the request names, with what went wrong.
func (w *Wallet) show(out http.ResponseWriter, r *http.Request, status int, wrong error) {
	v := memberView{T: texts[page.Language(r)], Number: typed(r.FormValue("member")), Limit: w.set.WalletLimit}
	if v.Number != "" {
		m, entries, err := w.history(r.Context(), v.Number)
		if err == nil {
			v.Member, v.Entries, v.Room = &m, entries, max(0, w.set.WalletLimit-m.Balance)
		} else {
			status, wrong = max(status, statusOf(err)), err
		}
	}
	for known, text := range v.T.Wrong {
		if errors.Is(wrong, known) {
			v.Wrong = text
		}
	}
	if wrong != nil && v.Wrong == "" {
		w.env.Log.Error("sandbox au PAY page", "error", wrong)
		http.Error(out, "the sandbox failed; its log says why", http.StatusInternalServerError)
		return
	}
	page.Write(out, w.env.Log, status, templates, "member.html", v)
}

// back answers a form: to the page anew, so that a reload repeats nothing.
func (w *Wallet) back(out http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		w.show(out, r, statusOf(err), err)
		return
	}
	q := url.Values{"member": {typed(r.FormValue("member"))}, "lang": {page.Language(r)}}
	http.Redirect(out, r, "/aupay?"+q.Encode(), http.StatusSeeOther)
}

func (w *Wallet) spendOnPage(out http.ResponseWriter, r *http.Request) {
	amount, err := strconv.ParseInt(typed(r.FormValue("amount")), 10, 64)
	if err != nil {
		amount = 0 // refused below with the rule
	}
	_, err = w.spend(r.Context(), typed(r.FormValue("member")), remittance.Yen(amount))
	w.back(out, r, err)
}

func (w *Wallet) verifyOnPage(out http.ResponseWriter, r *http.Request) {
	yes := true
	_, err := w.change(r.Context(), typed(r.FormValue("member")), Change{Verified: &yes})
	w.back(out, r, err)
}
