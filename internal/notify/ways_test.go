package notify_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/notify"
	"soukin/internal/sandbox/mailbox"
	"soukin/remittance"
)

// way is a way the money may go, as a notice carries it.
type way struct {
	name string
	rail remittance.Rail
	form remittance.GiftForm
}

// ways are those besides a bank account, which the golden file of each kind shows
// whole.
var ways = []way{
	{"atm", remittance.RailATM, ""},
	{"amazon", remittance.RailAmazon, remittance.GiftBalance},
	{"code", remittance.RailAmazon, remittance.GiftCode},
	{"aupay", remittance.RailAuPay, ""},
	{"choice", "", ""},
}

// whyNot is a reason that fits the way.
var whyNot = map[string]remittance.Reason{
	"atm": remittance.NumbersLocked, "amazon": remittance.LoginRefused, "code": remittance.RailMaintenance,
	"aupay": remittance.WalletFull, "choice": remittance.NameMismatch,
}

// TestWordsOfEveryWayAreTheReviewedOnes compares what depends on the way: the
// subject, the lead, the button and the short message of every kind.
func TestWordsOfEveryWayAreTheReviewedOnes(t *testing.T) {
	for l, details := range map[remittance.Lang]string{remittance.Ja: "■お受け取りの内容", remittance.En: "DETAILS"} {
		box := openPost(t, nil)
		sender := newSender(t, box.settings(t))
		var got strings.Builder
		for _, k := range notify.Kinds() {
			for _, w := range ways {
				if (k == notify.KindNumbers || k == notify.KindLocked) && w.rail != remittance.RailATM {
					continue // only an ATM takes numbers
				}
				m := notice(t, k, l)
				m.Rail, m.Form, m.Key = w.rail, w.form, string(k)+"/"+w.name
				if m.Reason != "" {
					m.Reason = whyNot[w.name]
				}
				_, err := sender.Send(t.Context(), m)
				require.NoError(t, err)
				mail := box.messages(t, mailbox.Filter{Kind: mailbox.Mail})[0]
				sms := box.messages(t, mailbox.Filter{Kind: mailbox.SMS})[0].Text
				lead, _, found := strings.Cut(mail.Text, details)
				require.True(t, found)
				assert.LessOrEqual(t, notify.Segments(sms), 2, "%s %s", k, w.name)
				fmt.Fprintf(&got, "##### %s, %s\n%s\n\n%s--- short message in %d parts\n%s\n\n", k, w.name, mail.Subject, lead, notify.Segments(sms), sms)
			}
		}
		path := filepath.Join("testdata", string(l), "ways.golden")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("the text changed; read it, then run the test with -update:\n%s", diff)
		}
	}
}

// TestNoWayIsToldAsABankAccount: words that fit an account only would send people
// looking for a passbook.
func TestNoWayIsToldAsABankAccount(t *testing.T) {
	bankOnly := map[remittance.Lang][]string{remittance.Ja: {"口座を", "振込", "通帳"}, remittance.En: {"your account again", "bank account", "passbook"}}
	for l, words := range bankOnly {
		box := openPost(t, nil)
		sender := newSender(t, box.settings(t))
		for _, k := range notify.Kinds() {
			for _, w := range ways {
				m := notice(t, k, l)
				m.Rail, m.Form, m.Reason, m.Key = w.rail, w.form, "", string(k)+"/"+w.name
				_, err := sender.Send(t.Context(), m)
				require.NoError(t, err)
				for _, sent := range box.messages(t, mailbox.Filter{Limit: 2}) {
					for _, word := range words {
						assert.NotContains(t, sent.Subject+sent.Text, word, "%s %s %s", l, k, w.name)
					}
				}
			}
		}
	}
}
