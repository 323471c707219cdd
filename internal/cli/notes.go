package cli

import (
	"strings"

	"soukin/contract"
	"soukin/internal/record"
)

var noticeWords = map[contract.NoticeKind]phrase{
	contract.NoticeLink:      {"the link", "受取リンク"},
	contract.NoticeReminder:  {"the reminder", "期限前のお知らせ"},
	contract.NoticeReopened:  {"that another account is needed", "口座の再指定のお願い"},
	contract.NoticePaid:      {"that it is paid", "着金のお知らせ"},
	contract.NoticeReturned:  {"that it came back", "返金のお知らせ"},
	contract.NoticeExpired:   {"that it has expired", "期限切れのお知らせ"},
	contract.NoticeCancelled: {"that it is cancelled", "取り消しのお知らせ"},
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
	}
	return st.Note
}
