package cli

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/cli/batch"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/link"
	"soukin/internal/notify"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with testdata/name, or writes it there with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (run go test ./internal/cli -update after a change you want):\n%s", path, diff)
	}
}

var fixed = time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)

func someRemittances() []record.Remittance {
	due := fixed.Add(48 * time.Hour)
	mk := func(id string, amount remittance.Yen, st remittance.Status, why remittance.Reason) record.Remittance {
		return record.Remittance{
			Ref: remittance.Ref{Merchant: "demo", Remittance: remittance.RemittanceID(id)}, Pattern: remittance.BankTransfer,
			Amount: amount, Fee: 130, Status: st, Reason: why, Seq: 3, Generation: 1, CreatedAt: fixed, UpdatedAt: fixed.Add(time.Minute),
		}
	}
	paid := mk("D-01", 12800, remittance.Paid, remittance.ReasonNone)
	paid.Final = true
	sent := mk("D-02", 1000000, remittance.Sent, remittance.WaitsForFinality)
	sent.Deadline, sent.RailRef = &due, "2026112000000001"
	back := mk("refund-2026-11-000000000027", 3, remittance.Returned, remittance.NoSuchAccount)
	back.NeedsAttention = true
	asked := mk("L-01", 12800, remittance.AwaitingRecipient, remittance.WaitsForRecipient)
	asked.Pattern, asked.Deadline = remittance.AccountLink, &due
	cash := mk("A-01", 10000, remittance.AwaitingRecipient, remittance.WaitsForWithdrawal)
	cash.Pattern, cash.Deadline, cash.Rail, cash.InFlight = remittance.ATMCash, &due, remittance.RailATM, true
	choice := mk("C-01", 150000, remittance.AwaitingRecipient, remittance.WalletFull)
	choice.Pattern, choice.Deadline, choice.Fee = remittance.Choice, &due, 0
	choice.Ways = []remittance.Rail{remittance.RailBank, remittance.RailAmazon}
	return []record.Remittance{paid, sent, back, asked, cash, choice}
}

// someCash is rows of a file of which one is for cash.
func someCash() []batch.Row {
	due := fixed.Add(360 * time.Hour)
	return []batch.Row{
		{RemittanceID: "A-01", Pattern: remittance.ATMCash, Amount: 10000, Status: "awaiting_recipient", Reason: string(remittance.WaitsForWithdrawal), Deadline: &due,
			Numbers: &batch.Numbers{PartnerCode: "9101", CustomerNumber: "511000111", ConfirmationNumber: "406639"}},
		{RemittanceID: "G-01", Pattern: remittance.GiftCard, Status: "refused", Reason: string(orders.RuleOverRailCap), Final: true,
			Message: &orders.Text{Ja: "-上限を超えています。", En: "=over, the limit"}},
	}
}

func someRails() []orders.RailInfo {
	return []orders.RailInfo{{Rail: remittance.RailBank, Cap: 1_000_000, Fee: 130}, {Rail: remittance.RailATM, Cap: 100_000, Fee: 300, Sandbox: true}}
}

func TestResultsAsCSV(t *testing.T) {
	var out bytes.Buffer
	s := &session{lang: remittance.En}
	require.NoError(t, s.writeResults(&out, someCash()))
	lines, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 3)
	assert.Equal(t, resultColumns, lines[0])
	assert.Equal(t, []string{"A-01", "atm-cash", "10000", "awaiting_recipient", "waits_for_withdrawal", "", "false", "2026-12-05T10:30:00+09:00", "", "",
		"9101", "511000111", "406639"}, lines[1])
	assert.Equal(t, []string{"'=over, the limit", "true", "", "", "", "", "", ""}, lines[2][5:], "no formula for a spreadsheet, and no numbers")
}

func TestNumbersAreMaskedUntilAskedFor(t *testing.T) {
	s := &session{lang: remittance.En}
	cash := someRemittances()[4]
	assert.Contains(t, s.numbersSheet(cash, nil), "--numbers shows them")
	shown := s.numbersSheet(cash, someCash()[0].Numbers)
	for _, n := range []string{"9101", "511000111", "406639", "Whoever has these numbers has the money"} {
		assert.Contains(t, shown, n)
	}
	cash.InFlight = false
	assert.Empty(t, s.numbersSheet(cash, nil), "there are none")
}

func someLinks() []linkView {
	due := fixed.Add(48 * time.Hour)
	ref := remittance.Ref{Merchant: "demo", Remittance: "L-01"}
	open := viewOfLink(ref, remittance.AwaitingRecipient, &due, link.Summary{State: link.State{TriesLeft: 5}, Issued: 1, Live: 1, LastIssued: fixed})
	open.URL = "https://pay.shop.example/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	locked := viewOfLink(ref, remittance.AwaitingRecipient, &due, link.Summary{
		State:  link.State{Labels: []string{"会員番号", "電話番号の下4桁"}, Locked: true, LockedUntil: fixed.Add(time.Hour)},
		Issued: 12, Live: 10, Wrong: 8, LastIssued: fixed,
		Unlocks: []link.Unlocking{{At: fixed, Actor: remittance.ActorOperator, Wrong: 9}},
	})
	locked.Refused = &orders.Text{Ja: "この加盟店の設定では、受取リンクを表示できません。", En: "The merchant's settings do not allow a link to be shown."}
	forGood := locked
	forGood.LockedUntil, forGood.Unlocks, forGood.Refused = time.Time{}, nil, nil
	return []linkView{open, locked, forGood}
}

func someSteps() []record.Step {
	return []record.Step{
		{Seq: 1, At: fixed, To: remittance.Accepted, Actor: remittance.ActorMerchant},
		{Seq: 2, At: fixed.Add(time.Second), From: remittance.Accepted, To: remittance.Processing, Reason: remittance.WaitsForRail, Actor: remittance.ActorSystem, Postings: []string{"hold", "instruct"}},
		{Seq: 3, At: fixed.Add(time.Minute), From: remittance.Processing, To: remittance.Paid, Reason: remittance.ResolvedByOperator, Actor: remittance.ActorOperator, Evidence: "bank statement 2026-11-20, item 12", Postings: []string{"settle", "fee"}, Final: true},
	}
}

func TestTables(t *testing.T) {
	right := audit.NewReport()
	right.Count("entries", 42)
	broken := audit.NewReport()
	broken.Count("books", 1)
	broken.Count("entries", 42)
	broken.Add(audit.Finding{Check: "ledger", Rule: audit.RulePaidTwice, Merchant: "demo", Remittance: "D-01", Sentence: "two instructions of it were paid, so the recipient may have been paid twice"})
	for _, lang := range []remittance.Lang{remittance.En, remittance.Ja} {
		for _, width := range []int{0, 80, 120} {
			s := &session{stdout: &bytes.Buffer{}, lang: lang, width: width}
			var b strings.Builder
			b.WriteString(s.remittanceTable(someRemittances()) + "\n")
			for _, r := range someRemittances() {
				b.WriteString(s.remittanceSheet(r) + "\n")
			}
			b.WriteString(s.rowTable(someCash(), false) + s.numbersTable(someCash()) + "\n")
			b.WriteString(s.railTable(railList{Rails: someRails()}) + "\n")
			for _, l := range someLinks() {
				b.WriteString(s.linkSheet(l) + "\n")
			}
			b.WriteString(s.timeline(someSteps()) + "\n")
			b.WriteString(s.balanceSheet(ledger.Balances{Available: 1234567, Held: 1, InFlight: 20, Paid: 300, FeesDue: 4000}) + "\n")
			b.WriteString(s.auditSheet(right) + "\n")
			b.WriteString(s.auditSheet(broken))
			golden(t, filepath.Join("tables", string(lang)+"-"+widthName(width)+".txt"), b.String())
			if width > 0 {
				fits(t, b.String(), width)
			}
		}
	}
}

func widthName(w int) string {
	if w == 0 {
		return "piped"
	}
	return map[int]string{80: "80", 120: "120"}[w]
}

func fits(t *testing.T, s string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(s, "\n") {
		if strings.Contains(line, "https://") {
			continue // an address is kept whole, so that it can be clicked
		}
		assert.LessOrEqual(t, text.StringWidthWithoutEscSequences(line), width, "%q is wider than the terminal", line)
	}
}

func TestNotesOnTheTimeline(t *testing.T) {
	s := &session{lang: remittance.En}
	due := fixed
	for note, want := range map[string]string{
		"notice_sent:link":       "was told: the link",
		"notice_failed:reminder": "could NOT be told: the reminder",
		"deadline_extended":      "now 2026-11-20 10:30:00 JST",
		"contact_changed":        "another address",
		"numbers_reissued":       "New ATM numbers",
		"numbers_not_ended":      "did not confirm",
		"numbers_not_reissued":   "No new ATM numbers",
		"cancel_not_confirmed":   "cancel was not confirmed",
		"notice_sent:numbers":    "where the ATM numbers are",
		"something_new":          "something_new",
	} {
		out := s.timeline([]record.Step{{Seq: 1, At: fixed, To: remittance.AwaitingRecipient, Reason: remittance.WaitsForRecipient, Note: note, Deadline: &due}})
		assert.Contains(t, out, want)
		assert.NotContains(t, out, "Waiting for the recipient", "the reason stands at the step before")
	}
}

func TestEveryStatusAndActorHasAWord(t *testing.T) {
	for _, st := range remittance.Statuses() {
		assert.Contains(t, statusWords, st)
	}
	for _, p := range remittance.Patterns() {
		assert.Contains(t, patternWords, p)
	}
	for _, r := range remittance.Rails() {
		assert.Contains(t, railWords, r)
	}
	for _, k := range notify.Kinds() {
		assert.Contains(t, noticeWords, contract.NoticeKind(k))
	}
	for _, a := range []remittance.Actor{remittance.ActorSystem, remittance.ActorMerchant, remittance.ActorRecipient, remittance.ActorRail, remittance.ActorOperator} {
		assert.Contains(t, actorWords, a)
	}
}
