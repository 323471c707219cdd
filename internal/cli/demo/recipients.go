package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"soukin/internal/app"
	"soukin/internal/cli/batch"
	"soukin/internal/notify"
	"soukin/internal/orders"
	"soukin/internal/sandbox/mailbox"
	"soukin/remittance"
)

const (
	// pageTimeout is how long a page may take; naming an account waits for the
	// workflow.
	pageTimeout = 30 * time.Second
	// crowdAtOnce is how many recipients are at their pages at the same time.
	crowdAtOnce = 8
	// comesBack is when somebody opens a page again that could not answer.
	comesBack = time.Second
)

// recipients looks after everybody who is sent a link: it reads the mailbox and
// plays them, or tells a person what arrived.
type recipients struct {
	mailbox  string // base of its API, and of the sandbox's pages
	pages    string // base of the addresses that links must have
	client   *http.Client
	desk     *app.Desk
	requests map[string]orders.Request
	people   map[string]person
	secrets  *secrets
	// told, if not nil, is called instead of playing.
	told func(Mail)
	// stubborn recipients come back where a page cannot answer; others end the play.
	stubborn bool

	room  chan struct{} // one for each recipient who is at a page
	mu    sync.Mutex
	lives map[string]*life
}

// life is one recipient so far.
type life struct {
	memory
	met    bool   // was looked at before
	seen   string // what was handled last
	busy   bool
	failed error
	next   time.Time // not before
}

// Mail is a message that arrived for a recipient.
type Mail struct {
	RemittanceID string
	To           string // address or number
	Link         string
	Codes        []string // what the page will ask for
}

func (s *System) newRecipients(desk *app.Desk, rows []orders.Row, who map[string]person) *recipients {
	r := &recipients{
		mailbox: s.Config.Sandbox.URL, pages: strings.TrimSuffix(s.Config.Link.PublicURL, "/") + "/r/",
		client: &http.Client{Timeout: pageTimeout}, desk: desk, requests: map[string]orders.Request{}, people: who, secrets: s.secrets,
		room: make(chan struct{}, crowdAtOnce), lives: map[string]*life{},
	}
	for _, row := range rows {
		r.requests[row.Request.RemittanceID] = row.Request
		r.lives[row.Request.RemittanceID] = &life{}
	}
	return r
}

// act lets everybody who has something to do begin with it, and gives the first
// error of those who could not go on.
func (r *recipients) act(ctx context.Context, rows []batch.Row) error {
	for _, row := range rows {
		l, err := r.call(row)
		switch {
		case err != nil:
			return fmt.Errorf("the recipient of %s: %w", row.RemittanceID, err)
		case l == nil:
		case r.told != nil:
			r.live(ctx, row, l) // a person is told one thing after the other
		default:
			go r.live(ctx, row, l)
		}
	}
	return nil
}

// call gives a recipient who has something to do and room to do it.
func (r *recipients) call(row batch.Row) (*life, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.meet(row)
	if !r.due(row) {
		return nil, nil
	}
	l := r.lives[row.RemittanceID]
	if l.failed != nil && !r.stubborn {
		return nil, l.failed
	}
	select {
	case r.room <- struct{}{}:
		l.busy = true
		return l, nil
	default:
		return nil, nil // the next time
	}
}

// meet leaves alone whoever had everything before the play began: they were played
// in an earlier one.
func (r *recipients) meet(row batch.Row) {
	l := r.lives[row.RemittanceID]
	if l == nil || l.met || row.Status == "" {
		return
	}
	if l.met = true; row.Final && r.told == nil {
		l.seen = standing(row)
	}
}

// due reports whether a recipient has something to do now.
func (r *recipients) due(row batch.Row) bool {
	l := r.lives[row.RemittanceID]
	return l != nil && !l.busy && time.Now().After(l.next) && r.wants(row, l)
}

// wants reports whether there may be something on the page that a recipient has
// not done.
func (r *recipients) wants(row batch.Row, l *life) bool {
	if !row.Pattern.HasPage() || !r.called(row) {
		return false
	}
	_, acts := r.people[row.RemittanceID]
	return r.told != nil || acts && l.seen != standing(row)
}

// called reports whether there may be something for a recipient on their page. A
// gift code is there from when it was made.
func (r *recipients) called(row batch.Row) bool {
	switch remittance.Status(row.Status) {
	case remittance.AwaitingRecipient:
		return true
	case remittance.Sent, remittance.Paid:
		return r.told == nil && r.requests[row.RemittanceID].GiftForm == string(remittance.GiftCode)
	}
	return false
}

// standing tells one state of a remittance from the next, as far as its page does.
func standing(row batch.Row) string {
	deadline := ""
	if row.Deadline != nil {
		deadline = row.Deadline.UTC().Format(time.RFC3339Nano)
	}
	return row.Status + " " + row.Reason + " " + deadline
}

// idle reports whether nobody is at a page, or will go to one by themselves.
func (r *recipients) idle(rows []batch.Row) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, row := range rows {
		if l := r.lives[row.RemittanceID]; l != nil && (l.busy || r.told == nil && r.wants(row, l)) {
			return false
		}
	}
	return true
}

// failure says why a recipient could not go on the last time.
func (r *recipients) failure(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.lives[id]; l != nil {
		return l.failed
	}
	return nil
}

// wait returns when nobody is at a page any more.
func (r *recipients) wait() {
	for range cap(r.room) {
		r.room <- struct{}{}
	}
}

func (r *recipients) live(ctx context.Context, row batch.Row, l *life) {
	seen, err := r.look(ctx, row, l)
	if r.stubborn && errors.Is(err, errNoTries) {
		err = nil // they give up
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l.busy, l.failed = false, err
	if err != nil {
		l.next = time.Now().Add(comesBack)
	} else if seen != "" {
		l.seen = seen
	}
	<-r.room
}

// look reads the newest message that has a link, and follows it. It gives what was handled;
// nothing while no message is there.
func (r *recipients) look(ctx context.Context, row batch.Row, l *life) (seen string, err error) {
	id := row.RemittanceID
	to, err := address(r.requests[id])
	if err != nil {
		return "", err
	}
	m, err := r.newest(ctx, to)
	if err != nil || m.ID == "" || r.told != nil && m.ID == l.seen {
		return "", err
	}
	if !strings.HasPrefix(m.Links[0], r.pages) {
		return "", errors.New("the newest message has a link to elsewhere than our pages")
	}
	codes := codesOf(r.requests[id])
	if r.told != nil {
		r.told(Mail{RemittanceID: id, To: to, Link: m.Links[0], Codes: codes})
		return m.ID, nil
	}
	v := visit{browser: browser{r.client}, person: r.people[id], codes: codes, sandbox: r.mailbox, secrets: r.secrets, memory: &l.memory,
		cancel: func(ctx context.Context) error {
			_, err := r.desk.Orders.Cancel(ctx, remittance.Ref{Merchant: Merchant, Remittance: remittance.RemittanceID(id)}, remittance.ActorMerchant)
			return err
		}}
	return standing(row), v.run(ctx, m.Links[0])
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

// someMessages are more than anybody is sent in a demo.
const someMessages = 20

// newest gives the newest message to an address that has a link, the zero value
// when there is none: what tells of the end has none, and people look for the
// one before.
func (r *recipients) newest(ctx context.Context, to string) (mailbox.Message, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.mailbox+fmt.Sprintf("/mailbox/api/messages?limit=%d&to=%s", someMessages, url.QueryEscape(to)), nil)
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
	for _, m := range body.Messages {
		if len(m.Links) > 0 {
			return m, nil
		}
	}
	return mailbox.Message{}, nil
}
