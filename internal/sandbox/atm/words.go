package atm

import "fmt"

// words are what the machine says in one language.
type words struct {
	Lang, Other, OtherName string

	Title, Sandbox, Welcome, WelcomeHelp, Start        string
	Partner, Customer, Confirmation, Progress          string
	PartnerHelp, CustomerHelp, ConfirmationHelp        string
	Enter, Correct, Quit, Keypad                       string
	AmountTitle, AmountHelp, Register, Take, Digits    string
	PaidTitle, PaidHelp, Receipt, Amount, At, Yen, End string
	RefusedTitle, Again                                string

	wrongOne, wrongLeft, locked, busy, withdrawn, cancelled, expired, needDigits string
}

var spoken = map[string]words{
	"ja": {
		Lang: "ja", Other: "en", OtherName: "English",
		Title: "現金受取", Sandbox: "サンドボックスATM（テスト用・本物のお金は出ません）",
		Welcome: "現金のお受け取り", WelcomeHelp: "送金のお知らせに書かれた3つの番号をご用意ください。", Start: "お受け取りを始める",
		Partner: "提携先コード", Customer: "お客さま番号", Confirmation: "確認番号", Progress: "入力の進み具合",
		PartnerHelp: "4桁の提携先コードを入力してください。", CustomerHelp: "9桁のお客さま番号を入力してください。", ConfirmationHelp: "6桁の確認番号を入力してください。",
		Enter: "確認", Correct: "訂正", Quit: "お取引をやめる", Keypad: "数字キー",
		AmountTitle: "お受け取り金額", AmountHelp: "金額をお確かめのうえ、「お受け取り」を押してください。", Register: "千円未満はレジでお受け取りください。", Take: "お受け取り", Digits: "桁",
		PaidTitle: "現金をお取りください", PaidHelp: "ご利用ありがとうございました。お取り忘れにご注意ください。",
		Receipt: "受付番号", Amount: "お受け取り金額", At: "お取扱日時", Yen: "円", End: "はじめの画面へ",
		RefusedTitle: "お取り扱いできません", Again: "はじめからやり直す",
		wrongOne: "入力された番号を確認できませんでした。お知らせの番号をもう一度お確かめください。", wrongLeft: "あと%d回まちがえると、この番号は使えなくなります。",
		locked: "番号の入力を続けてまちがえたため、この番号はロックされています。送金元に番号の再発行をご依頼ください。",
		busy:   "この番号は別のATMでお取り扱い中です。", withdrawn: "この番号の現金はお受け取り済みです。",
		cancelled: "この送金は取り消されました。送金元にお問い合わせください。", expired: "お受け取りの期限を過ぎました。送金元にお問い合わせください。",
		needDigits: "%d桁の数字を入力してください。",
	},
	"en": {
		Lang: "en", Other: "ja", OtherName: "日本語",
		Title: "Cash pickup", Sandbox: "Sandbox ATM (for tests, it pays no real money)",
		Welcome: "Receive cash", WelcomeHelp: "Have the three numbers from your notice ready.", Start: "Start",
		Partner: "Partner code", Customer: "Customer number", Confirmation: "Confirmation number", Progress: "Progress",
		PartnerHelp: "Enter the 4 digits of the partner code.", CustomerHelp: "Enter the 9 digits of the customer number.", ConfirmationHelp: "Enter the 6 digits of the confirmation number.",
		Enter: "Enter", Correct: "Clear", Quit: "Stop here", Keypad: "Keypad",
		AmountTitle: "Amount to receive", AmountHelp: "Check the amount, then press Take the cash.", Register: "The part below 1,000 yen is paid at the register.", Take: "Take the cash", Digits: " digits",
		PaidTitle: "Please take your cash", PaidHelp: "Thank you. Do not leave your cash behind.",
		Receipt: "Receipt number", Amount: "Amount received", At: "Date and time", Yen: "yen", End: "Back to the first screen",
		RefusedTitle: "This cannot be done", Again: "Start again",
		wrongOne: "The numbers could not be confirmed. Check them against your notice.", wrongLeft: "Wrong entries left before these numbers are locked: %d.",
		locked: "These numbers are locked after wrong entries. Ask the sender for new ones.",
		busy:   "These numbers are in use at another ATM.", withdrawn: "The cash for these numbers has been taken.",
		cancelled: "This remittance was called off. Ask the sender.", expired: "The time to take this cash has passed. Ask the sender.",
		needDigits: "Enter all %d digits.",
	},
}

func (w words) digits(n int) string { return fmt.Sprintf(w.needDigits, n) }

// refusal says why the machine does not pay. i is nil where no such customer
// number is out.
func (w words) refusal(i *issue, v verdict, wrongEntries int) string {
	switch {
	case v == entryLocked:
		return w.locked
	case v == entryBusy:
		return w.busy
	case v == entryOver && i.state == Withdrawn:
		return w.withdrawn
	case v == entryOver && i.state == Cancelled:
		return w.cancelled
	case v == entryOver:
		return w.expired
	case i == nil:
		return w.wrongOne
	}
	return w.wrongOne + " " + fmt.Sprintf(w.wrongLeft, wrongEntries-i.wrong)
}
