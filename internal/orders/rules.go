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

	RuleRails          Rule = "rails_form"
	RuleRailsGiven     Rule = "rails_not_wanted"
	RuleNoRail         Rule = "rail_not_set_up"
	RuleGiftForm       Rule = "unknown_gift_form"
	RuleGiftFormGiven  Rule = "gift_form_not_wanted"
	RuleThousands      Rule = "thousands_only"
	RulePurchaseGiven  Rule = "purchase_not_wanted"
	RuleIssuer         Rule = "unknown_issuer"
	RulePurchase       Rule = "purchase_form"
	RulePurchasedOn    Rule = "purchased_on_form"
	RulePurchaseFuture Rule = "purchase_in_future"
	RulePurchaseAmount Rule = "purchase_amount_form"
	RuleWindowPassed   Rule = "refund_window_passed"
	RuleOverPurchase   Rule = "over_purchase"
	RuleNoPartial      Rule = "no_partial_refund"
	RuleMember         Rule = "member_form"
	RuleNoLogin        Rule = "amazon_login_missing"

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
	RuleNoNumbers      Rule = "no_numbers"

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
	RuleNoWay          Rule = "way_not_offered"
	RuleNumbersOut     Rule = "numbers_are_out"
	RuleReissueTooLate Rule = "nothing_to_reissue"
	RuleNotPaid        Rule = "not_paid"

	RuleNoAnswer   Rule = "no_answer"
	RuleRailAway   Rule = "rail_no_answer"
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
		RuleRails, RuleRailsGiven, RuleNoRail, RuleGiftForm, RuleGiftFormGiven, RuleThousands,
		RulePurchaseGiven, RuleIssuer, RulePurchase, RulePurchasedOn, RulePurchaseFuture, RulePurchaseAmount, RuleWindowPassed, RuleOverPurchase, RuleNoPartial,
		RuleMember, RuleNoLogin,
		RuleUnknownColumn, RuleRepeatedColumn, RuleMissingColumn, RuleEmptyFile, RuleLargeFile, RuleEncoding, RuleRowLength, RuleRowQuotes,
		RuleDuplicateRow, RuleExpectation,
		RuleNoRemittance, RuleNoMerchant, RuleNoAccount, RuleDeletedAccount, RuleNoLink, RuleNoNumbers,
		RuleOtherBody, RuleSpentID, RuleAccountInUse, RuleOtherFunding, RuleMayNotShow, RuleNoContact,
		RuleCancelTooLate, RuleCorrectTooLate, RuleResolveTooLate, RuleLinkTooLate, RuleNoWay, RuleNumbersOut, RuleReissueTooLate, RuleNotPaid,
		RuleNoAnswer, RuleRailAway, RuleNoWorkflow, RuleDatabase,
	}
}

// Describe gives a rule's code and its sentences, in which {…} stands for what
// was given or what is allowed.
func Describe(r Rule) (code Code, what, fix Text) {
	e := catalogue[r]
	return e.code, e.what, e.fix
}
