package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"soukin/internal/app"
	"soukin/internal/cli/batch"
	"soukin/internal/notify"
	"soukin/internal/orders"
	"soukin/internal/sandbox/mailbox"
	"soukin/remittance"
)

// pageTimeout is how long a page may take; naming an account waits for the
// workflow.
const pageTimeout = 30 * time.Second

// recipients looks after everybody who is sent a link: it reads the mailbox and
// plays them, or tells a person what arrived.
type recipients struct {
	mailbox  string // base of its API
	pages    string // base of the addresses that links must have
	client   *http.Client
	desk     *app.Desk
	requests map[string]orders.Request
	seen     map[string]string // the message that was handled last, by remittance
	// told, if not nil, is called instead of playing.
	told func(Mail)
}

// Mail is a message that arrived for a recipient.
type Mail struct {
	RemittanceID string
	To           string // address or number
	Link         string
	Codes        []string // what the page will ask for
}

func (s *System) newRecipients(desk *app.Desk, rows []orders.Row, told func(Mail)) *recipients {
	r := &recipients{
		mailbox: s.Config.Sandbox.URL, pages: strings.TrimSuffix(s.Config.Link.PublicURL, "/") + "/r/",
		client: &http.Client{Timeout: pageTimeout}, desk: desk, requests: map[string]orders.Request{}, seen: map[string]string{}, told: told,
	}
	for _, row := range rows {
		r.requests[row.Request.RemittanceID] = row.Request
	}
	return r
}

// act lets everybody with a new message do what they do.
func (r *recipients) act(ctx context.Context, rows []batch.Row) error {
	for _, row := range rows {
		if row.Pattern != remittance.AccountLink || row.Status != string(remittance.AwaitingRecipient) {
			continue
		}
		if _, acts := people[row.RemittanceID]; !acts && r.told == nil {
			continue
		}
		if err := r.look(ctx, row.RemittanceID); err != nil {
			return fmt.Errorf("the recipient of %s: %w", row.RemittanceID, err)
		}
	}
	return nil
}

func (r *recipients) look(ctx context.Context, id string) error {
	to, err := address(r.requests[id])
	if err != nil {
		return err
	}
	m, err := r.newest(ctx, to)
	if err != nil || m.ID == "" || m.ID == r.seen[id] {
		return err
	}
	r.seen[id] = m.ID
	if len(m.Links) == 0 || !strings.HasPrefix(m.Links[0], r.pages) {
		return errors.New("the newest message has no link to our pages")
	}
	codes := codesOf(r.requests[id])
	if r.told != nil {
		r.told(Mail{RemittanceID: id, To: to, Link: m.Links[0], Codes: codes})
		return nil
	}
	v := visit{browser: browser{r.client}, person: people[id], codes: codes, cancel: func(ctx context.Context) error {
		_, err := r.desk.Orders.Cancel(ctx, remittance.Ref{Merchant: Merchant, Remittance: remittance.RemittanceID(id)}, remittance.ActorMerchant)
		return err
	}}
	return v.run(ctx, m.Links[0])
}

// address is where the mailbox keeps what was sent to a recipient.
func address(r orders.Request) (string, error) {
	if r.Email != "" {
		return notify.ParseEmail(r.Email)
	}
	return notify.ParsePhone(r.Phone)
}

func codesOf(r orders.Request) []string {
	var out []string
	for _, code := range []string{r.Code, r.Code2, r.Code3} {
		if code != "" {
			out = append(out, code)
		}
	}
	return out
}

// newest gives the newest message to an address, the zero value when there is none.
func (r *recipients) newest(ctx context.Context, to string) (mailbox.Message, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.mailbox+"/mailbox/api/messages?limit=1&to="+url.QueryEscape(to), nil)
	if err != nil {
		return mailbox.Message{}, err
	}
	answer, err := r.client.Do(req)
	if err != nil {
		return mailbox.Message{}, fmt.Errorf("read the mailbox: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	if answer.StatusCode != http.StatusOK {
		return mailbox.Message{}, fmt.Errorf("read the mailbox: %s", answer.Status)
	}
	var body struct{ Messages []mailbox.Message }
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return mailbox.Message{}, fmt.Errorf("read the mailbox: %w", err)
	}
	if len(body.Messages) == 0 {
		return mailbox.Message{}, nil
	}
	return body.Messages[0], nil
}
