package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v3"

	"soukin/internal/app"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/remittance"
)

func (s *session) linkCommand() *urfave.Command {
	return s.under("link", phrase{"the links of recipients who have a page", "受取人のページへのリンク"},
		s.command("show", phrase{"a link's state, and the link where that is allowed", "リンクの状態と、許可されていればリンクを表示する"}, "ID", phrase{
			`Shows how many links are out, what they ask for and whether wrong codes have
locked them. Where the merchant's settings allow it, it also makes a further link
to hand over; whoever reads it can act as the recipient. Otherwise it says why
there is none.

Examples:
  starter link show L-01
  starter link show L-01 --output json | jq -r .url
  starter merchant set shop --link-may-show`,
			`有効なリンクの数、求める認証コード、誤入力によるロックを表示します。加盟店の設定で
許可されていれば、手渡し用のリンクも新しく作ります。
リンクを見た人は受取人として手続きできます。許可されていなければ理由を表示します。

例:
  starter link show L-01
  starter link show L-01 --output json | jq -r .url
  starter merchant set shop --link-may-show`,
		}, []urfave.Flag{s.merchantFlag()}, s.showLink),
		s.command("unlock", phrase{"let a recipient try the codes again", "認証コードのロックを解除する"}, "ID", phrase{
			"Forgives all wrong tries. Make sure first that it is the recipient who asks.\n\nExample:\n  starter link unlock L-01",
			"誤入力の回数を取り消します。先に受取人本人からの依頼であることを確認してください。\n\n例:\n  starter link unlock L-01",
		}, []urfave.Flag{s.merchantFlag()}, func(ctx context.Context, cmd *urfave.Command) error {
			return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
				if err := desk.Orders.Unlock(ctx, ref, remittance.ActorOperator); err != nil {
					return err
				}
				v, err := linkOf(ctx, desk, ref)
				if err != nil {
					return err
				}
				return s.show(v, func() string { return s.linkSheet(v) })
			})
		}),
	)
}

// linkView is what an operator may see of a link; the JSON of "link show".
type linkView struct {
	remittance.Ref
	Status     remittance.Status `json:"status"`
	Deadline   *time.Time        `json:"deadline,omitempty"`
	Live       int               `json:"live"`   // links that open the page
	Issued     int               `json:"issued"` // links ever made
	LastIssued time.Time         `json:"last_issued,omitzero"`
	Codes      []string          `json:"codes"` // what is asked for, by label
	Wrong      int               `json:"wrong"` // tries since the last right one
	TriesLeft  int               `json:"tries_left"`
	Locked     bool              `json:"locked"`
	// LockedUntil is missing where only unlocking ends the lock.
	LockedUntil time.Time    `json:"locked_until,omitzero"`
	Unlocks     []unlockView `json:"unlocks,omitempty"`
	URL         string       `json:"url,omitempty"`
	// Refused says why there is no URL.
	Refused *orders.Text `json:"refused,omitempty"`
}

type unlockView struct {
	At    time.Time        `json:"at"`
	Actor remittance.Actor `json:"actor"`
	Wrong int              `json:"wrong"` // tries that were forgiven
}

func linkOf(ctx context.Context, desk *app.Desk, ref remittance.Ref) (linkView, error) {
	summary, err := desk.Orders.LinkStatus(ctx, ref)
	if err != nil {
		return linkView{}, err
	}
	row, err := desk.Record.Get(ctx, ref)
	if err != nil {
		return linkView{}, err
	}
	return viewOfLink(ref, row.Status, row.Deadline, summary), nil
}

func viewOfLink(ref remittance.Ref, status remittance.Status, deadline *time.Time, l link.Summary) linkView {
	v := linkView{
		Ref: ref, Status: status, Deadline: deadline, Live: l.Live, Issued: l.Issued, LastIssued: l.LastIssued,
		Codes: append([]string{}, l.Labels...), Wrong: l.Wrong, TriesLeft: l.TriesLeft, Locked: l.Locked, LockedUntil: l.LockedUntil,
	}
	for _, u := range l.Unlocks {
		v.Unlocks = append(v.Unlocks, unlockView(u))
	}
	return v
}

func (s *session) showLink(ctx context.Context, cmd *urfave.Command) error {
	return s.withRemittance(ctx, cmd, func(desk *app.Desk, ref remittance.Ref) error {
		// First the link, so that the count below includes it.
		url, refused := desk.Orders.ShowLink(ctx, ref)
		v, err := linkOf(ctx, desk, ref)
		if err != nil {
			return err
		}
		if v.URL = url; refused != nil {
			if v.Refused = whyNot(refused); v.Refused == nil {
				return refused
			}
		}
		return s.show(v, func() string { return s.linkSheet(v) })
	})
}

// whyNot gives the sentence of a refusal that leaves the rest worth showing;
// nil for trouble.
func whyNot(err error) *orders.Text {
	faults := orders.FaultsOf(err)
	if len(faults) != 1 || faults[0].Code != orders.CodeConflict && faults[0].Code != orders.CodeTooLate {
		return nil
	}
	return &orders.Text{Ja: faults[0].Sentence(remittance.Ja), En: faults[0].Sentence(remittance.En)}
}

func (s *session) linkSheet(v linkView) string {
	pairs := []pair{
		{phrase{"remittance", "送金ID"}, v.Ref.String()},
		{phrase{"status", "状態"}, s.status(v.Status)},
		{phrase{"until", "期限"}, until(v.Deadline)},
		{phrase{"links that work", "有効なリンク"}, s.sayf(phrase{"%d of %d made", "発行した %[2]d 件のうち %[1]d 件"}, v.Live, v.Issued)},
		{phrase{"the newest from", "最新のリンク"}, at(v.LastIssued)},
		{phrase{"codes asked for", "求める認証コード"}, s.codes(v.Codes)},
		{phrase{"wrong tries", "誤入力の回数"}, strconv.Itoa(v.Wrong)},
		{phrase{"locked", "ロック"}, s.lock(v)},
	}
	for _, u := range v.Unlocks {
		pairs = append(pairs, pair{phrase{"unlocked", "解除"}, s.sayf(phrase{"%s by %s, after %d wrong tries", "%s %s (誤入力 %d 回)"}, at(u.At), s.actor(u.Actor), u.Wrong)})
	}
	if v.Refused != nil {
		pairs = append(pairs, pair{phrase{"link", "リンク"}, v.Refused.In(s.lang)})
	}
	return s.sheet(append(pairs, pair{phrase{"link", "リンク"}, v.URL}))
}

func (s *session) codes(labels []string) string {
	if len(labels) == 0 {
		return s.say(phrase{"none", "なし"})
	}
	return strings.Join(labels, ", ")
}

func (s *session) lock(v linkView) string {
	switch {
	case !v.Locked && len(v.Codes) == 0:
		return ""
	case !v.Locked:
		return s.sayf(phrase{"no, %d tries left", "なし (あと %d 回)"}, v.TriesLeft)
	case v.LockedUntil.IsZero():
		return s.say(phrase{"until starter link unlock", "starter link unlock を実行するまで"})
	}
	return s.sayf(phrase{"until %s", "%s まで"}, at(v.LockedUntil))
}
