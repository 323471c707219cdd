package orders

// Rule is what a request broke. Its text is the wire form. The rules of account
// details are those of package zengin, under the same names.
type Rule string

// The rules.
const (
	RuleRemittanceID Rule = "remittance_id_form"
	RuleMerchantID   Rule = "merchant_form"
	RulePattern      Rule = "unknown_pattern"
	RuleAmountForm   Rule = "amount_form"
	RuleOverLegalCap Rule = "over_legal_cap"
	RuleOverRailCap  Rule = "over_rail_cap"
	RuleAccountID    Rule = "account_form"
	RuleTwoPayees    Rule = "two_payees"
	RuleTwoNumbers   Rule = "two_numbers"
	RuleNoSymbol     Rule = "jp_number_without_symbol"
	RuleLabelLong    Rule = "label_too_long"
	RuleEvidence     Rule = "evidence_missing"
	RuleItem         Rule = "item_form"
	RuleList         Rule = "list_form"

	RulePayeeGiven     Rule = "payee_not_wanted"
	RuleRecipientGiven Rule = "recipient_not_wanted"
	RuleEmail          Rule = "email_form"
	RulePhone          Rule = "phone_form"
	RuleLang           Rule = "unknown_language"
	RulePurpose        Rule = "purpose_form"
	RuleCode           Rule = "code_form"
	RuleExpiresDays    Rule = "expires_days_form"
	RuleUntil          Rule = "until_form"

	RuleUnknownColumn  Rule = "unknown_column"
	RuleRepeatedColumn Rule = "repeated_column"
	RuleMissingColumn  Rule = "missing_column"
	RuleEmptyFile      Rule = "empty_file"
	RuleLargeFile      Rule = "large_file"
	RuleEncoding       Rule = "unknown_encoding"
	RuleRowLength      Rule = "row_length"
	RuleRowQuotes      Rule = "row_quotes"
	RuleDuplicateRow   Rule = "duplicate_in_file"
	RuleExpectation    Rule = "unknown_expectation"

	RuleNoRemittance   Rule = "unknown_remittance"
	RuleNoMerchant     Rule = "unknown_merchant"
	RuleNoAccount      Rule = "unknown_account"
	RuleDeletedAccount Rule = "deleted_account"
	RuleNoLink         Rule = "no_link"

	RuleOtherBody    Rule = "other_body"
	RuleSpentID      Rule = "spent_id"
	RuleAccountInUse Rule = "account_in_use"
	RuleOtherFunding Rule = "other_funding"
	RuleMayNotShow   Rule = "link_may_not_be_shown"
	RuleNoContact    Rule = "no_contact"

	RuleCancelTooLate  Rule = "too_late_to_cancel"
	RuleCorrectTooLate Rule = "too_late_to_correct"
	RuleResolveTooLate Rule = "nothing_to_resolve"
	RuleLinkTooLate    Rule = "link_does_not_wait"
	RuleNotPaid        Rule = "not_paid"

	RuleNoAnswer   Rule = "no_answer"
	RuleNoWorkflow Rule = "no_workflow"
	RuleDatabase   Rule = "database"
)

type ruleEntry struct {
	code      Code
	what, fix Text
}

// Rules lists the rules of this package in the order of docs/errors.md.
func Rules() []Rule {
	return []Rule{
		RuleRemittanceID, RuleMerchantID, RulePattern, RuleAmountForm, RuleOverLegalCap, RuleOverRailCap, RuleAccountID, RuleTwoPayees,
		RuleTwoNumbers, RuleNoSymbol, RuleLabelLong, RuleEvidence, RuleItem, RuleList,
		RulePayeeGiven, RuleRecipientGiven, RuleEmail, RulePhone, RuleLang, RulePurpose, RuleCode, RuleExpiresDays, RuleUntil,
		RuleUnknownColumn, RuleRepeatedColumn, RuleMissingColumn, RuleEmptyFile, RuleLargeFile, RuleEncoding, RuleRowLength, RuleRowQuotes,
		RuleDuplicateRow, RuleExpectation,
		RuleNoRemittance, RuleNoMerchant, RuleNoAccount, RuleDeletedAccount, RuleNoLink,
		RuleOtherBody, RuleSpentID, RuleAccountInUse, RuleOtherFunding, RuleMayNotShow, RuleNoContact,
		RuleCancelTooLate, RuleCorrectTooLate, RuleResolveTooLate, RuleLinkTooLate, RuleNotPaid,
		RuleNoAnswer, RuleNoWorkflow, RuleDatabase,
	}
}

// In sentences {…} stands for what was given or what is allowed.
var catalogue = map[Rule]ruleEntry{
	RuleRemittanceID: {CodeValidation,
		Text{"送金IDの形式が正しくありません。", "The remittance_id is not of the right form."},
		Text{"半角英数字とハイフンで1〜27文字にしてください。", "Use 1 to 27 of A-Z, a-z, 0-9 and the hyphen."}},
	RuleMerchantID: {CodeValidation,
		Text{"加盟店IDの形式が正しくありません。", "The merchant id is not of the right form."},
		Text{"半角英小文字・数字・ハイフンで1〜20文字、先頭は英数字にしてください。", "Use 1 to 20 of a-z, 0-9 and the hyphen, beginning with a letter or digit."}},
	RulePattern: {CodeValidation,
		Text{"送金方法「{value}」はありません。", "There is no pattern {value}."},
		Text{"{list} のいずれかを指定するか、空にしてください。", "Use one of {list}, or leave it empty."}},
	RuleAmountForm: {CodeValidation,
		Text{"金額が正しくありません。", "The amount is not a whole number of yen above zero."},
		Text{"1円以上の整数で、12345 または 12,345 のように書いてください。", "Write it as in 12345 or 12,345."}},
	RuleOverLegalCap: {CodeValidation,
		Text{"金額が法律の上限{limit}円を超えています。", "The amount is over the legal limit of {limit} yen for one remittance."},
		Text{"分けて、それぞれ別の送金IDで依頼してください。", "Split it and order the parts under ids of their own."}},
	RuleOverRailCap: {CodeValidation,
		Text{"金額がこの送金方法の上限{limit}円を超えています。", "The amount is over the limit of {limit} yen for this way of sending."},
		Text{"分けて、それぞれ別の送金IDで依頼してください。", "Split it and order the parts under ids of their own."}},
	RuleAccountID: {CodeValidation,
		Text{"口座IDの形式が正しくありません。", "The account id is not of the right form."},
		Text{"acc_ で始まる30文字のIDを、口座の一覧から写してください。", "Copy the id from the list of accounts: acc_ and 26 more characters."}},
	RuleTwoPayees: {CodeValidation,
		Text{"口座IDと口座情報の両方があります。", "Both an account id and account details are given."},
		Text{"どちらか一方だけにしてください。", "Give one of the two."}},
	RuleTwoNumbers: {CodeValidation,
		Text{"口座番号とゆうちょ銀行の番号の両方があります。", "Both an account number and a Japan Post number are given."},
		Text{"記号を使うときは jp_number だけ、使わないときは number だけにしてください。", "Give jp_number with a symbol, else number."}},
	RuleNoSymbol: {CodeValidation,
		Text{"ゆうちょ銀行の番号に記号がありません。", "A Japan Post number is given without its symbol."},
		Text{"通帳の記号（5桁）を symbol に書いてください。", "Give the symbol of 5 digits from the passbook as well."}},
	RuleLabelLong: {CodeValidation,
		Text{"名前が長すぎます。", "The label is too long."},
		Text{"{limit}文字までにしてください。", "Use at most {limit} characters."}},
	RuleEvidence: {CodeValidation,
		Text{"証拠が書かれていません。", "The evidence is missing."},
		Text{"何をどこで確認したかを書いてください（例：11/20の入出金明細の12件目）。受取人の名前は書かないでください。",
			"Say what you saw and where, as in \"bank statement 2026-11-20, item 12\". Do not name the recipient."}},
	RuleItem: {CodeValidation,
		Text{"入金明細のキーの形式が正しくありません。", "The key of the statement item is not of the right form."},
		Text{"銀行の明細のキーを半角英数字と . _ : - で1〜64文字で指定してください。", "Use the bank's own key of the item, 1 to 64 of A-Z, a-z, 0-9 and . _ : -"}},
	RuleList: {CodeValidation,
		Text{"一覧の条件が正しくありません（{value}）。", "The list cannot be made: {value}."},
		Text{"日付は 2026-11-21 の形、件数は1〜{limit}、続きのカーソルは前のページのものを使ってください。",
			"Write days as in 2026-11-21, ask for 1 to {limit} rows, and use the cursor that a page gave."}},

	RulePayeeGiven: {CodeValidation,
		Text{"受取人が口座を指定する送金（account-link）に口座情報があります。", "Account details are given, but in account-link the recipient names the account."},
		Text{"口座の項目を空にするか、pattern を bank-transfer にしてください。", "Leave the account out, or use the pattern bank-transfer."}},
	RuleRecipientGiven: {CodeValidation,
		Text{"口座を指定する送金（bank-transfer）に、受取人への案内の項目（{value}）があります。", "The recipient's {value} is given, but in bank-transfer nobody is asked."},
		Text{"その項目を空にするか、pattern を account-link にしてください。", "Leave it out, or use the pattern account-link."}},
	RuleEmail: {CodeValidation,
		Text{"メールアドレスの形式が正しくありません。", "The e-mail address is not of the right form."},
		Text{"name@example.jp の形で、半角で書いてください。", "Write it as in name@example.jp, in ASCII."}},
	RulePhone: {CodeValidation,
		Text{"電話番号の形式が正しくありません。", "The telephone number is not of the right form."},
		Text{"SMSを受け取れる携帯電話の番号（例：090-1234-5678）か、国際番号（例：+14155550123）にしてください。",
			"Use a mobile number as 090-1234-5678, or an international one as +14155550123."}},
	RuleLang: {CodeValidation,
		Text{"言語「{value}」は使えません。", "There is no language {value}."},
		Text{"ja か en にするか、空にしてください（ja になります）。", "Use ja or en, or leave it empty for ja."}},
	RulePurpose: {CodeValidation,
		Text{"送金の理由が長すぎるか、改行があります。", "The purpose is too long or has a line break."},
		Text{"{limit}文字までの1行にしてください。受取人の名前は書かないでください。", "Use one line of at most {limit} characters. Do not name the recipient."}},
	RuleCode: {CodeValidation,
		Text{"認証コードが正しくありません。", "The auth code is not of the right form."},
		Text{"コードは空白とハイフンを除いて4〜64文字、名前は1行で40文字までにしてください。", "Use 4 to 64 characters for the code, not counting spaces and hyphens, and at most 40 in one line for its label."}},
	RuleExpiresDays: {CodeValidation,
		Text{"受取期限の日数が正しくありません。", "The days until the link expires are not right."},
		Text{"1〜{limit}の整数にしてください。", "Use a whole number from 1 to {limit}."}},
	RuleUntil: {CodeValidation,
		Text{"新しい期限が正しくありません。", "The new deadline is not right."},
		Text{"今の期限より後で、依頼から1年以内の日時にしてください。", "Choose an instant after the present deadline and within a year of the order."}},

	RuleUnknownColumn: {CodeValidation,
		Text{"列「{value}」は知らない列です。", "The column {value} is not known."},
		Text{"使える列は {list} です。", "The columns are {list}."}},
	RuleRepeatedColumn: {CodeValidation,
		Text{"列「{value}」が2回あります。", "The column {value} is there twice."},
		Text{"どちらかを消してください。", "Remove one of the two."}},
	RuleMissingColumn: {CodeValidation,
		Text{"列「{value}」がありません。", "The column {value} is missing."},
		Text{"1行目に列の名前を書いてください。使える列は {list} です。", "Name the columns in the first line. They are {list}."}},
	RuleEmptyFile: {CodeValidation,
		Text{"ファイルが空です。", "The file is empty."},
		Text{"1行目に列の名前、2行目から送金を1行に1件書いてください。", "Name the columns in the first line and write one remittance a line below."}},
	RuleLargeFile: {CodeValidation,
		Text{"ファイルが大きすぎます。", "The file is too large."},
		Text{"{limit}MBまでのファイルに分けてください。", "Split it into files of at most {limit} MB."}},
	RuleEncoding: {CodeValidation,
		Text{"文字コードがUTF-8でもShift_JISでもありません。", "The file is in neither UTF-8 nor Shift_JIS."},
		Text{"「CSV UTF-8」で保存し直してください。", "Save it again as \"CSV UTF-8\"."}},
	RuleRowLength: {CodeValidation,
		Text{"列の数が{got}で、1行目の{limit}と違います。", "The row has {got} columns, the first line has {limit}."},
		Text{"余分なカンマや足りない列がないか確認してください。", "Look for a comma too many or a column left out."}},
	RuleRowQuotes: {CodeValidation,
		Text{"引用符（\"）が正しく閉じられていません。", "A quotation mark is not closed."},
		Text{"引用符を消すか、\"\" と二つ重ねて書いてください。", "Remove the mark, or write it twice inside a quoted field."}},
	RuleDuplicateRow: {CodeValidation,
		Text{"同じ送金IDが{line}行目にもあります。", "The same remittance_id is on line {line} as well."},
		Text{"それぞれ別の送金IDにするか、片方を消してください。", "Give each an id of its own, or remove one."}},
	RuleExpectation: {CodeValidation,
		Text{"期待する結果「{value}」はありません。", "There is no outcome {value} to expect."},
		Text{"{list} のいずれかにするか、空にしてください。", "Use one of {list}, or leave it empty."}},

	RuleNoRemittance: {CodeNotFound,
		Text{"この送金はありません。", "There is no such remittance."},
		Text{"加盟店IDと送金IDを確認してください（大文字と小文字は区別されます）。", "Check the merchant and the remittance_id; capitals matter."}},
	RuleNoMerchant: {CodeNotFound,
		Text{"加盟店「{value}」は登録されていません。", "There is no merchant {value}."},
		Text{"加盟店IDを確認するか、先に登録してください。", "Check the id, or add the merchant first."}},
	RuleNoAccount: {CodeNotFound,
		Text{"この加盟店にこの口座IDはありません。", "This merchant has no account of this id."},
		Text{"口座の一覧でIDを確認してください。", "Look the id up in the list of accounts."}},
	RuleDeletedAccount: {CodeNotFound,
		Text{"この口座は削除されています。", "This account has been deleted."},
		Text{"口座を登録し直し、新しい口座IDを使ってください。", "Add the account again and use its new id."}},
	RuleNoLink: {CodeNotFound,
		Text{"この送金に受取リンクはありません。", "This remittance has no link."},
		Text{"受取人が口座を指定する送金（account-link）か確認してください。", "Check that its pattern is account-link."}},

	RuleOtherBody: {CodeConflict,
		Text{"この送金IDは内容の違う依頼で使われています。", "This remittance_id is taken by an order with another body."},
		Text{"前の依頼を確認し、別の送金なら新しい送金IDを使ってください。", "Look at the earlier order; if this is another remittance, give it a new id."}},
	RuleSpentID: {CodeConflict,
		Text{"この送金IDは記録できなかった依頼で使われました。", "This remittance_id was used by an order that could not be recorded."},
		Text{"お金は動いていません。新しい送金IDで依頼してください。", "No money moved. Order under a new id."}},
	RuleAccountInUse: {CodeConflict,
		Text{"この口座は終わっていない送金 {value} で使われています。", "The account is used by the open remittance {value}."},
		Text{"その送金が終わってから削除してください。", "Delete it when that remittance has ended."}},
	RuleOtherFunding: {CodeConflict,
		Text{"この入金明細は別の金額で記帳済みです。", "This statement item has been booked with another amount."},
		Text{"銀行の明細を確認してください。同じ明細は一度しか記帳されません。", "Check the bank's statement; an item counts once."}},
	RuleMayNotShow: {CodeConflict,
		Text{"この加盟店の設定では、受取リンクを表示できません。", "The merchant's settings do not allow a link to be shown."},
		Text{"リンクを見た人は受取人として手続きできます。必要なら加盟店の設定を変えてください。", "Whoever reads a link can act as the recipient. Change the merchant's settings if it must be."}},
	RuleNoContact: {CodeConflict,
		Text{"この送金には案内を送る連絡先がありません。", "This remittance has no contact to send to."},
		Text{"連絡先を登録するか、リンクを表示して自分で渡してください。", "Give it a contact, or have the link shown and hand it over."}},

	RuleCancelTooLate: {CodeTooLate,
		Text{"状態が {status} なので取り消せません。", "It is {status} and cannot be cancelled."},
		Text{"checking の間は結果が分かってからもう一度試してください。それ以外は受取人との間で精算してください。",
			"While it is checking, try again when the outcome is known; otherwise settle it with the recipient."}},
	RuleCorrectTooLate: {CodeTooLate,
		Text{"状態が {status} なので口座を訂正できません。", "It is {status} and does not wait for a correction."},
		Text{"訂正を待っている間（returned）だけ訂正できます。必要なら新しい送金IDで依頼してください。",
			"Details can be corrected while it is returned and waits for them. If still wanted, order under a new id."}},
	RuleResolveTooLate: {CodeTooLate,
		Text{"状態が {status} で、結果に疑いはありません。", "It is {status} and its outcome is not in question."},
		Text{"結果の登録は checking か、確認が必要な processing のときだけできます。", "A result can be recorded while it is checking, or processing and marked for attention."}},
	RuleLinkTooLate: {CodeTooLate,
		Text{"状態が {status} で、受取人の手続きを待っていません。", "It is {status} and does not wait for its recipient."},
		Text{"リンクに関する操作は awaiting_recipient の間だけできます。", "Links can be changed while it is awaiting_recipient."}},
	RuleNotPaid: {CodeTooLate,
		Text{"状態が {status} なので、着金確定後の返金は登録できません。", "It is {status}, so a return after the end cannot be recorded."},
		Text{"着金が確定した送金（paid）だけ登録できます。それ以外の返金は自動で記帳されます。", "Only paid remittances can come back late; other returns are booked by themselves."}},

	RuleNoAnswer: {CodeUnavailable,
		Text{"処理基盤（Temporal）から応答がありません。受け付けられた可能性があります。", "Temporal did not answer. The request may have been taken."},
		Text{"同じ内容でもう一度送ってください。同じ送金IDで二重に送金されることはありません。", "Send the same request again; the same id is never paid twice."}},
	RuleNoWorkflow: {CodeUnavailable,
		Text{"この送金は終わっていませんが、処理が動いていません。", "The remittance has not ended, but no workflow runs it."},
		Text{"運用担当者に連絡してください。資金は記帳どおりに保たれています。", "Tell an operator. The money stays where the books say."}},
	RuleDatabase: {CodeUnavailable,
		Text{"データベースから応答がありません。", "Our own database did not answer."},
		Text{"しばらくして同じ内容でもう一度送ってください。", "Send the same request again in a moment."}},
}

// Describe gives a rule's code and its sentences, in which {…} stands for what
// was given or what is allowed.
func Describe(r Rule) (code Code, what, fix Text) {
	e := catalogue[r]
	return e.code, e.what, e.fix
}
