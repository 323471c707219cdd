package prepaid

// words are what the pages say.
type words struct {
	Lang, Other, OtherName, Title, Lead, ID, Hint, Show, Missing, PaidNow, Keep,
	Issuer, Purchase, Bought, Amount, Refunded, Left, Until, Over, Partial, Whole, Kind, NotTaken, Card, Balance, Yen,
	Refunds, NoRefunds, Purchases, PayTitle, PayLead, CardNumber, CardHint, AmountYen, Pay, PayLink, Pretend string
	Kinds   map[kind]string
	Refused map[error]string
}

var texts = map[string]words{
	"ja": {
		Lang: "ja", Other: "en", OtherName: "English", Title: "プリペイドカード残高照会（サンドボックス）",
		Lead: "購入番号またはカード番号を入れると、残高と返金を確認できます。", ID: "購入番号またはカード番号", Hint: "例：WM-20261101-3000-1", Show: "表示する",
		Missing: "この番号の購入やカードはありません。番号を確かめてください。", PaidNow: "お支払いが完了しました。", Keep: "返金には次の購入番号を使います。",
		Issuer: "発行会社", Purchase: "購入番号", Bought: "購入日時", Amount: "購入金額", Refunded: "返金済み", Left: "返金できる残額", Until: "返金の期限", Over: "期限を過ぎました",
		Partial: "一部の返金：できます", Whole: "一部の返金：できません（全額のみ）", Kind: "購入の方式", NotTaken: "売上が確定していません", Card: "カード番号", Balance: "カード残高", Yen: "円",
		Refunds: "返金", NoRefunds: "返金はまだありません。", Purchases: "このカードでの購入",
		PayTitle: "プリペイドカードで支払う（サンドボックス）", PayLead: "カード番号（16桁）を入れて支払います。", CardNumber: "カード番号", CardHint: "16桁の数字。はじめて使うカードの残高（円）：",
		AmountYen: "金額（円）", Pay: "支払う", PayLink: "練習用の購入をする", Pretend: "これは練習用の画面です。実際の発行会社とは関係がなく、お金は動きません。",
		Kinds: map[kind]string{byLink: "リンク型", byAPI: "API型"},
		Refused: map[error]string{
			errIssuer: "発行会社を選んでください。", errCard: "カード番号は16桁の数字で入力してください。", errAmount: "金額は1円以上9,999,999円以下の整数で入力してください。",
			errShort: "カードの残高が足りません。別のカードを使ってください。", errConflict: "この注文は別の内容で支払い済みです。お店に戻ってやり直してください。",
			errOrder: "お店の注文番号が正しくありません。お店に戻ってやり直してください。",
		},
	},
	"en": {
		Lang: "en", Other: "ja", OtherName: "日本語", Title: "Prepaid card balance (sandbox)",
		Lead: "Enter a purchase number or a card number to see balance and refunds.", ID: "Purchase or card number", Hint: "as WM-20261101-3000-1", Show: "Show",
		Missing: "There is no purchase or card with this number. Check it.", PaidNow: "Paid.", Keep: "A refund needs this purchase number.",
		Issuer: "Issuer", Purchase: "Purchase number", Bought: "Bought", Amount: "Amount", Refunded: "Refunded", Left: "Left to refund", Until: "Refundable until", Over: "that day has passed",
		Partial: "Parts can be refunded", Whole: "Only the whole amount is refunded", Kind: "Kind of payment", NotTaken: "Never captured", Card: "Card number", Balance: "Balance of the card", Yen: "yen",
		Refunds: "Refunds", NoRefunds: "Nothing has been refunded yet.", Purchases: "Paid with this card",
		PayTitle: "Pay with a prepaid card (sandbox)", PayLead: "Enter the card's 16 digits to pay.", CardNumber: "Card number", CardHint: "16 digits. A card never used before holds, in yen:",
		AmountYen: "Amount (yen)", Pay: "Pay", PayLink: "Make a purchase for practice", Pretend: "This is for practice. It has nothing to do with the real issuers, and no money moves.",
		Kinds: map[kind]string{byLink: "link type", byAPI: "API type"},
		Refused: map[error]string{
			errIssuer: "Choose an issuer.", errCard: "A card number has 16 digits.", errAmount: "Enter a whole amount from 1 to 9,999,999 yen.",
			errShort: "The card's balance is short. Use another card.", errConflict: "This order was paid with other details. Go back to the shop and start again.",
			errOrder: "The shop's order number is not valid. Go back to the shop and start again.",
		},
	},
}
