package notify_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/vault"
	"soukin/remittance"
)

func TestANoticeGoesEveryWayTheContactAllows(t *testing.T) {
	box := openPost(t, nil)
	both := box.settings(t)
	onlyMail, onlySMS := both, both
	onlyMail.SMS, onlySMS.Mail = nil, notify.Mail{}
	for name, tt := range map[string]struct {
		settings notify.Settings
		to       notify.Contact
		sent     []string
		outcome  remittance.Outcome
	}{
		"both":               {both, vault.NewContact("a@example.jp", "09012345678"), []string{"mail", "sms"}, remittance.OutcomeAccepted},
		"only an address":    {both, vault.NewContact("a@example.jp", ""), []string{"mail"}, remittance.OutcomeAccepted},
		"only a number":      {both, vault.NewContact("", "+819012345678"), []string{"sms"}, remittance.OutcomeAccepted},
		"no SMS set up":      {onlyMail, vault.NewContact("a@example.jp", "09012345678"), []string{"mail"}, remittance.OutcomeAccepted},
		"no mail set up":     {onlySMS, vault.NewContact("a@example.jp", "09012345678"), []string{"sms"}, remittance.OutcomeAccepted},
		"way not set up":     {onlySMS, vault.NewContact("a@example.jp", ""), nil, remittance.OutcomeMisconfigured},
		"empty contact":      {both, vault.Contact{}, nil, remittance.OutcomeRejected},
		"no contact":         {both, nil, nil, remittance.OutcomeRejected},
		"wrong address":      {onlyMail, vault.NewContact("a@b@", ""), nil, remittance.OutcomeRejected},
		"landline":           {onlySMS, vault.NewContact("", "03-1234-5678"), nil, remittance.OutcomeRejected},
		"wrong, but one way": {both, vault.NewContact("nobody", "09012345678"), []string{"sms"}, remittance.OutcomeRejected},
	} {
		m := notice(t, notify.KindLink, remittance.Ja)
		m.To = tt.to
		sent, err := newSender(t, tt.settings).Send(t.Context(), m)
		assert.Equal(t, tt.sent, sent, name)
		if tt.outcome == remittance.OutcomeAccepted {
			assert.NoError(t, err, name)
		} else {
			assert.Equal(t, tt.outcome, outcome(t, err), name)
		}
	}
}

func TestTwoFailuresAreToldAsTheMoreOpenOne(t *testing.T) {
	box := openPost(t, nil)
	later := func(o remittance.Outcome, after time.Duration) notify.SMS {
		return fakeSMS(func(context.Context, string, string, string) error {
			return &remittance.RailError{Outcome: o, Code: "sms code", RetryAfter: after}
		})
	}
	for _, tt := range []struct {
		mail mailbox.Does
		sms  notify.SMS
		want remittance.Outcome
		code string
	}{
		{mailbox.Refuse, later(remittance.OutcomeRejected, 0), remittance.OutcomeRejected, "mail: RCPT 550 5.1.1; sms: sms code"},
		{mailbox.Refuse, later(remittance.OutcomeMisconfigured, 0), remittance.OutcomeMisconfigured, "mail: RCPT 550 5.1.1; sms: sms code"},
		{mailbox.Refuse, later(remittance.OutcomeNotSent, 0), remittance.OutcomeNotSent, "mail: RCPT 550 5.1.1; sms: sms code"},
		{mailbox.Later, later(remittance.OutcomeNotSent, time.Minute), remittance.OutcomeRateLimited, "mail: RCPT 450 4.2.1; sms: sms code"},
		{mailbox.CutAfter, later(remittance.OutcomeRateLimited, time.Minute), remittance.OutcomeUnknown, "mail: connection lost after sending; sms: sms code"},
		{mailbox.Refuse, fakeSMS(func(context.Context, string, string, string) error { return errors.New("not a RailError") }), remittance.OutcomeUnknown, "mail: RCPT 550 5.1.1; sms: "},
	} {
		require.NoError(t, box.SetFaults(mailbox.Fault{Does: tt.mail}))
		s := box.settings(t)
		s.SMS = tt.sms
		sent, err := newSender(t, s).Send(t.Context(), notice(t, notify.KindLink, remittance.Ja))
		assert.Empty(t, sent)
		var rail *remittance.RailError
		require.ErrorAs(t, err, &rail)
		assert.Equal(t, tt.want, rail.Outcome, tt.code)
		assert.Equal(t, tt.code, rail.Code)
		if tt.want == remittance.OutcomeRateLimited {
			assert.Equal(t, time.Minute, rail.RetryAfter)
		}
	}
}

func TestIncompleteNoticesAreOurMistake(t *testing.T) {
	box := openPost(t, nil)
	sender := newSender(t, box.settings(t))
	for want, change := range map[string]func(*notify.Message){
		"without a remittance":          func(m *notify.Message) { m.Ref = remittance.Ref{} },
		"without the merchant's name":   func(m *notify.Message) { m.Merchant.Name = "" },
		"without a key":                 func(m *notify.Message) { m.Key = "" },
		"without an amount":             func(m *notify.Message) { m.Amount = 0 },
		`unknown language "fr"`:         func(m *notify.Message) { m.Lang = "fr" },
		`unknown kind "fax"`:            func(m *notify.Message) { m.Kind = "fax" },
		"link notice without a link":    func(m *notify.Message) { m.Link = notify.Link{} },
		"link notice without a deadlin": func(m *notify.Message) { m.Deadline = time.Time{} },
	} {
		m := notice(t, notify.KindLink, remittance.Ja)
		change(&m)
		_, err := sender.Send(t.Context(), m)
		assert.Equal(t, remittance.OutcomeMisconfigured, outcome(t, err))
		assert.ErrorContains(t, err, want)
	}
	assert.Empty(t, box.messages(t, mailbox.Filter{}))
}

func TestARepeatedNoticeCanBeRecognised(t *testing.T) {
	box := openPost(t, nil)
	m := notice(t, notify.KindLink, remittance.Ja)
	for range 2 {
		_, err := newSender(t, box.settings(t)).Send(t.Context(), m)
		require.NoError(t, err)
	}
	mails := box.messages(t, mailbox.Filter{Kind: mailbox.Mail})
	require.Len(t, mails, 2)
	assert.Equal(t, mails[0].MessageID, mails[1].MessageID)
	assert.Regexp(t, `^<[0-9a-f]{32}@pay\.example\.jp>$`, mails[0].MessageID)
	assert.Len(t, box.messages(t, mailbox.Filter{Kind: mailbox.SMS}), 1, "the key keeps the service from sending it twice")

	others := map[string]bool{mails[0].MessageID: true}
	for _, change := range []func(*notify.Message){
		func(m *notify.Message) { m.Key = "link/2" },
		func(m *notify.Message) { m.Ref.Remittance = "REFUND-20261121-0002" },
		func(m *notify.Message) { m.Ref.Merchant = "shop2" },
	} {
		other := m
		change(&other)
		_, err := newSender(t, box.settings(t)).Send(t.Context(), other)
		require.NoError(t, err)
		others[box.messages(t, mailbox.Filter{Kind: mailbox.Mail, Limit: 1})[0].MessageID] = true
	}
	assert.Len(t, others, 4)
	assert.Len(t, box.messages(t, mailbox.Filter{Kind: mailbox.SMS}), 4)
}

func TestManyNoticesAtOnceStayApart(t *testing.T) {
	box := openPost(t, nil)
	sender := newSender(t, box.settings(t))
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			m := notice(t, notify.Kinds()[i%7], []remittance.Lang{remittance.Ja, remittance.En}[i%2])
			m.Ref.Remittance = remittance.RemittanceID(fmt.Sprintf("R-%d", i))
			m.To = vault.NewContact(fmt.Sprintf("to%d@example.jp", i), fmt.Sprintf("090%08d", i))
			m.Link = link(t, fmt.Sprintf("https://pay.example.jp/r/token-%d-", i))
			sent, err := sender.Send(t.Context(), m)
			assert.NoError(t, err)
			assert.Equal(t, []string{"mail", "sms"}, sent)
		})
	}
	wg.Wait()
	for i := range 30 {
		got := box.messages(t, mailbox.Filter{To: fmt.Sprintf("to%d@example.jp", i)})
		require.Len(t, got, 1)
		assert.Contains(t, got[0].Text, fmt.Sprintf("R-%d\n", i))
		assert.Contains(t, got[0].Text, fmt.Sprintf("/r/token-%d-", i))
		assert.Contains(t, got[0].HTML, fmt.Sprintf("/r/token-%d-", i))
		require.Len(t, box.messages(t, mailbox.Filter{To: fmt.Sprintf("+8190%08d", i)}), 1)
	}
}

func TestEveryTryIsCounted(t *testing.T) {
	box := openPost(t, nil)
	require.NoError(t, box.SetFaults(mailbox.Fault{Does: mailbox.Later, To: "hanako@example.jp"}))
	var mu sync.Mutex
	var seen []string
	s := box.settings(t)
	now := writtenAt
	s.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
	s.OnSend = func(way string, o remittance.Outcome, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, way+" "+o.String())
		assert.GreaterOrEqual(t, took, time.Second)
	}
	sent, err := newSender(t, s).Send(t.Context(), notice(t, notify.KindPaid, remittance.En))
	assert.Equal(t, []string{"sms"}, sent)
	assert.Equal(t, remittance.OutcomeRateLimited, outcome(t, err))
	assert.ElementsMatch(t, []string{"mail rate_limited", "sms accepted"}, seen)
}

func TestWhateverPrintsANoticeShowsNoLinkAndNoContact(t *testing.T) {
	m := notice(t, notify.KindLink, remittance.Ja)
	inside := struct{ m notify.Message }{m}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, value := range []any{m, &m, inside, m.Link, &m.Link, []any{m.Link}} {
			text := fmt.Sprintf(verb, value)
			for _, secret := range []string{"Zm9yIHRl", "hanako", "5678", fmt.Sprintf("%x", "Zm9yIHRl")} {
				assert.NotContains(t, strings.ReplaceAll(text, "03-1234-5678", ""), secret, verb)
			}
		}
	}
	text, err := m.Link.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, "(secret link)", string(text))
	assert.Equal(t, "(secret link)", m.Link.LogValue().String())
}

func TestLinksThatCannotBe(t *testing.T) {
	for _, address := range []string{
		"", "pay.example.jp/r/x", "http://pay.example.jp/r/x", "ftp://pay.example.jp/", "https://user@pay.example.jp/r/x", "https:///r/x",
		"https://pay.example.jp/r/x#y", "https://pay.example.jp/r/x y", "https://pay.example.jp/r/\r\nx", "https://pay.example.jp/r/受取",
		`https://pay.example.jp/"onclick=x`, "javascript:alert(1)", "https://pay.example.jp/<x>",
	} {
		_, err := notify.NewLink(address)
		assert.ErrorContains(t, err, "must be an https address", address)
	}
	for _, address := range []string{page, "http://127.0.0.1:8090/r/x", "http://gateway:8090/r/x", "http://[::1]:80/r/x", "http://10.0.0.1/r/x"} {
		l, err := notify.NewLink(address)
		require.NoError(t, err)
		assert.Equal(t, address, l.Reveal())
	}
	assert.Empty(t, notify.Link{}.Reveal())
}
