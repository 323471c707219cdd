package notify

import "soukin/remittance"

// explain tells the recipient, whose account or wallet it is, why the money could
// not be given and what to look at. remittance.Reason.Sentence speaks to the
// merchant instead, and says things such as "ask the recipient".
func explain(l remittance.Lang, r remittance.Reason, way string) (why, advice string) {
	if r == remittance.ReasonNone {
		return "", ""
	}
	e, ok := explanations[r]
	switch {
	case ok:
	case way == string(remittance.RailBank):
		e = explanations[remittance.NotCreditable]
	default:
		e = explanations[remittance.RefusedByRail]
	}
	if l == remittance.Ja {
		return e.ja.why, e.ja.advice
	}
	return e.en.why, e.en.advice
}

type explanation struct{ why, advice string }

var explanations = map[remittance.Reason]struct{ ja, en explanation }{
	remittance.NoSuchAccount: {
		explanation{"銀行から「該当する口座がない」との連絡がありました。", "支店と口座番号をご確認ください。"},
		explanation{"The bank says that there is no such account.", "Please check the branch and the account number."}},
	remittance.NameMismatch: {
		explanation{"銀行から「口座名義が一致しない」との連絡がありました。", "通帳や銀行のアプリに表示されるカナの名義をご確認ください。"},
		explanation{"The bank says that the account name does not match.", "Please check the name in kana as your passbook or banking app shows it."}},
	remittance.AccountNumberMismatch: {
		explanation{"銀行から「口座番号が一致しない」との連絡がありました。", "口座番号をご確認ください。"},
		explanation{"The bank says that the account number does not match.", "Please check the account number."}},
	remittance.AccountTypeMismatch: {
		explanation{"銀行から「預金の種類が一致しない」との連絡がありました。", "普通・当座・貯蓄の別をご確認ください。"},
		explanation{"The bank says that the account type does not match.", "Please check whether it is ordinary, current or savings."}},
	remittance.AccountClosed: {
		explanation{"銀行から「口座が解約されている」との連絡がありました。", "別の口座をご指定ください。"},
		explanation{"The bank says that the account is closed.", "Please name another account."}},
	remittance.AcceptanceError: {
		explanation{"受け取り側の銀行が振込を受け付けませんでした。", "別の口座をご指定いただくか、日をあらためてお試しください。"},
		explanation{"The receiving bank did not take the transfer.", "Please name another account, or try on another day."}},
	remittance.BadDetails: {
		explanation{"口座の情報に誤りがあり、銀行が受け付けませんでした。", "銀行、支店、口座番号、名義をご確認ください。"},
		explanation{"The bank did not take the account details.", "Please check bank, branch, account number and name."}},
	remittance.NotCreditable: {
		explanation{"銀行から「入金できない」との連絡がありました。", "口座が振込を受けられるか銀行にご確認いただくか、別の口座をご指定ください。"},
		explanation{"The bank says that it could not credit the account.", "Please ask your bank whether it can receive transfers, or name another account."}},
	remittance.WalletFull: {
		explanation{"au PAY の残高が上限（1,000,000円）を超えるためです。", "残高を使って減らしてからお試しいただくか、別の受け取り方法をご検討ください。"},
		explanation{"The au PAY balance would exceed its limit of 1,000,000 yen.", "Please use some of it first, or consider another way to receive the money."}},
	remittance.UnknownMember: {
		explanation{"ご入力の会員ナンバーが au PAY で見つかりませんでした。", "au PAY アプリに表示される会員ナンバーをご確認ください。"},
		explanation{"au PAY knows no such member number.", "Please check the number that the au PAY app shows."}},
	remittance.MemberNotVerified: {
		explanation{"au PAY の本人確認がお済みでないためです。", "au PAY アプリで本人確認をしてからお試しいただくか、別の受け取り方法をご検討ください。"},
		explanation{"The identity of the au PAY member is not verified yet.", "Please verify it in the au PAY app and try again, or consider another way."}},
	remittance.RecipientLimit: {
		explanation{"1日に受け取れる上限に達しているためです。", "明日以降にお試しいただくか、別の受け取り方法をご検討ください。"},
		explanation{"What can be received in a day has been reached.", "Please try again tomorrow, or consider another way."}},
	remittance.LoginRefused: {
		explanation{"Amazonアカウントを確認できませんでした。", "もう一度Amazonにログインしていただくか、別のアカウントでお試しください。"},
		explanation{"The Amazon account could not be confirmed.", "Please log in to Amazon again, or use another account."}},
	remittance.NumbersLocked: {
		explanation{"番号の入力が続けて間違えられたため、受取番号がロックされました。", "別の受け取り方法もお選びいただけます。"},
		explanation{"The numbers are locked after wrong entries at an ATM.", "You can also choose another way."}},
	remittance.RailMaintenance: {
		explanation{"受け取り先のサービスがメンテナンス中です。", "しばらくしてからお試しいただくか、別の受け取り方法をご検討ください。"},
		explanation{"The service that should receive it is under maintenance.", "Please try again later, or consider another way."}},
	remittance.RefusedByRail: {
		explanation{"受け取り先のサービスが受け付けませんでした。", "時間をおいてお試しいただくか、別の受け取り方法をご検討ください。"},
		explanation{"The service that should receive it did not accept it.", "Please try again later, or consider another way."}},
}
