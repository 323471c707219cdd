package web

import (
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"soukin/internal/link"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// Options are what [Pages] needs beside its port.
type Options struct {
	// Log gets one line for every request, and every error that people are not
	// shown. Required.
	Log *slog.Logger
	// HTTPS says that people reach the pages over TLS although a proxy ends it
	// before this process; it adds Strict-Transport-Security.
	HTTPS bool
	// Limits is how many requests are answered; zero is [DefaultLimits].
	Limits Limits
	// Member is the form of an au PAY member number without spaces and hyphens;
	// nil is 16 digits.
	Member *regexp.Regexp
}

// Limits is how many requests a minute are answered with a page. A limit below
// 1 is off.
type Limits struct {
	// PerLink counts the requests for one link from everywhere.
	PerLink int
	// PerAddress counts those of one socket address, an IPv6 network of 64 bits
	// being one. Behind a proxy every visitor has the proxy's address: switch it
	// off and limit there. Headers that name another address are not believed.
	PerAddress int
}

// DefaultLimits leave room for somebody who types fast with search while typing
// on, and for a household or office behind one address.
func DefaultLimits() Limits { return Limits{PerLink: 240, PerAddress: 600} }

// pages is the handler behind Pages.
type pages struct {
	port   Remittances
	log    *slog.Logger
	banks  banks
	render *renderer
	assets assets
	member *regexp.Regexp
}

// Pages serves the recipient's pages:
//
//	GET  /r/{token}             where the remittance stands, or the next form
//	POST /r/{token}/codes       the auth codes
//	POST /r/{token}/ways        the choice of ways
//	POST /r/{token}/way         the way that was chosen
//	POST /r/{token}/account     check an account, or search for bank and branch
//	POST /r/{token}/wallet      check an au PAY member number
//	POST /r/{token}/designate   name the way and where the money goes
//	POST /r/{token}/numbers     show the numbers for the ATM
//	POST /r/{token}/reissue     have new numbers issued
//	POST /r/{token}/gift        show the claim code of a gift card
//	POST /r/{token}/decline     ask whether to give the money back
//	POST /r/{token}/declined    give it back
//	GET  /r/{token}/banks       search while typing: ?q=
//	GET  /r/{token}/branches    search while typing: ?bank=&q=
//	POST /r/{token}/name        an account name as the bank will see it
//	GET  /amazon/callback       what a login at Amazon brought back
//	GET  /assets/…              style sheet, script and icon
//
// Mount it at "/r/", "/amazon/" and "/assets/". Errors: a damaged program, or options that
// lack a log.
func Pages(port Remittances, o Options) (http.Handler, error) {
	if port == nil || o.Log == nil {
		return nil, errors.New("pages need remittances and a log")
	}
	directory, err := zengin.Load()
	if err != nil {
		return nil, err
	}
	files, err := loadAssets()
	if err != nil {
		return nil, err
	}
	render, err := newRenderer(files)
	if err != nil {
		return nil, err
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Member == nil {
		o.Member = regexp.MustCompile(`^[0-9]{16}$`)
	}
	p := &pages{port: port, log: o.Log, banks: banks{directory}, render: render, assets: files, member: o.Member}
	return p.guard(p.routes(o.Limits), o), nil
}

func (p *pages) routes(limits Limits) http.Handler {
	mux := http.NewServeMux()
	link := p.perLink(limits.PerLink)
	handle := func(pattern string, serve func(http.ResponseWriter, *http.Request, visit)) {
		mux.Handle(pattern, link(p.visited(serve)))
	}
	handle("GET /r/{token}", p.start)
	handle("POST /r/{token}/codes", p.codes)
	handle("POST /r/{token}/ways", p.ways)
	handle("POST /r/{token}/way", p.way)
	handle("POST /r/{token}/account", p.account)
	handle("POST /r/{token}/wallet", p.wallet)
	handle("POST /r/{token}/numbers", p.numbers)
	handle("POST /r/{token}/reissue", p.reissue)
	handle("POST /r/{token}/gift", p.gift)
	handle("POST /r/{token}/designate", p.designate)
	handle("POST /r/{token}/decline", p.askDecline)
	handle("POST /r/{token}/declined", p.decline)
	handle("GET /r/{token}/banks", p.suggestBanks)
	handle("GET /r/{token}/branches", p.suggestBranches)
	handle("POST /r/{token}/name", p.showName)
	// Steps are reached by forms; whoever reloads one by its address starts again.
	mux.HandleFunc("GET /r/{token}/{step}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/r/"+r.PathValue("token")+langQuery(languageOf(r)), http.StatusSeeOther)
	})
	mux.HandleFunc("GET "+LoginPath, p.loggedIn)
	mux.HandleFunc("GET /assets/{file}", p.assets.serve)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p.message(w, r, http.StatusNotFound, "NotFound")
	})
	return mux
}

// visit is what is known of a request before its page is made.
type visit struct {
	token link.Token
	proof link.Proof
	lang  chosen
}

// base is the link's own path.
func (v visit) base() string { return "/r/" + v.token.Reveal() }

// visited reads what every request carries. A text that can be no token is not
// worth a question to the database.
func (p *pages) visited(serve func(http.ResponseWriter, *http.Request, visit)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			p.message(w, r, http.StatusBadRequest, "Unreadable")
			return
		}
		token, err := link.ParseToken(r.PathValue("token"))
		if err != nil {
			p.message(w, r, http.StatusNotFound, "NotFound")
			return
		}
		// What is no proof counts as none: the codes are asked for again.
		proof, _ := link.ParseProof(r.Form.Get("proof"))
		serve(w, r, visit{token: token, proof: proof, lang: languageOf(r)})
	})
}

// view asks the port, and answers the request itself when there is nothing to show.
func (p *pages) view(w http.ResponseWriter, r *http.Request, v visit) (View, bool) {
	view, err := p.port.View(r.Context(), v.token)
	if err != nil {
		p.refuse(w, r, err)
		return View{}, false
	}
	return view, true
}

// refuse answers what every step may meet.
func (p *pages) refuse(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, link.ErrUnknown):
		p.message(w, r, http.StatusNotFound, "NotFound")
	case errors.Is(err, link.ErrEnded):
		p.message(w, r, http.StatusGone, "Ended")
	default:
		p.log.ErrorContext(r.Context(), "page", "route", r.Pattern, "error", err)
		p.message(w, r, http.StatusServiceUnavailable, "Unavailable")
	}
}

// start is what a link opens: the next form, or where the money is.
func (p *pages) start(w http.ResponseWriter, r *http.Request, v visit) {
	if view, ok := p.view(w, r, v); ok {
		p.next(w, r, v, view, typed{Method: methodTransfer})
	}
}

func langQuery(c chosen) string {
	if !c.explicit {
		return ""
	}
	return "?" + langParam + "=" + string(c.Lang)
}

// lastMinute keeps a lock's end readable.
func lastMinute(l remittance.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return until(l, t)
}
