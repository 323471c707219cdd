package remittance

// Reason says why a remittance stands where it stands, or what it waits for.
// Its text is the wire form; [Reason.Sentence] tells a person what to do next.
type Reason string

// The reasons. ReasonNone is "nothing to add".
const (
	ReasonNone Reason = ""

	// What an open remittance waits for.
	WaitsForFunds      Reason = "waits_for_funds"
	WaitsForRail       Reason = "waits_for_rail"
	WaitsForApproval   Reason = "waits_for_approval"
	WaitsForFinality   Reason = "waits_for_finality"
	WaitsForEnquiry    Reason = "waits_for_enquiry"
	WaitsForCorrection Reason = "waits_for_correction"
	WaitsForOperator   Reason = "waits_for_operator"
	WaitsForRecipient  Reason = "waits_for_recipient"
	WaitsForWithdrawal Reason = "waits_for_withdrawal"

	// The seven reasons a bank gives for money that cannot be credited
	// (GMO-PG's Result_Detail 01-06 and 09).
	NoSuchAccount         Reason = "no_such_account"
	NameMismatch          Reason = "name_mismatch"
	AccountNumberMismatch Reason = "account_number_mismatch"
	AccountTypeMismatch   Reason = "account_type_mismatch"
	AccountClosed         Reason = "account_closed"
	AcceptanceError       Reason = "acceptance_error"
	NotCreditable         Reason = "not_creditable"

	// What stands between a recipient and one way of having the money.
	NumbersLocked     Reason = "numbers_locked"
	WalletFull        Reason = "wallet_full"
	UnknownMember     Reason = "unknown_member"
	MemberNotVerified Reason = "member_not_verified"
	RecipientLimit    Reason = "recipient_limit"
	LoginRefused      Reason = "login_refused"

	// Why a prepaid card takes nothing back.
	RefundWindowPassed Reason = "refund_window_passed"
	PurchaseUnknown    Reason = "purchase_unknown"
	OverPurchase       Reason = "over_purchase"
	NoPartialRefund    Reason = "no_partial_refund"

	// Other endings and refusals.
	RefusedByRail      Reason = "refused_by_rail"
	BadDetails         Reason = "bad_details"
	OverRailLimit      Reason = "over_rail_limit"
	ApprovalWithdrawn  Reason = "approval_withdrawn"
	ApprovalExpired    Reason = "approval_expired"
	Recalled           Reason = "recalled"
	CancelledByUs      Reason = "cancelled_by_merchant"
	FundingDeadline    Reason = "funding_deadline"
	RecipientDeadline  Reason = "recipient_deadline"
	DeclinedReason     Reason = "declined_by_recipient"
	RailMaintenance    Reason = "rail_maintenance"
	CredentialsRefused Reason = "credentials_refused"
	LateReturn         Reason = "late_return"
	ResolvedByOperator Reason = "resolved_by_operator"
)

// Reasons lists every reason but ReasonNone, in the order of docs/errors.md.
func Reasons() []Reason {
	out := make([]Reason, len(reasonTexts))
	for i, t := range reasonTexts {
		out[i] = t.reason
	}
	return out
}

// Correctable reports whether the same way could still succeed: with other
// details, or after the recipient has put something right.
func (r Reason) Correctable() bool {
	switch r {
	case NoSuchAccount, NameMismatch, AccountNumberMismatch, AccountTypeMismatch, AccountClosed, AcceptanceError, NotCreditable, BadDetails,
		WalletFull, UnknownMember, MemberNotVerified, RecipientLimit, LoginRefused, RailMaintenance:
		return true
	}
	return false
}

// Lang is a language people read: "ja" or "en".
type Lang string

// The languages.
const (
	Ja Lang = "ja"
	En Lang = "en"
)

// Sentence tells the reader what happened or what is awaited, and what to do
// next. Unknown reasons come back as their own code, never as an empty string.
func (r Reason) Sentence(l Lang) string {
	for _, t := range reasonTexts {
		if t.reason == r {
			if l == Ja {
				return t.ja
			}
			return t.en
		}
	}
	return string(r)
}

var reasonTexts = []struct {
	reason Reason
	ja, en string
}{
	{WaitsForFunds, "残高が足りません。入金があれば自動で再開します。", "The balance is short. It resumes by itself when funds arrive."},
	{WaitsForRail, "送金先の処理結果を待っています。操作は要りません。", "Waiting for the counterparty's answer. Nothing to do."},
	{WaitsForApproval, "銀行側の承認を待っています。銀行の画面で承認してください。", "Waiting for approval at the bank. Approve it in the bank's own screen."},
	{WaitsForFinality, "振込済みです。返金の可能性がある期間が過ぎるのを待っています。", "Executed. Waiting until the time in which it can come back has passed."},
	{WaitsForEnquiry, "結果が不明のため送金先に照会中です。再送しないでください。", "The outcome is unknown and the counterparty is being asked. Do not send it again."},
	{WaitsForCorrection, "口座情報の訂正を待っています。期限までに正しい口座を指定してください。", "Waiting for corrected account details. Name the right account before the deadline."},
	{WaitsForOperator, "自動では判断できません。運用担当者が証拠を確認して結果を登録してください。", "It cannot be decided automatically. An operator must look at the evidence and record the result."},
	{WaitsForRecipient, "受取人の手続きを待っています。期限前に自動でお知らせします。", "Waiting for the recipient. They are reminded before the deadline."},
	{WaitsForWithdrawal, "受取人がATMで現金を受け取るのを待っています。期限を過ぎると自動で取り消します。", "Waiting for the recipient to take the cash at an ATM. It is called off by itself after the deadline."},
	{NoSuchAccount, "該当する口座がありません。支店と口座番号を確認してください。", "There is no such account. Check the branch and the account number."},
	{NameMismatch, "口座名義が一致しません。通帳どおりのカナ名義を確認してください。", "The account name does not match. Check the kana name as printed in the passbook."},
	{AccountNumberMismatch, "口座番号が一致しません。口座番号を確認してください。", "The account number does not match. Check the account number."},
	{AccountTypeMismatch, "預金種目が一致しません。普通・当座・貯蓄の別を確認してください。", "The account type does not match. Check whether it is ordinary, current or savings."},
	{AccountClosed, "口座は解約されています。別の口座を指定してください。", "The account is closed. Name another account."},
	{AcceptanceError, "受取側の銀行が受け付けませんでした。別の口座を指定するか、日を改めてください。", "The receiving bank did not take it. Name another account, or try on another day."},
	{NotCreditable, "入金できませんでした。受取人に口座の状態を確認してください。", "It could not be credited. Ask the recipient about the state of the account."},
	{NumbersLocked, "番号の入力を続けて間違えたため、ATMの受取番号がロックされました。番号を再発行してください。", "The ATM numbers are locked after wrong entries. Have new numbers issued."},
	{WalletFull, "au PAY 残高の上限（1,000,000円）を超えるため入金できません。残高を減らしてからやり直すか、別の受取方法を選んでください。", "The au PAY balance would exceed its limit of 1,000,000 yen. Use some of it and try again, or choose another way."},
	{UnknownMember, "au PAY の会員ナンバーが見つかりません。アプリに表示される番号を確認してください。", "There is no such au PAY member number. Check the number shown in the app."},
	{MemberNotVerified, "au PAY の本人確認が済んでいません。アプリで本人確認をしてからやり直すか、別の受取方法を選んでください。", "The au PAY member's identity is not verified. Verify it in the app and try again, or choose another way."},
	{RecipientLimit, "受取先が1日に受け取れる上限に達しています。明日やり直すか、別の受取方法を選んでください。", "The recipient's account has reached what it may receive in a day. Try again tomorrow, or choose another way."},
	{LoginRefused, "Amazonのアカウントを確認できませんでした。もう一度ログインするか、別の受取方法を選んでください。", "The Amazon account could not be confirmed. Log in again, or choose another way."},
	{RefundWindowPassed, "プリペイドカードの返金期限を過ぎています。別の方法で返金してください。", "The time in which the prepaid card takes refunds has passed. Refund by another way."},
	{PurchaseUnknown, "発行会社に該当する購入がありません。発行会社と購入番号を確認してください。", "The issuer knows no such purchase. Check the issuer and the purchase number."},
	{OverPurchase, "返金できる残額を超えています。購入金額と返金済みの金額を確認してください。", "The amount is more than is left of the purchase to refund. Check what was paid and refunded."},
	{NoPartialRefund, "この発行会社は一部の返金を受け付けません。購入金額の全額を指定してください。", "This issuer takes no partial refunds. Order the whole amount of the purchase."},
	{RefusedByRail, "送金先が依頼を受け付けませんでした。送金先のコードを確認してください。", "The counterparty refused the instruction. Look at its code."},
	{BadDetails, "口座情報に誤りがあり、銀行が受け付けませんでした。口座情報を訂正してください。", "The bank refused the account details. Correct them."},
	{OverRailLimit, "この送金方法の上限額を超えています。金額を分けてください。", "The amount is over the limit of this way of sending. Split it."},
	{ApprovalWithdrawn, "銀行側で承認が取り下げられました。必要なら新しい送金IDで依頼してください。", "The approval was withdrawn at the bank. If still wanted, order it under a new remittance id."},
	{ApprovalExpired, "銀行側の承認期限が切れました。必要なら新しい送金IDで依頼してください。", "The time for approval at the bank ran out. If still wanted, order it under a new remittance id."},
	{Recalled, "組戻しにより資金が戻りました。受取人に連絡してください。", "The money came back by recall. Contact the recipient."},
	{CancelledByUs, "依頼元が取り消しました。操作は要りません。", "Cancelled by the merchant. Nothing to do."},
	{FundingDeadline, "期限までに入金がありませんでした。入金後に新しい送金IDで依頼してください。", "No funds arrived before the deadline. Fund the balance and order under a new remittance id."},
	{RecipientDeadline, "期限までに受取手続きがありませんでした。資金は残高に戻りました。", "The recipient did not act before the deadline. The money is in the balance again."},
	{DeclinedReason, "受取人が受け取りを辞退しました。資金は残高に戻りました。", "The recipient declined. The money is in the balance again."},
	{RailMaintenance, "送金先がメンテナンス中です。しばらくしてからやり直すか、別の受取方法を選んでください。", "The counterparty is under maintenance. Try again later, or choose another way."},
	{CredentialsRefused, "送金先が認証情報を拒否しました。運用担当者が設定を確認してください。送金は待機しています。", "The counterparty refused our credentials. An operator must check the settings; the remittance waits."},
	{LateReturn, "着金確定後に資金が戻りました。残高に戻しています。受取人に連絡してください。", "The money came back after it was final. It is in the balance again. Contact the recipient."},
	{ResolvedByOperator, "運用担当者が証拠に基づいて結果を登録しました。", "An operator recorded the result on evidence."},
}
