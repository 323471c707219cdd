package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"soukin/internal/calendar"
	"soukin/remittance"
)

// Fields is what texts may use, ready to be shown in the recipient's language.
// Empty where the notice has no such thing.
type Fields struct {
	Merchant      string   // the sender of the money
	ShortName     string   // the same, at most 15 characters, for short messages
	Help          []string // lines that say whom to ask
	Purpose       string   // why the money is sent
	Reference     string   // the remittance id, for questions
	Amount        string   // 12,345円, ¥12,345
	Way           string   // bank, atm, amazon (balance), code (an Amazon gift code), aupay; choice while several are open
	Deadline      string   // 2026年12月5日(土)23:59(日本時間)
	ShortDeadline string   // 12/5(土)23:59
	Reason        string   // why the money could not be given
	Advice        string   // what to look at before trying again
	Codes         []string // what the auth codes are called
	Link          string   // the page's address
	Site          string   // how every genuine link begins: https://pay.example.jp/
	From          string   // the mail address that genuine mails come from
	Service       string   // who sends the mail for the merchant

	// For layouts: the blocks of the kind.
	Subject string
	Lead    []string
	Button  string
}

const maxShortName = 15

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

func fieldsOf(m Message, from, service string) Fields {
	l := m.language()
	f := Fields{
		Merchant:  clean(m.Merchant.Name),
		ShortName: shorten(clean(m.Merchant.Name)),
		Purpose:   clean(m.Purpose),
		Reference: string(m.Remittance),
		Amount:    yen(l, m.Amount),
		Link:      m.Link.Reveal(),
		Site:      m.Link.site(),
		From:      from,
		Service:   service,
	}
	f.Way = m.way()
	f.Reason, f.Advice = explain(l, m.Reason, f.Way)
	if !m.Deadline.IsZero() {
		f.Deadline, f.ShortDeadline = moment(l, m.Deadline)
	}
	for line := range strings.Lines(m.Merchant.Help) {
		if line = clean(line); line != "" {
			f.Help = append(f.Help, line)
		}
	}
	for _, label := range m.Codes {
		f.Codes = append(f.Codes, clean(label))
	}
	return f
}

// The ways that texts tell apart besides the rails themselves.
const (
	wayChoice = "choice"
	wayCode   = "code"
)

func (m Message) way() string {
	switch {
	case m.Rail == "":
		return wayChoice
	case m.Rail == remittance.RailAmazon && m.Form == remittance.GiftCode:
		return wayCode
	}
	return string(m.Rail)
}

func (m Message) language() remittance.Lang {
	if m.Lang == "" {
		return remittance.Ja
	}
	return m.Lang
}

func yen(l remittance.Lang, y remittance.Yen) string {
	if l == remittance.Ja {
		return strings.TrimPrefix(y.String(), "¥") + "円"
	}
	return y.String()
}

// moment cuts the seconds off: a deadline is never shown later than it is.
func moment(l remittance.Lang, t time.Time) (long, short string) {
	t = t.In(calendar.JST)
	if l == remittance.Ja {
		day := weekdays[t.Weekday()]
		return fmt.Sprintf("%d年%d月%d日(%s)%s(日本時間)", t.Year(), t.Month(), t.Day(), day, t.Format("15:04")),
			fmt.Sprintf("%d/%d(%s)%s", t.Month(), t.Day(), day, t.Format("15:04"))
	}
	return t.Format("Monday, 2 January 2006, 15:04 (Japan time)"), t.Format("Mon 2 Jan 15:04 JST")
}

// clean keeps a merchant's or a recipient's words in their place: on one line,
// without control characters and without marks that turn the reading direction.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func shorten(s string) string {
	runes := []rune(s)
	if len(runes) <= maxShortName {
		return s
	}
	return strings.TrimSpace(string(runes[:maxShortName-2])) + ".."
}
