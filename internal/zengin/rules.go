package zengin

// Rule is a rule that an input can break. Its text is the wire form.
type Rule string

// The rules of accounts.
const (
	RuleRequired       Rule = "required"
	RuleNotDigits      Rule = "not_digits"
	RuleLength         Rule = "length"
	RuleUnknownBank    Rule = "unknown_bank"
	RuleUnknownBranch  Rule = "unknown_branch"
	RuleUnknownType    Rule = "unknown_type"
	RuleNumberTooLong  Rule = "number_too_long"
	RuleYuchoNumber    Rule = "yucho_number"     // a passbook number where the account number is asked
	RuleYuchoBranch    Rule = "yucho_branch"     // a Japan Post branch that cannot hold accounts
	RuleYuchoType      Rule = "yucho_type"       // a type the branch or symbol does not have
	RuleSymbolForm     Rule = "symbol_form"      // not a symbol
	RuleSymbolBank     Rule = "symbol_bank"      // a symbol with another bank's code
	RuleSymbolBranch   Rule = "symbol_branch"    // a symbol that leads to another branch
	RuleSymbolNoBranch Rule = "symbol_no_branch" // a symbol that leads to no branch
	RuleYuchoLastDigit Rule = "yucho_last_digit" // a passbook number that does not end in 1
)

// The rules of names.
const (
	RuleNameKanji     Rule = "name_kanji"
	RuleNameLookalike Rule = "name_lookalike" // a kanji that looks like a kana
	RuleNameCharacter Rule = "name_character"
	RuleNameInvisible Rule = "name_invisible"
	RuleNameMark      Rule = "name_stranded_mark" // ゛ or ゜ on a letter that takes none
	RuleNameTooLong   Rule = "name_too_long"
	RuleNameOnlyForm  Rule = "name_only_legal_form"
)

type ruleText struct{ ja, en, jaFix, enFix string }

var ruleTexts = map[Rule]ruleText{
	RuleRequired: {"入力がありません", "is missing",
		"入力してください", "Fill it in"},
	RuleNotDigits: {"数字以外の文字があります", "holds something other than digits",
		"数字だけで入力してください", "Write digits only"},
	RuleLength: {"{limit}桁の数字ですが、{got}桁です", "must have {limit} digits but has {got}",
		"先頭の0も含めて{limit}桁で入力してください（表計算ソフトは先頭の0を消すことがあります）", "Write all {limit} digits with the leading zeros, which spreadsheets drop"},
	RuleUnknownBank: {"この銀行コードは存在しません", "no bank has this code",
		"銀行名で検索して確認してください（合併で変わることがあります）", "Search for the bank by its name; codes change when banks merge"},
	RuleUnknownBranch: {"この銀行にこの支店コードはありません", "the bank has no branch with this code",
		"支店名で検索して確認してください（統廃合で変わることがあります）", "Search for the branch by its name; codes change when branches merge"},
	RuleUnknownType: {"預金種目が正しくありません", "is not an account type",
		"1（普通）、2（当座）、4（貯蓄）、9（その他）のいずれかを指定してください", "Write 1 (ordinary), 2 (current), 4 (savings) or 9 (other)"},
	RuleNumberTooLong: {"口座番号は{limit}桁までですが、{got}桁あります", "may have {limit} digits but has {got}",
		"通帳の口座番号を確認してください", "Check the account number in the passbook"},
	RuleYuchoNumber: {"ゆうちょ銀行の通帳の番号（8桁）のようです", "looks like the 8-digit number of a Japan Post passbook",
		"記号と番号を入力するか、末尾の1を除いた振込用の口座番号を入力してください", "Give symbol and number, or the account number for transfers, which lacks the final 1"},
	RuleYuchoBranch: {"ゆうちょ銀行の支店コードは末尾が8か9です", "a Japan Post branch code ends in 8 or 9",
		"振込用の店番を確認するか、記号と番号を入力してください", "Check the branch code for transfers, or give symbol and number"},
	RuleYuchoType: {"この口座の預金種目と合いません", "does not fit this account",
		"ゆうちょ銀行では店番の末尾が8（記号が1で始まる）なら普通か貯蓄、9（0で始まる）なら当座です", "At Japan Post Bank a branch ending in 8 (symbol 1…) is ordinary or savings, one ending in 9 (symbol 0…) is current"},
	RuleSymbolForm: {"記号は1か0で始まる5桁の数字です", "a symbol has 5 digits and begins with 1 or 0",
		"通帳の記号を確認してください", "Check the symbol in the passbook"},
	RuleSymbolBank: {"記号はゆうちょ銀行（9900）だけで使います", "only Japan Post Bank (9900) uses symbols",
		"記号を消すか、銀行コードを9900にしてください", "Remove the symbol, or make the bank code 9900"},
	RuleSymbolBranch: {"記号から求めた店番と支店コードが違います", "the symbol leads to another branch than the branch code says",
		"記号と番号だけを入力し、支店コードは空にしてください", "Give symbol and number only and leave the branch code empty"},
	RuleSymbolNoBranch: {"この記号に当たる店番がありません", "no branch belongs to this symbol",
		"通帳の記号を確認してください", "Check the symbol in the passbook"},
	RuleYuchoLastDigit: {"番号の末尾が1ではありません", "does not end in 1",
		"通帳の番号を末尾の1まで入力してください", "Write the number as in the passbook with its final 1"},
	RuleNameKanji: {"銀行は漢字の名義を扱いません", "banks do not keep kanji names",
		"通帳の表紙の裏などにあるカタカナの読みで書いてください", "Write the reading in katakana, as printed in the passbook"},
	RuleNameLookalike: {"カナに似た漢字です", "is a kanji that looks like a kana",
		"カタカナで書いてください", "Write the katakana letter"},
	RuleNameCharacter: {"口座名義に使えない文字です", "cannot be in an account name",
		"取り除くか、カタカナ・英大文字・数字で書いてください", "Leave it out, or write it in katakana, A-Z or digits"},
	RuleNameInvisible: {"見えない文字があります", "is an invisible character",
		"その位置の文字を消して入力し直してください", "Delete what stands there and type it again"},
	RuleNameMark: {"濁点・半濁点が付かない位置にあります", "is a voicing mark on a letter that takes none",
		"濁点・半濁点を消すか、直前の文字を確認してください", "Remove the mark, or check the letter before it"},
	RuleNameTooLong: {"{limit}文字までですが、銀行の数え方（濁点も1文字）で{got}文字あります", "may have {limit} letters but has {got} as banks count them, a voicing mark being one",
		"先頭から{limit}文字までを入力してください", "Give the first {limit} letters"},
	RuleNameOnlyForm: {"法人の種類だけで名前がありません", "holds a legal form and no name",
		"法人の名前も書いてください", "Write the name of the company as well"},
}
