package cli

import (
	"strings"

	"soukin/contract"
	"soukin/internal/record"
)

var noticeWords = map[contract.NoticeKind]phrase{
	contract.NoticeLink:      {"the link", "受取リンク"},
	contract.NoticeReminder:  {"the reminder", "期限前のお知らせ"},
	contract.NoticeReopened:  {"that something must be done again", "再手続きのお願い"},
	contract.NoticePaid:      {"that it is paid", "受取完了のお知らせ"},
	contract.NoticeReturned:  {"that it came back", "返金のお知らせ"},
	contract.NoticeExpired:   {"that it has expired", "期限切れのお知らせ"},
	contract.NoticeCancelled: {"that it is cancelled", "取り消しのお知らせ"},
	contract.NoticeNumbers:   {"where the ATM numbers are", "ATMの受取番号のご案内"},
	contract.NoticeLocked:    {"that the ATM numbers are locked", "受取番号のロックのお知らせ"},
}

// notedWords says what happened besides a change of status. A note that is not
// known is shown as it is written.
func (s *session) notedWords(st record.Step) string {
	what, kind, _ := strings.Cut(st.Note, ":")
	notice, known := noticeWords[contract.NoticeKind(kind)]
	switch {
	case what == "notice_sent" && known:
		return s.sayf(phrase{"The recipient was told: %s.", "受取人に送信しました: %s"}, s.say(notice))
	case what == "notice_failed" && known:
		return s.sayf(phrase{"The recipient could NOT be told: %s. Check the address; starter contact or starter resend tries again.",
			"受取人に送信できませんでした: %s。宛先を確認し、starter contact または starter resend で送り直してください。"}, s.say(notice))
	case what == "deadline_extended":
		return s.sayf(phrase{"The deadline is now %s.", "期限を %s に延ばしました。"}, until(st.Deadline))
	case what == "contact_changed":
		return s.say(phrase{"The link goes to another address; earlier links have ended.", "リンクの宛先を変えました。以前のリンクは無効です。"})
	case what == "numbers_reissued":
		return s.say(phrase{"New ATM numbers were issued; the old ones have ended.", "ATMの受取番号を再発行しました。以前の番号は無効です。"})
	case what == "numbers_not_reissued":
		return s.say(phrase{"No new ATM numbers were issued; it can be tried again.", "ATMの受取番号は再発行されませんでした。もう一度お試しいただけます。"})
	case what == "cancel_not_confirmed":
		return s.say(phrase{"The cancel was not confirmed; it can be tried again.", "取消を確認できませんでした。もう一度お試しいただけます。"})
	case what == "numbers_not_ended":
		return s.say(phrase{"The ATM network did not confirm that the numbers have ended. It is asked again; look at it if this stays.", "ATMの番号の失効を確認できませんでした。自動で照会を続けます。解消しない場合は確認してください。"})
	}
	return st.Note
}
