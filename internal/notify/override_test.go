package notify_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/remittance"
)

// overrides writes files into a directory of merchants' texts.
func overrides(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	return dir
}

func TestAMerchantsOwnTexts(t *testing.T) {
	box := openPost(t, nil)
	s := box.settings(t)
	s.Overrides = overrides(t, map[string]string{
		"shop/ja/link.txt":    "{{/* spring campaign */}}\n{{define \"subject\"}}{{.Merchant}} <春>のご返金{{end}}\n{{define \"lead\"}}一段落。\r\n\r\n二段落。{{end}}",
		"shop/ja/paid.html":   `<!DOCTYPE html><title>{{.Subject}}</title>{{range .Lead}}<p class="paid">{{.}}</p>{{end}}`,
		"other/ja/layout.txt": "{{range .Lead}}{{.}}\n{{end}}{{.Link}} – other",
		"other/README.md":     "",
		".git/config":         "left alone",
	})
	_, err := notify.New(s)
	require.ErrorContains(t, err, "other/README.md: a folder must be one of [ja en]")
	require.NoError(t, os.Remove(filepath.Join(s.Overrides, "other", "README.md")))
	sender := newSender(t, s)

	send := func(m notify.Message) mailbox.Message {
		t.Helper()
		_, err := sender.Send(t.Context(), m)
		require.NoError(t, err)
		return box.messages(t, mailbox.Filter{Kind: mailbox.Mail, Limit: 1})[0]
	}
	m := notice(t, notify.KindLink, remittance.Ja)
	got := send(m)
	assert.Equal(t, "さくら劇場 <春>のご返金", got.Subject)
	assert.Regexp(t, `^一段落。\n\n二段落。\n\n▼受け取る口座を指定する\n`, got.Text, "blocks and layout that are not replaced are ours")
	assert.Contains(t, got.HTML, "<title>さくら劇場 &lt;春&gt;のご返金</title>")

	got = send(notice(t, notify.KindReminder, remittance.Ja))
	assert.Contains(t, got.Subject, "【期限 12/5(土)23:59】", "other kinds are ours")
	got = send(notice(t, notify.KindPaid, remittance.Ja))
	assert.Contains(t, got.HTML, `<p class="paid">ご指定の口座への12,345円`)
	assert.Contains(t, got.Text, "■お受け取りの内容")
	got = send(notice(t, notify.KindLink, remittance.En))
	assert.Contains(t, got.Subject, "is sending you", "the other language is ours")

	m.Ref.Merchant = "other"
	got = send(m)
	assert.Contains(t, got.Text, " – other")
	assert.Contains(t, got.Subject, "お受け取り手続きのご案内", "another merchant's texts are its own")
	m.Ref.Merchant = "third"
	assert.Contains(t, send(m).Text, "■お受け取りの内容")
}

func TestABrokenTextIsAnErrorAtTheStart(t *testing.T) {
	box := openPost(t, nil)
	for name, tt := range map[string]struct{ file, content, want string }{
		"syntax":                 {"shop/ja/link.txt", "{{define \"lead\"}}{{.Amount}", "link.txt:1"},
		"unknown field":          {"shop/ja/link.txt", `{{define "lead"}}{{.Account}}{{end}}`, "Account"},
		"unknown field, layout":  {"shop/en/layout.html", `{{.Link}}{{.AccountNumber}}`, "AccountNumber"},
		"only in another kind":   {"shop/ja/expired.txt", `{{define "lead"}}{{index .Codes 5}}{{end}}`, "expired"},
		"only with everything":   {"shop/ja/paid.txt", `{{define "lead"}}{{with .Purpose}}{{.Nothing}}{{end}}{{end}}`, "paid"},
		"only with the least":    {"shop/ja/paid.txt", `{{define "lead"}}{{index .Help 0}}{{end}}`, "paid"},
		"text that nobody shows": {"shop/ja/link.txt", "Dear customer,\n{{define \"lead\"}}x{{end}}", "outside of its blocks"},
		"unknown block":          {"shop/ja/link.txt", `{{define "footer"}}x{{end}}`, `defines "footer"; the blocks are subject, lead, button, sms`},
		"no such file":           {"shop/ja/links.txt", `{{define "lead"}}x{{end}}`, "links.txt: no such text"},
		"no such language":       {"shop/fr/link.txt", `{{define "lead"}}x{{end}}`, "one of [ja en]"},
		"no such merchant":       {"Shop Ltd/ja/link.txt", `{{define "lead"}}x{{end}}`, "named after a merchant"},
		"empty subject":          {"shop/ja/paid.txt", `{{define "subject"}}{{.Purpose}}{{end}}`, "paid: the subject is empty"},
		"endless subject":        {"shop/ja/paid.txt", `{{define "subject"}}{{printf "%0200d" 1}}{{end}}`, "characters, at most 120"},
		"empty short message":    {"shop/ja/paid.txt", `{{define "sms"}}{{.Purpose}}{{end}}`, "paid: the short message is empty"},
		"empty block":            {"shop/ja/paid.txt", `{{define "lead"}} {{end}}`, `the block "lead" is empty`},
		"long short message":     {"shop/ja/paid.txt", `{{define "sms"}}{{printf "%0300d" 1}}あ{{end}}`, "needs 5 parts, at most 4"},
		"no link in the text":    {"shop/ja/layout.txt", "no link", "the plain text lacks the link; write {{.Link}}"},
		"no link in the HTML":    {"shop/ja/link.html", "<p>no link</p>", "link: the HTML part lacks the link"},
		"link that is not one":   {"shop/ja/link.html", "<p>{{.Link}}</p>", "link: the HTML part lacks the link"},
		"no link in the SMS":     {"shop/ja/reopened.txt", `{{define "sms"}}x{{end}}`, "reopened: the short message lacks the link"},
	} {
		t.Run(name, func(t *testing.T) {
			s := box.settings(t)
			s.Overrides = overrides(t, map[string]string{tt.file: tt.content})
			_, err := notify.New(s)
			require.ErrorIs(t, err, notify.ErrTexts)
			assert.ErrorContains(t, err, tt.want)
		})
	}
	s := box.settings(t)
	s.Overrides = filepath.Join(t.TempDir(), "missing")
	_, err := notify.New(s)
	assert.ErrorIs(t, err, notify.ErrTexts)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestSettingsThatCannotBe(t *testing.T) {
	good := notify.Mail{Host: "smtp.example.jp", From: "Soukin <no-reply@pay.example.jp>", Username: "u", Password: "p"}
	_, err := notify.New(notify.Settings{Mail: good})
	require.NoError(t, err)
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(notPEM, []byte("x"), 0o600))
	for want, change := range map[string]func(*notify.Mail){
		"mail setting Host":                         func(m *notify.Mail) { m.Host = "smtp.example.jp:587" },
		"mail setting Port must be 1 to 65535":      func(m *notify.Mail) { m.Port = 70000 },
		"mail setting Encryption must be starttls,": func(m *notify.Mail) { m.Encryption = "ssl" },
		"can be none only to this machine":          func(m *notify.Mail) { m.Encryption = notify.PlainTCP },
		"must be starttls or tls where there is a":  func(m *notify.Mail) { m.Host, m.Encryption = "localhost", notify.PlainTCP },
		"Username and Password go together":         func(m *notify.Mail) { m.Password = "" },
		"mail setting From must be an address":      func(m *notify.Mail) { m.From = "no-reply@pay.example.jp" },
		"mail setting From":                         func(m *notify.Mail) { m.From = "Soukin <no-reply@localhost>" },
		"mail setting Timeout":                      func(m *notify.Mail) { m.Timeout = -1 },
		"mail setting CAFile":                       func(m *notify.Mail) { m.CAFile = "/nowhere/ca.pem" },
		"holds no PEM certificate":                  func(m *notify.Mail) { m.CAFile = notPEM },
	} {
		m := good
		change(&m)
		_, err := notify.New(notify.Settings{Mail: m})
		assert.ErrorContains(t, err, want)
	}
	_, err = notify.New(notify.Settings{})
	assert.ErrorContains(t, err, "no way to go")
}

// TestAMerchantsWordsOfOneWay: a text may ask how the money goes, and one that
// lacks the link on a single way is found at the start.
func TestAMerchantsWordsOfOneWay(t *testing.T) {
	box := openPost(t, nil)
	s := box.settings(t)
	s.Overrides = overrides(t, map[string]string{
		"shop/ja/link.txt": `{{define "button"}}{{if eq .Way "aupay"}}チャージする{{else}}進む{{end}}{{end}}`,
	})
	sender := newSender(t, s)
	for rail, button := range map[remittance.Rail]string{remittance.RailAuPay: "▼チャージする\n", remittance.RailATM: "▼進む\n", "": "▼進む\n"} {
		m := notice(t, notify.KindLink, remittance.Ja)
		m.Rail, m.Key = rail, "link/"+string(rail)
		_, err := sender.Send(t.Context(), m)
		require.NoError(t, err)
		assert.Contains(t, box.messages(t, mailbox.Filter{Kind: mailbox.Mail, Limit: 1})[0].Text, button)
	}

	s.Overrides = overrides(t, map[string]string{
		"shop/ja/link.txt": `{{define "sms"}}{{if eq .Way "code"}}ギフトコードをお送りします{{else}}{{.Link}}{{end}}{{end}}`,
	})
	_, err := notify.New(s)
	require.ErrorContains(t, err, "the short message lacks the link")
}
