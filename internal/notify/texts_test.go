package notify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/internal/vault"
	"soukin/remittance"
)

var update = flag.Bool("update", false, "write the texts that notices have now into testdata, for review")

// TestTextsAreTheReviewedOnes sends every kind in both languages through a real
// SMTP server and compares what arrives with what people have read and approved.
func TestTextsAreTheReviewedOnes(t *testing.T) {
	for _, l := range []remittance.Lang{remittance.Ja, remittance.En} {
		for _, k := range notify.Kinds() {
			t.Run(string(l)+"/"+string(k), func(t *testing.T) {
				box := openPost(t, nil)
				m := notice(t, k, l)
				sent, err := newSender(t, box.settings(t)).Send(t.Context(), m)
				require.NoError(t, err)
				require.Equal(t, []string{"mail", "sms"}, sent)
				mails := box.messages(t, mailbox.Filter{To: "hanako@example.jp"})
				texts := box.messages(t, mailbox.Filter{To: "+819012345678"})
				require.Len(t, mails, 1)
				require.Len(t, texts, 1)
				got := fmt.Sprintf("Message-ID: %s\nSubject: %s\n\n=== plain part ===\n%s\n=== HTML part ===\n%s\n=== short message, %d characters in %d parts ===\n%s\n",
					mails[0].MessageID, mails[0].Subject, mails[0].Text, mails[0].HTML, len([]rune(texts[0].Text)), notify.Segments(texts[0].Text), texts[0].Text)
				assert.LessOrEqual(t, notify.Segments(texts[0].Text), 2)

				path := filepath.Join("testdata", string(l), string(k)+".golden")
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
					require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("the text changed; read it, then run the test with -update:\n%s", diff)
				}
			})
		}
	}
}

func TestKindsAreThoseOfTheContract(t *testing.T) {
	want := []contract.NoticeKind{contract.NoticeLink, contract.NoticeReminder, contract.NoticeReopened, contract.NoticePaid,
		contract.NoticeReturned, contract.NoticeExpired, contract.NoticeCancelled, contract.NoticeNumbers, contract.NoticeLocked}
	var got []contract.NoticeKind
	for _, k := range notify.Kinds() {
		got = append(got, contract.NoticeKind(k))
	}
	assert.ElementsMatch(t, want, got)
}

// TestEveryNoticeSaysWhatItMust holds for every kind and language, with as
// little as the notice may have.
func TestEveryNoticeSaysWhatItMust(t *testing.T) {
	box := openPost(t, nil)
	sender := newSender(t, box.settings(t))
	for _, l := range []remittance.Lang{remittance.Ja, remittance.En} {
		for _, k := range notify.Kinds() {
			full := notice(t, k, l)
			m := notify.Message{Ref: full.Ref, Kind: k, Key: "least/1", To: vault.NewContact(string(k)+"-"+string(l)+"@example.jp", ""), Lang: l,
				Merchant: notify.Merchant{Name: full.Merchant.Name}, Amount: full.Amount, Deadline: full.Deadline}
			asks := !full.Deadline.IsZero()
			if asks {
				m.Link = full.Link
			}
			_, err := sender.Send(t.Context(), m)
			require.NoError(t, err)
			got := box.messages(t, mailbox.Filter{To: m.To.Email()})
			require.Len(t, got, 1)
			for part, text := range map[string]string{"plain": got[0].Text, "html": got[0].HTML} {
				where := fmt.Sprintf("%s %s %s", l, k, part)
				musts := []string{"12,345", full.Merchant.Name, "REFUND-20261121-0001", "no-reply@pay.example.jp"}
				if asks {
					musts = append(musts, page, "https://pay.example.jp/", "23:59")
				}
				for _, must := range musts {
					assert.Contains(t, text, must, where)
				}
				if !asks {
					assert.NotContains(t, text, "http", where)
				}
				assert.NotContains(t, text, "<no value>", where)
				assert.NotContains(t, text, "()", where)
			}
			assert.NotRegexp(t, `(?i)<(script|img|link|iframe|form)|url\(|@import|src=`, got[0].HTML, "the mail loads nothing")
		}
	}
}

func TestDeadlinesAreJapansTime(t *testing.T) {
	box := openPost(t, nil)
	sender := newSender(t, box.settings(t))
	for _, tt := range []struct {
		at       time.Time
		lang     remittance.Lang
		in, text string
	}{
		{time.Date(2026, 12, 5, 14, 59, 59, 0, time.UTC), remittance.Ja, "2026年12月5日(土)23:59(日本時間)", "12/5(土)23:59"},
		{time.Date(2026, 12, 5, 15, 0, 0, 0, time.UTC), remittance.Ja, "2026年12月6日(日)00:00(日本時間)", "12/6(日)00:00"},
		{time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC), remittance.En, "Monday, 4 January 2027, 17:00 (Japan time)", "Mon 4 Jan 17:00 JST"},
	} {
		m := notice(t, notify.KindLink, tt.lang)
		m.Deadline, m.Key = tt.at, tt.text
		_, err := sender.Send(t.Context(), m)
		require.NoError(t, err)
		newest := box.messages(t, mailbox.Filter{Kind: mailbox.Mail})[0]
		assert.Contains(t, newest.Text, tt.in)
		assert.Contains(t, newest.HTML, tt.in)
		assert.Contains(t, box.messages(t, mailbox.Filter{Kind: mailbox.SMS})[0].Text, tt.text)
	}
}

// TestReasonsSpeakToTheRecipient: every reason that reopens a link has words of
// its own, none tells the recipient to ask the recipient.
func TestReasonsSpeakToTheRecipient(t *testing.T) {
	box := openPost(t, nil)
	settings := box.settings(t)
	settings.SMS = nil
	sender := newSender(t, settings)
	for _, l := range []remittance.Lang{remittance.Ja, remittance.En} {
		seen := map[string]remittance.Reason{}
		for _, r := range remittance.Reasons() {
			if !r.Correctable() {
				continue
			}
			m := notice(t, notify.KindReopened, l)
			m.Reason, m.Rail = r, ""
			_, err := sender.Send(t.Context(), m)
			require.NoError(t, err)
			text := box.messages(t, mailbox.Filter{Limit: 1})[0].Text
			lead, _, _ := strings.Cut(text, "\n\n")
			assert.Empty(t, seen[lead], "%s and %s sound the same", r, seen[lead])
			seen[lead] = r
			assert.NotContains(t, lead, "受取人")
			assert.NotContains(t, strings.ToLower(lead), "the recipient")
		}
		assert.Len(t, seen, 14)
	}
}

func TestSegmentsAreCountedAsCarriersCount(t *testing.T) {
	for text, want := range map[string]int{
		"": 1, strings.Repeat("a", 160): 1, strings.Repeat("a", 161): 2, strings.Repeat("a", 306): 2, strings.Repeat("a", 307): 3,
		strings.Repeat("€", 80): 1, strings.Repeat("€", 81): 2, strings.Repeat("¥", 160): 1,
		strings.Repeat("あ", 70): 1, strings.Repeat("あ", 71): 2, strings.Repeat("あ", 134): 2, strings.Repeat("あ", 135): 3,
		strings.Repeat("a", 69) + "あ": 1, strings.Repeat("a", 70) + "あ": 2, strings.Repeat("𠮷", 35): 1, strings.Repeat("𠮷", 36): 2,
	} {
		assert.Equal(t, want, notify.Segments(text), "%.10s… of %d", text, len([]rune(text)))
	}
}
