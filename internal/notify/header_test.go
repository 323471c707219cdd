package notify_test

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/vault"
	"soukin/remittance"
)

var headers = []string{"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

// assertHeaders checks that a mail on the wire has our headers and no other.
func assertHeaders(t require.TestingT, raw string) mail.Header {
	parsed, err := mail.ReadMessage(strings.NewReader(raw))
	require.NoError(t, err)
	var names []string
	for name, values := range parsed.Header {
		require.Len(t, values, 1, name)
		names = append(names, name)
	}
	slices.Sort(names)
	require.Equal(t, headers, names)
	head, _, _ := bytes.Cut([]byte(raw), []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		require.LessOrEqual(t, len(line), 998)
		require.NotContains(t, string(line), "\n")
		require.NotContains(t, string(line), "\r")
	}
	return parsed.Header
}

func TestHeadersOfAMail(t *testing.T) {
	box := openPost(t, nil)
	for l, want := range map[remittance.Lang]string{remittance.Ja: "ja", remittance.En: "en"} {
		_, err := newSender(t, box.settings(t)).Send(t.Context(), notice(t, notify.KindLink, l))
		require.NoError(t, err)
		newest := box.messages(t, mailbox.Filter{Kind: mailbox.Mail, Limit: 1})[0]
		h := assertHeaders(t, box.raw(t, newest.ID))
		assert.Equal(t, want, h.Get("Content-Language"))
		assert.Equal(t, "auto-generated", h.Get("Auto-Submitted"))
		assert.Equal(t, "<hanako@example.jp>", h.Get("To"))
		date, err := h.Date()
		require.NoError(t, err)
		assert.True(t, date.Equal(writtenAt), "%s", date)
		from, err := h.AddressList("From")
		require.NoError(t, err)
		assert.Equal(t, []*mail.Address{{Name: "Soukin 送金サービス", Address: "no-reply@pay.example.jp"}}, from)
		assert.Equal(t, "no-reply@pay.example.jp", newest.From, "the envelope's sender")
	}
}

// TestNobodyCanAddHeaders puts whatever strings can be into everything that
// others choose.
func TestNobodyCanAddHeaders(t *testing.T) {
	box := openPost(t, nil)
	settings := box.settings(t)
	settings.SMS = nil
	sender := newSender(t, settings)
	anything := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"\r\n", "\n", "\r", "\r\nBcc: evil@example.test", "\nContent-Type: text/html\n\n<script>", "=?utf-8?q?=0D=0ABcc:_evil@example.test?=", "\x00", "\u202e", "日本", ".\r\n.\r\nMAIL FROM:<evil@example.test>"}),
	)
	words := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(anything, 0, 4).Draw(t, "words"), "x") })
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		to := fmt.Sprintf("to%d@example.jp", runs)
		m := notice(rt, rapid.SampledFrom(notify.Kinds()).Draw(rt, "kind"), rapid.SampledFrom([]remittance.Lang{"", remittance.Ja, remittance.En}).Draw(rt, "language"))
		m.To = vault.NewContact(to, "")
		m.Merchant = notify.Merchant{Name: "m" + words.Draw(rt, "name"), Help: words.Draw(rt, "help")}
		m.Purpose, m.Codes, m.Key = words.Draw(rt, "purpose"), []string{words.Draw(rt, "label")}, "k"+words.Draw(rt, "key")
		_, err := sender.Send(t.Context(), m)
		require.NoError(rt, err)
		got := box.messages(t, mailbox.Filter{To: to})
		require.Len(rt, got, 1)
		assertHeaders(rt, box.raw(t, got[0].ID))
		require.NotContains(rt, got[0].Subject, "\n")
		require.NotContains(rt, got[0].HTML, "<script")
		require.Empty(rt, box.messages(t, mailbox.Filter{To: "evil@example.test"}))
	})
}

func TestAddressesThatWouldAddSomethingAreRefused(t *testing.T) {
	box := openPost(t, nil)
	sender := newSender(t, box.settings(t))
	for _, address := range []string{
		"a@example.jp\r\nBcc: evil@example.test", "a@example.jp\nX: y", "a@example.jp>\r\nRCPT TO:<evil@example.test>", "a@example.jp, evil@example.test",
		"Hanako <a@example.jp>", "a@example.jp evil@example.test", "a@exa\x00mple.jp", "a\r\n@example.jp",
	} {
		m := notice(t, notify.KindLink, remittance.Ja)
		m.To = vault.NewContact(address, "")
		_, err := sender.Send(t.Context(), m)
		assert.Equal(t, remittance.OutcomeRejected, outcome(t, err), "%q", address)
	}
	assert.Empty(t, box.messages(t, mailbox.Filter{}))
}
