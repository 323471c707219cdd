package web

import (
	"embed"
	"fmt"
	"net/http"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"soukin/remittance"
)

//go:embed texts/*.toml
var textFiles embed.FS

// langParam carries the language that a person chose, in links and forms.
const langParam = "lang"

var (
	languages = []remittance.Lang{remittance.Ja, remittance.En}
	// Japanese comes first: money is sent to accounts in Japan, so it is the best
	// guess for whoever asks for a language that there is not.
	matcher = language.NewMatcher([]language.Tag{language.Japanese, language.English})
)

// chosen is a language and whether the person chose it on the page.
type chosen struct {
	remittance.Lang
	explicit bool
}

// languageOf takes the switch on the page before what the browser prefers.
func languageOf(r *http.Request) chosen {
	// FormValue would read a body before its size was capped.
	asked := r.URL.Query().Get(langParam)
	if r.Form != nil && asked == "" {
		asked = r.Form.Get(langParam)
	}
	for _, l := range languages {
		if asked == string(l) {
			return chosen{l, true}
		}
	}
	_, index := language.MatchStrings(matcher, r.Header.Get("Accept-Language"))
	return chosen{languages[index], false}
}

// texts gives the page's texts in one language.
type texts struct{ localizer *i18n.Localizer }

func loadTexts() (map[remittance.Lang]texts, error) {
	bundle := i18n.NewBundle(language.Japanese)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	out := map[remittance.Lang]texts{}
	for _, l := range languages {
		if _, err := bundle.LoadMessageFileFS(textFiles, "texts/"+string(l)+".toml"); err != nil {
			return nil, fmt.Errorf("texts of the pages: %w", err)
		}
		out[l] = texts{i18n.NewLocalizer(bundle, string(l))}
	}
	return out, nil
}

// get gives a text with its holes filled from pairs of names and values. A text
// that is missing is an error of the program; its id in the page shows where.
func (t texts) get(id string, pairs ...any) string {
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	// The count chooses singular or plural.
	text, err := t.localizer.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: data["Count"]})
	if err != nil {
		return "[" + id + "]"
	}
	return text
}

// has says whether there is such a text.
func (t texts) has(id string) bool { return !strings.HasPrefix(t.get(id), "[") }

// first gives the first text that there is, or the last of the ids.
func (t texts) first(ids ...string) string {
	for _, id := range ids[:len(ids)-1] {
		if t.has(id) {
			return t.get(id)
		}
	}
	return t.get(ids[len(ids)-1])
}
