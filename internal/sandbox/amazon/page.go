package amazon

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"

	"golang.org/x/text/language"
)

//go:embed pages
var pages embed.FS

var (
	loginPage = template.Must(template.ParseFS(pages, "pages/login.html"))
	languages = language.NewMatcher([]language.Tag{language.Japanese, language.English})
)

// words are those of the login page.
type words struct {
	Lang, Title, Sandbox, Asks, Gets, NotGets, Email, Example, Wrong, Allow, Refuse, Sends string
}

var texts = []words{
	{
		Lang: "ja", Title: "ログイン", Sandbox: "これはサンドボックスです。本物のAmazonではありません。本当のメールアドレスやパスワードは入力しないでください。",
		Asks: "次のサービスが、あなたのアカウントの確認を求めています。", Gets: "渡される情報：お客様を見分けるための番号（ユーザーID）だけ",
		NotGets: "お名前、メールアドレス、住所、支払い方法は渡されません。",
		Email:   "メールアドレス", Example: "例：hanako@example.com（同じアドレスなら、いつも同じアカウントです）",
		Wrong: "メールアドレスを hanako@example.com のように入力してください。", Allow: "ログインして許可する", Refuse: "許可しないで戻る", Sends: "戻り先",
	},
	{
		Lang: "en", Title: "Log in", Sandbox: "This is a sandbox, not Amazon. Do not enter a real mail address or password.",
		Asks: "The following service asks to confirm your account.", Gets: "What it gets: a number that tells you from others (user ID), and nothing else",
		NotGets: "It does not get your name, mail address, postal address or means of payment.",
		Email:   "Mail address", Example: "For example hanako@example.com (the same address is always the same account)",
		Wrong: "Enter a mail address, as hanako@example.com.", Allow: "Log in and allow", Refuse: "Go back without allowing", Sends: "Goes back to",
	},
}

// wordsFor picks the language: the one the client asked for (ui_locales of
// OpenID Connect), else the browser's.
func wordsFor(r *http.Request) words {
	_, i := language.MatchStrings(languages, r.FormValue("ui_locales"), r.Header.Get("Accept-Language"))
	return texts[i]
}

// carried is what the page hands on from its address to its form.
var carried = []string{"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method", "ui_locales"}

type field struct{ Name, Value string }

type page struct {
	T      words
	Action string
	Fields []field
	Back   string // host of the client
	Email  string
	Wrong  bool
}

// render draws the page. It works without JavaScript; the form may lead to the
// client and nowhere else, which browsers check for the redirect after it, too.
func (l *loginServer) render(w http.ResponseWriter, r *http.Request, status int, wrong bool) {
	p := page{T: wordsFor(r), Action: LoginPath, Email: r.PostFormValue("email"), Wrong: wrong}
	for _, name := range carried {
		if value := r.FormValue(name); value != "" {
			p.Fields = append(p.Fields, field{name, value})
		}
	}
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil {
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	p.Back = back.Host
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' "+back.Scheme+"://"+back.Host)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := loginPage.Execute(w, p); err != nil {
		l.env.Log.Debug("login page not finished", "counterparty", name, "error", err)
	}
}

func styleSheet(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pages, "pages/style.css")
}

func writeJSON(w http.ResponseWriter, v any) {
	_ = json.NewEncoder(w).Encode(v) // the client has gone; nothing to do
}
