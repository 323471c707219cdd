package notify

import "soukin/remittance"

// explain tells the recipient, who owns the account, why it could not be
// credited and what to look at. remittance.Reason.Sentence speaks to the
// merchant instead, and says things such as "ask the recipient".
func explain(l remittance.Lang, r remittance.Reason) (why, advice string) {
	if r == remittance.ReasonNone {
		return "", ""
	}
	e, ok := explanations[r]
	if !ok {
		e = explanations[remittance.NotCreditable]
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
}
