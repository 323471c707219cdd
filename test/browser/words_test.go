//go:build browser

package browser

import (
	"time"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
)

// words are the headings that tell the pages apart.
type words struct{ codes, account, confirm, decline, processing, cancelled, declined, expired, locked string }

var said = map[string]words{
	"ja": {"東京チケットからの送金を受け取る", "受け取る口座の入力", "口座の確認", "受け取りを辞退しますか", "口座を受け付けました",
		"送金は取り消されました", "受け取りを辞退しました", "受取期限が過ぎました", "しばらく入力できません"},
	"en": {"Receive money from 東京チケット", "Your bank account", "Check the account", "Give the money back?", "We have your account",
		"The remittance was cancelled", "The money was declined", "The deadline has passed", "Please wait a while"},
}

var languages = []string{"ja", "en"}

const rightCode = "123456789"

func (s site) refund() link.Token {
	return s.Add(webtest.Example(time.Now()), webtest.Code{Label: "申込番号（9桁）", Value: rightCode})
}

// change is what the rest of the product does meanwhile.
func (s site) change(token link.Token, change func(*web.View)) { s.Change(token, change) }
