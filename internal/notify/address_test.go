package notify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/vault"
	"soukin/remittance"
)

func TestEmailAddresses(t *testing.T) {
	for give, want := range map[string]string{
		"hanako@example.jp":    "hanako@example.jp",
		"  Hanako@EXAMPLE.jp ": "Hanako@example.jp",
		"ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ":                    "hanako@example.jp",
		"a.b+tag_x-y@mail.example.co.jp":       "a.b+tag_x-y@mail.example.co.jp",
		"hanako..love.@docomo.ne.jp":           "hanako..love.@docomo.ne.jp",
		".h@ezweb.ne.jp":                       ".h@ezweb.ne.jp",
		"a@xn--wgv71a119e.jp":                  "a@xn--wgv71a119e.jp",
		strings.Repeat("a", 64) + "@x.jp":      strings.Repeat("a", 64) + "@x.jp",
		"":                                     "",
		"hanako":                               "",
		"@example.jp":                          "",
		"hanako@":                              "",
		"hanako@localhost":                     "",
		"hanako@example..jp":                   "",
		"hanako@-example.jp":                   "",
		"hanako@example.jp.":                   "",
		"花子@example.jp":                        "",
		"hanako@日本.jp":                         "",
		`"hanako x"@example.jp`:                "",
		"ha nako@example.jp":                   "",
		"a@b@example.jp":                       "",
		"hanako@[127.0.0.1]":                   "",
		strings.Repeat("a", 65) + "@x.jp":      "",
		"a@" + strings.Repeat("x.", 126) + "j": "",
	} {
		got, err := notify.ParseEmail(give)
		assert.Equal(t, want, got, "%q", give)
		assert.Equal(t, want == "", err != nil, "%q", give)
		if err != nil {
			require.ErrorIs(t, err, notify.ErrEmail)
			assert.NotContains(t, err.Error(), "hanako")
		}
	}
}

func TestTelephoneNumbers(t *testing.T) {
	for give, want := range map[string]string{
		"09012345678": "+819012345678", "080-1234-5678": "+818012345678", "０７０−１２３４−５６７８": "+817012345678", "060 1234 5678": "+816012345678",
		"090ー1234ー5678": "+819012345678", "(090)1234-5678": "+819012345678", "+81 90-1234-5678": "+819012345678", "+81(0)90-1234-5678": "+819012345678",
		"+14155550123": "+14155550123", "+8613800138000": "+8613800138000",
		"": "", "0312345678": "", "0120123456": "", "02012345678": "", "0901234567": "", "090123456789": "", "9012345678": "",
		"+81312345678": "", "+0123456789": "", "090-1234-567a": "", "+1": "", "+1234567890123456": "", "call me": "",
	} {
		got, err := notify.ParsePhone(give)
		assert.Equal(t, want, got, "%q", give)
		assert.Equal(t, want == "", err != nil, "%q", give)
		if err != nil {
			require.ErrorIs(t, err, notify.ErrPhone)
		}
	}
}

// TestCarriersOddAddressesGetTheirMail: such an address can be spoken to a
// server only in quotes.
func TestCarriersOddAddressesGetTheirMail(t *testing.T) {
	box := openPost(t, nil)
	settings := box.settings(t)
	settings.SMS = nil
	m := notice(t, notify.KindLink, remittance.Ja)
	m.To = vault.NewContact("hanako..love.@docomo.ne.jp", "")
	_, err := newSender(t, settings).Send(t.Context(), m)
	require.NoError(t, err)
	got := box.messages(t, mailbox.Filter{To: "hanako..love.@docomo.ne.jp"})
	require.Len(t, got, 1)
	assert.Contains(t, box.raw(t, got[0].ID), `To: <"hanako..love."@docomo.ne.jp>`)
}
