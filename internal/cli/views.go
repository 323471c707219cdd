package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/record"
	"soukin/remittance"
)

// People in Japan read the clock of Japan, wherever the server stands.
var jst = time.FixedZone("JST", 9*60*60)

const (
	dayAndTime = "2006-01-02 15:04:05"
	shortTime  = "01-02 15:04"
)

func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(jst).Format(dayAndTime) + " JST"
}

func until(t *time.Time) string {
	if t == nil {
		return ""
	}
	return at(*t)
}

var statusWords = map[remittance.Status]phrase{
	remittance.Accepted:          {"accepted", "受付済"},
	remittance.AwaitingFunds:     {"awaiting funds", "入金待ち"},
	remittance.AwaitingRecipient: {"awaiting recipient", "受取人待ち"},
	remittance.Processing:        {"processing", "処理中"},
	remittance.Checking:          {"checking", "照会中"},
	remittance.Sent:              {"sent", "送金済"},
	remittance.Paid:              {"paid", "受取完了"},
	remittance.Returned:          {"returned", "返金"},
	remittance.Failed:            {"failed", "不成立"},
	remittance.Cancelled:         {"cancelled", "取消"},
	remittance.Expired:           {"expired", "期限切れ"},
}

func (s *session) status(st remittance.Status) string {
	word := string(st)
	if p, ok := statusWords[st]; ok {
		word = s.say(p)
	}
	return s.paint(word, statusColors[st])
}

// statusColors say at a glance what is done, what waits for somebody and what
// went wrong.
var statusColors = map[remittance.Status]text.Color{
	remittance.Paid:              text.FgGreen,
	remittance.AwaitingFunds:     text.FgYellow,
	remittance.AwaitingRecipient: text.FgYellow,
	remittance.Checking:          text.FgYellow,
	remittance.Returned:          text.FgRed,
	remittance.Failed:            text.FgRed,
	remittance.Expired:           text.FgRed,
}

func (s *session) paint(word string, c text.Color) string {
	if !s.color || c == 0 {
		return word
	}
	return c.EscapeSeq() + word + text.Reset.EscapeSeq()
}

var actorWords = map[remittance.Actor]phrase{
	remittance.ActorSystem:    {"system", "システム"},
	remittance.ActorMerchant:  {"merchant", "依頼元"},
	remittance.ActorRecipient: {"recipient", "受取人"},
	remittance.ActorRail:      {"rail", "送金先"},
	remittance.ActorOperator:  {"operator", "運用担当"},
}

func (s *session) actor(a remittance.Actor) string {
	if p, ok := actorWords[a]; ok {
		return s.say(p)
	}
	return string(a)
}

func (s *session) why(r remittance.Reason) string {
	if r == remittance.ReasonNone {
		return ""
	}
	return r.Sentence(s.lang)
}

var patternWords = map[remittance.Pattern]phrase{
	remittance.BankTransfer:  {"bank transfer", "口座振込"},
	remittance.AccountLink:   {"account link", "受取人が口座指定"},
	remittance.ATMCash:       {"ATM cash", "ATM受取"},
	remittance.GiftCard:      {"gift card", "ギフトカード"},
	remittance.AuPay:         {"au PAY", "au PAY"},
	remittance.PrepaidRefund: {"prepaid refund", "プリペイド返金"},
	remittance.Choice:        {"choice", "受取人が選択"},
}

func (s *session) pattern(p remittance.Pattern) string {
	if word, ok := patternWords[p]; ok {
		return s.say(word)
	}
	return string(p)
}

// withDeadline adds until when a recipient may act: whoever reads a list decides
// by it whether to extend.
func (s *session) withDeadline(why string, st remittance.Status, deadline *time.Time) string {
	if st != remittance.AwaitingRecipient || deadline == nil {
		return why
	}
	return why + s.sayf(phrase{" Until %s.", "期限は %s です。"}, deadline.In(jst).Format(shortTime))
}

// yen right-aligns well and reads as people in Japan write amounts.
func yen(y remittance.Yen) string { return y.String() }

var remittanceColumns = []column{
	{title: phrase{"MERCHANT", "加盟店"}, spare: 1},
	{title: phrase{"REMITTANCE", "送金ID"}},
	{title: phrase{"AMOUNT", "金額"}, right: true},
	{title: phrase{"STATUS", "状態"}},
	{title: phrase{"PATTERN", "方式"}, spare: 3},
	{title: phrase{"ORDERED", "受付"}, spare: 2},
	{title: phrase{"WHY", "理由"}, wide: true},
}

func (s *session) remittanceTable(rs []record.Remittance) string {
	rows := make([][]string, len(rs))
	for i, r := range rs {
		rows[i] = []string{string(r.Merchant), string(r.Ref.Remittance), yen(r.Amount), s.status(r.Status), s.pattern(r.Pattern),
			r.CreatedAt.In(jst).Format(shortTime), s.withDeadline(s.why(r.Reason), r.Status, r.Deadline)}
	}
	return s.grid(remittanceColumns, rows)
}

func (s *session) remittanceSheet(r record.Remittance) string {
	return s.sheet([]pair{
		{phrase{"remittance", "送金ID"}, r.Ref.String()},
		{phrase{"pattern", "方式"}, s.pattern(r.Pattern)},
		{phrase{"amount", "金額"}, yen(r.Amount)},
		{phrase{"fee per attempt", "1回あたりの手数料"}, s.fee(r)},
		{phrase{"status", "状態"}, s.status(r.Status) + s.openMark(r)},
		{phrase{"why", "理由"}, s.why(r.Reason)},
		{phrase{"missing", "不足額"}, shortfall(r.Shortfall)},
		{phrase{"until", "期限"}, until(r.Deadline)},
		{phrase{"way", "受取方法"}, s.way(r.Rail, r.Ways)},
		{phrase{"goes to", "送り先"}, string(r.Account)},
		{phrase{"rail's number", "送金先の受付番号"}, r.RailRef},
		{phrase{"rail's code", "送金先のコード"}, r.Code},
		{phrase{"attention", "要対応"}, s.attention(r.NeedsAttention)},
		{phrase{"ordered", "受付日時"}, at(r.CreatedAt)},
		{phrase{"changed", "更新日時"}, at(r.UpdatedAt)},
	})
}

// fee of a choice is known when somebody has chosen.
func (s *session) fee(r record.Remittance) string {
	if r.Pattern == remittance.Choice && r.Rail == "" {
		return s.say(phrase{"depends on the way chosen", "受取方法による"})
	}
	return yen(r.Fee)
}

// way is how the money goes, or what its recipient may choose from.
func (s *session) way(chosen remittance.Rail, open []remittance.Rail) string {
	if chosen != "" {
		return s.rail(chosen)
	}
	words := make([]string, len(open))
	for i, r := range open {
		words[i] = s.rail(r)
	}
	return strings.Join(words, s.say(phrase{" or ", "、"}))
}

// openMark tells a returned remittance that still waits for corrected details
// from one that has ended.
func (s *session) openMark(r record.Remittance) string {
	if r.Status.Ended() && !r.Final {
		return s.say(phrase{" (open: waits for corrected details)", " (訂正待ち)"})
	}
	return ""
}

func shortfall(y remittance.Yen) string {
	if y == 0 {
		return ""
	}
	return yen(y)
}

func (s *session) attention(needed bool) string {
	if !needed {
		return ""
	}
	return s.say(phrase{"an operator must look at this one", "運用担当者の確認が必要です"})
}

var timelineColumns = []column{
	{title: phrase{"#", "#"}, right: true},
	{title: phrase{"WHEN (JST)", "日時 (JST)"}},
	{title: phrase{"STATUS", "状態"}},
	{title: phrase{"BY", "実行者"}, spare: 1},
	{title: phrase{"MONEY", "資金の動き"}, spare: 2},
	{title: phrase{"WHY", "理由"}, wide: true},
}

func (s *session) timeline(steps []record.Step) string {
	rows := make([][]string, len(steps))
	for i, st := range steps {
		why := s.why(st.Reason)
		if st.Note != "" {
			why = s.notedWords(st) // the reason only repeats the step before
		}
		if st.Evidence != "" {
			why = strings.TrimSpace(why + " [" + st.Evidence + "]")
		}
		rows[i] = []string{
			strconv.Itoa(st.Seq), st.At.In(jst).Format(dayAndTime), s.status(st.To), s.actor(st.Actor),
			strings.Join(s.postings(st.Postings), ", "), why,
		}
	}
	return s.grid(timelineColumns, rows)
}

var postingWords = map[string]phrase{
	"hold":      {"held", "確保"},
	"instruct":  {"in flight", "送金中へ"},
	"give_back": {"back to hold", "確保に戻す"},
	"release":   {"released", "残高に戻す"},
	"settle":    {"paid out", "支払確定"},
	"fee":       {"fee", "手数料"},
}

func (s *session) postings(ps []string) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p
		if word, ok := postingWords[p]; ok {
			out[i] = s.say(word)
		}
	}
	return out
}

func (s *session) balanceSheet(b ledger.Balances) string {
	rows := [][]string{
		{s.say(phrase{"available", "利用可能"}), yen(b.Available), s.say(phrase{"can be sent", "送金に使える"})},
		{s.say(phrase{"held", "確保中"}), yen(b.Held), s.say(phrase{"set aside for open remittances", "処理待ちの送金のため確保"})},
		{s.say(phrase{"in flight", "送金中"}), yen(b.InFlight), s.say(phrase{"with a rail, can still come back", "送金先で処理中、戻る可能性あり"})},
		{s.say(phrase{"paid", "支払済"}), yen(b.Paid), s.say(phrase{"received by recipients, in total", "受取人に届いた累計"})},
		{s.say(phrase{"fees due", "未請求手数料"}), yen(b.FeesDue), s.say(phrase{"billed monthly, not taken from the balance", "月次で請求、残高からは引かない"})},
	}
	return s.grid([]column{{title: phrase{"BALANCE", "残高"}}, {title: phrase{"AMOUNT", "金額"}, right: true}, {title: phrase{"MEANING", "意味"}, wide: true}}, rows)
}

func (s *session) auditSheet(r audit.Report) string {
	var b strings.Builder
	if r.OK {
		b.WriteString(s.say(phrase{"The books are right.", "帳簿に誤りはありません。"}))
	} else {
		b.WriteString(s.sayf(phrase{"The books are WRONG: %d findings.", "帳簿に誤りがあります: %d 件。"}, len(r.Findings)+r.Omitted))
	}
	looked := make([]string, 0, len(r.Checked))
	for thing, n := range r.Checked {
		looked = append(looked, fmt.Sprintf("%s %d", thing, n))
	}
	slices.Sort(looked)
	line := s.say(phrase{"Looked at:", "確認した件数:"}) + " " + strings.Join(looked, ", ")
	if s.width > 0 {
		line = wrapCell(line, s.width)
	}
	b.WriteString("\n" + trimLines(line))
	if len(r.Findings) == 0 {
		return b.String()
	}
	rows := make([][]string, len(r.Findings))
	for i, f := range r.Findings {
		rows[i] = []string{f.Check, string(f.Rule), string(f.Merchant), string(f.Remittance), f.Sentence}
	}
	return b.String() + "\n" + s.grid([]column{
		{title: phrase{"CHECK", "検査"}, spare: 1}, {title: phrase{"RULE", "規則"}}, {title: phrase{"MERCHANT", "加盟店"}, spare: 2},
		{title: phrase{"REMITTANCE", "送金ID"}}, {title: phrase{"FINDING", "内容"}, wide: true},
	}, rows)
}

func (s *session) merchantTable(ms []record.Merchant) string {
	rows := make([][]string, len(ms))
	for i, m := range ms {
		rows[i] = []string{string(m.ID), m.DisplayName, at(m.CreatedAt)}
	}
	return s.grid([]column{{title: phrase{"MERCHANT", "加盟店"}}, {title: phrase{"NAME", "名称"}}, {title: phrase{"SINCE", "登録日時"}}}, rows)
}
