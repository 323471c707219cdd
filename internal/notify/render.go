package notify

import (
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"soukin/internal/calendar"
	"soukin/remittance"
)

// rendered is a notice ready to go.
type rendered struct{ subject, plain, html, sms string }

type executer interface {
	Execute(w io.Writer, data any) error
}

func run(t executer, f Fields) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}

func (w wording) render(k Kind, f Fields) (rendered, error) {
	block := func(name string) (string, error) { return run(w.kinds[k].Lookup(name), f) }
	var (
		out rendered
		err error
	)
	if out.sms, err = block(blockSMS); err != nil {
		return rendered{}, err
	}
	if out.subject, err = block(blockSubject); err != nil {
		return rendered{}, err
	}
	lead, err := block(blockLead)
	if err != nil {
		return rendered{}, err
	}
	if f.Button, err = block(blockButton); err != nil {
		return rendered{}, err
	}
	out.subject = clean(out.subject)
	f.Subject, f.Lead = out.subject, paragraphs(lead)
	if out.plain, err = run(w.plain[k], f); err != nil {
		return rendered{}, err
	}
	out.plain += "\n"
	out.html, err = run(w.html[k], f)
	return out, err
}

func paragraphs(text string) []string {
	var out []string
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// maxSubject keeps a subject readable in a list; maxParts is what a short
// message may cost.
const (
	maxSubject = 120
	maxParts   = 4
)

// try renders every kind on every way, with all that a notice can have and with
// the least, and says what a recipient would find wrong.
func (w wording) try(l remittance.Lang) error {
	var errs []error
	for _, k := range Kinds() {
		for _, m := range samples(k, l) {
			if err := w.judge(m); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", k, err))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func (w wording) judge(m Message) error {
	out, err := w.render(m.Kind, fieldsOf(m, "no-reply@example.jp", "Soukin"))
	if err != nil {
		return err
	}
	switch n := len([]rune(out.subject)); {
	case n == 0:
		return errors.New("the subject is empty")
	case n > maxSubject:
		return fmt.Errorf("the subject has %d characters, at most %d fit into a list of mails", n, maxSubject)
	}
	if out.sms == "" {
		return errors.New("the short message is empty")
	}
	if n := Segments(out.sms); n > maxParts {
		return fmt.Errorf("the short message needs %d parts, at most %d are sent", n, maxParts)
	}
	if !m.Kind.asks() {
		return nil
	}
	link := m.Link.Reveal()
	for where, has := range map[string]bool{
		"the plain text":    strings.Contains(out.plain, link),
		"the HTML part":     strings.Contains(html.UnescapeString(out.html), `href="`+link+`"`),
		"the short message": strings.Contains(out.sms, link),
	} {
		if !has {
			return fmt.Errorf("%s lacks the link; write {{.Link}}", where)
		}
	}
	return nil
}

// samples are a notice with what it must have and one with everything for each way.
func samples(k Kind, l remittance.Lang) []Message {
	address := "https://pay.example.jp/r/" + strings.Repeat("x", 43)
	link := Link{&address}
	deadline := time.Date(2026, 12, 5, 23, 59, 0, 0, calendar.JST)
	least := Message{
		Ref: remittance.Ref{Merchant: "sample", Remittance: "SAMPLE-1"}, Kind: k, Key: "sample/1", Lang: l,
		Merchant: Merchant{Name: "サンプルショップ"}, Amount: 1,
	}
	if k.asks() {
		least.Link, least.Deadline = link, deadline
	}
	most := least
	most.Ref.Remittance = "ABCDEFGHIJ-ABCDEFGHIJ-12345"
	most.Merchant = Merchant{Name: "サンプルショッピングセンター東京本店", Help: "03-1234-5678 (平日10時-18時)\nhttps://shop.example.jp/help"}
	most.Purpose, most.Amount, most.Deadline, most.Reason, most.Link = "公演中止に伴うチケット代金の払い戻し", remittance.LegalCap, deadline, remittance.NameMismatch, link
	most.Codes = []string{"会員番号", "電話番号の下4桁", "カナ氏名"}
	out := []Message{least}
	for _, rail := range append(remittance.ChoosableRails(), "") {
		most.Rail = rail
		out = append(out, most)
	}
	most.Rail, most.Form = remittance.RailAmazon, remittance.GiftCode
	return append(out, most)
}
