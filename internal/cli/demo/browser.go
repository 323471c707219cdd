package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// maxPage bounds what is read of one page; the recipient's pages are far smaller.
const maxPage = 1 << 20

// browser visits pages as a browser without JavaScript and without cookies does:
// it sends back what a form holds, and cannot type into a field that is not there.
type browser struct{ client *http.Client }

// paper is a page as it was answered.
type paper struct {
	status int
	at     *url.URL
	root   *html.Node
}

func (b browser) open(ctx context.Context, address string) (paper, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return paper{}, errors.New("the link is no address") // the error itself would show the link
	}
	return b.send(r)
}

func (b browser) send(r *http.Request) (paper, error) {
	answer, err := b.client.Do(r)
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err // without the address, which is a secret
		}
		return paper{}, fmt.Errorf("open a recipient's page: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	root, err := html.Parse(io.LimitReader(answer.Body, maxPage))
	if err != nil {
		return paper{}, fmt.Errorf("read a recipient's page: %w", err)
	}
	return paper{answer.StatusCode, answer.Request.URL, root}, nil
}

// submit presses the button of that value, or the form's main one where it is
// empty, after typing into the fields named.
func (b browser) submit(ctx context.Context, p paper, button string, typed map[string]string) (paper, error) {
	return b.fillIn(ctx, p, p.form(), button, typed)
}

// fillIn is submit for one form of a page that has several.
func (b browser) fillIn(ctx context.Context, p paper, form *html.Node, button string, typed map[string]string) (paper, error) {
	if form == nil {
		return paper{}, p.complain("has no form")
	}
	values := held(form)
	for name, value := range typed {
		if !accepts(form, name, value) {
			return paper{}, p.complain("has no field " + name + " for that")
		}
		values.Set(name, value)
	}
	action := attr(form, "action")
	for n := range form.Descendants() {
		if button == "" || n.Data != "button" || attr(n, "value") != button {
			continue
		}
		values.Set(attr(n, "name"), button)
		if to := attr(n, "formaction"); to != "" {
			action = to
		}
	}
	return b.post(ctx, p, action, values)
}

func (b browser) post(ctx context.Context, p paper, action string, values url.Values) (paper, error) {
	to, err := p.at.Parse(action)
	if err != nil {
		return paper{}, p.complain("sends its form nowhere")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return paper{}, p.complain("sends its form nowhere")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// press follows the button that leads to another step, with what the form holds.
func (b browser) press(ctx context.Context, p paper, step string) (paper, error) {
	if n := p.buttonTo(step); n != nil {
		return b.post(ctx, p, attr(n, "formaction"), held(p.form()))
	}
	return paper{}, p.complain("has no button to " + step)
}

// held is what a form sends when nothing is changed.
func held(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		if n.Data != "input" || attr(n, "name") == "" || attr(n, "type") == "radio" && !has(n, "checked") {
			continue
		}
		values.Set(attr(n, "name"), attr(n, "value"))
	}
	return values
}

// accepts reports whether a person could put the value into the form.
func accepts(form *html.Node, name, value string) bool {
	for n := range form.Descendants() {
		if n.Data != "input" || attr(n, "name") != name {
			continue
		}
		switch attr(n, "type") {
		case "hidden":
		case "radio":
			if attr(n, "value") == value {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// form is the one that goes on: a page of ours names it, pages of others have
// one before any that leads elsewhere.
func (p paper) form() *html.Node {
	if step := p.find("form", "id", "step"); step != nil {
		return step
	}
	return p.find("form", "method", "post")
}

// formTo gives the form that goes to an address of the page's site.
func (p paper) formTo(action string) *html.Node { return p.find("form", "action", action) }

// link gives where the page's main link leads; empty when it has none in its form.
func (p paper) link() string {
	form := p.form()
	if form == nil {
		return ""
	}
	if n := descendant(form, "a", "class", "button"); n != nil {
		return attr(n, "href")
	}
	return ""
}

// buttonTo gives the button that leads to another step than the form does.
func (p paper) buttonTo(step string) *html.Node {
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "button" && strings.HasSuffix(attr(n, "formaction"), "/"+step) {
			return n
		}
	}
	return nil
}

// hasButton reports whether the page has a button of that value.
func (p paper) hasButton(value string) bool { return p.find("button", "value", value) != nil }

// copied gives what a page lets people copy, in its order: numbers and codes.
func (p paper) copied() []string {
	var out []string
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && has(n, "data-copy") {
			out = append(out, attr(n, "data-copy"))
		}
	}
	return out
}

// tellsOfFailure reports whether the page says that a way did not succeed.
func (p paper) tellsOfFailure() bool {
	return p.find("section", "aria-labelledby", "returned-title") != nil
}

// offers reports whether the page lets a person choose the value.
func (p paper) offers(name, value string) bool {
	for n := range p.root.Descendants() {
		if n.Data == "input" && attr(n, "type") == "radio" && attr(n, "name") == name && attr(n, "value") == value {
			return true
		}
	}
	return false
}

// leads reports whether the page's form goes to that step.
func (p paper) leads(step string) bool {
	form := p.form()
	return form != nil && strings.HasSuffix(attr(form, "action"), "/"+step)
}

func (p paper) find(tag, name, value string) *html.Node { return descendant(p.root, tag, name, value) }

// complain says what is wrong with a page, by its title: its address is secret.
func (p paper) complain(what string) error {
	title := ""
	if n := p.find("h1", "", ""); n != nil && n.FirstChild != nil {
		title = n.FirstChild.Data
	}
	return fmt.Errorf("the page %q (%d) %s", title, p.status, what)
}

// descendant finds an element by an attribute; an empty name asks for none.
func descendant(within *html.Node, tag, name, value string) *html.Node {
	for n := range within.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && (name == "" || attr(n, name) == value) {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
