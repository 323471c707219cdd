package zengin

import "strings"

// Japan Post Bank prints a symbol (記号, 5 digits) and a number (番号, up to 8)
// in its passbooks; other banks send to a branch and an account number made of
// them. The rules are those of the bank's page "conversion from symbol and
// number to branch name, deposit type and account number for transfers".

// SymbolToAccount converts symbol and number to branch, account number and
// type. A symbol that begins with 1 belongs to an ordinary account (or to a
// savings account, which has the same branch and number): the branch is its
// second and third digit and 8, the account number is the number without its
// last digit, which is always 1. A symbol that begins with 0 belongs to a
// transfer account, a current one: the branch ends in 9 and the number is the
// account number. Both inputs are digits, in any width, with or without spaces
// and hyphens; the single digit that may stand between symbol and number is
// ignored behind the symbol ("12340-2"). The error is a [FieldError].
func SymbolToAccount(symbol, number string) (branch, account string, kind AccountType, err error) {
	s, err := parseSymbol(symbol)
	if err != nil {
		return "", "", 0, err
	}
	digits, err := parseNumber(number)
	if err != nil {
		return "", "", 0, err
	}
	if s[0] == '0' {
		if len(digits) > accountDigits {
			return "", "", 0, &FieldError{Field: FieldNumber, Rule: RuleNumberTooLong, Limit: accountDigits, Got: len(digits)}
		}
		return s[1:3] + "9", pad(digits), Current, nil
	}
	if len(digits) > accountDigits+1 {
		return "", "", 0, &FieldError{Field: FieldNumber, Rule: RuleNumberTooLong, Limit: accountDigits + 1, Got: len(digits)}
	}
	account, ok := strings.CutSuffix(digits, "1")
	if !ok {
		return "", "", 0, &FieldError{Field: FieldNumber, Rule: RuleYuchoLastDigit}
	}
	return s[1:3] + "8", pad(account), Ordinary, nil
}

// AccountToSymbol is the way back, for showing a recipient the passbook's
// numbers: the symbol and the number, without leading zeros. The digits of the
// symbol that the branch does not hold are its fourth, a check digit, and its
// fifth, 0; the bank does not publish the check digit's rule (see
// symbolCheckDigit), so use the symbol for display only. The error is a
// [FieldError].
func AccountToSymbol(branch, account string) (symbol, number string, err error) {
	if !allDigits(branch) || len(branch) != 3 || branch[2] != '8' && branch[2] != '9' {
		return "", "", &FieldError{Field: FieldBranch, Rule: RuleYuchoBranch, Text: branch}
	}
	if !allDigits(account) {
		return "", "", &FieldError{Field: FieldNumber, Rule: RuleNotDigits}
	}
	if len(account) != accountDigits {
		return "", "", &FieldError{Field: FieldNumber, Rule: RuleLength, Limit: accountDigits, Got: len(account)}
	}
	first, number := "1", account+"1"
	if branch[2] == '9' {
		first, number = "0", account
	}
	number = strings.TrimLeft(number, "0")
	symbol = first + branch[:2] + "00"
	return symbol[:3] + string('0'+symbolCheckDigit(symbol, number)) + "0", number, nil
}

// symbolFits reports whether a symbol looks as the bank gives it: it ends in 0
// and its check digit fits the number.
func symbolFits(symbol, number string) bool {
	return symbol[4] == '0' && symbol[3] == '0'+symbolCheckDigit(symbol, number)
}

// symbolCheckDigit computes the fourth digit of a symbol: the digits of symbol
// (its fourth taken as 0) and number (padded to 8) in threes, weighted 1, 3
// and 2, a product of the last kind above 9 losing 9, summed modulo 10. The
// bank does not publish this. It holds for every account that could be compared,
// those that organisations publish for donations, and is used for advice and
// display, never to refuse.
func symbolCheckDigit(symbol, number string) byte {
	digits := symbol[:3] + "0" + symbol[4:] + strings.Repeat("0", max(0, 8-len(number))) + number
	sum := 0
	for i := range len(digits) {
		d := int(digits[i] - '0')
		switch i % 3 {
		case 1:
			d *= 3
		case 2:
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte(sum % 10)
}

func parseSymbol(s string) (string, error) {
	symbol, middle, _ := strings.Cut(plainDigits(s), "-")
	if len(symbol) != 5 || !allDigits(symbol) || symbol[0] > '1' || middle != "" && (len(middle) != 1 || !allDigits(middle)) {
		return "", &FieldError{Field: FieldSymbol, Rule: RuleSymbolForm}
	}
	return symbol, nil
}

func parseNumber(s string) (string, error) {
	digits := strings.ReplaceAll(plainDigits(s), "-", "")
	if digits == "" {
		return "", &FieldError{Field: FieldNumber, Rule: RuleRequired}
	}
	if !allDigits(digits) {
		return "", &FieldError{Field: FieldNumber, Rule: RuleNotDigits}
	}
	return digits, nil
}

// pad fills with zeros on the left to the 7 digits of transfers.
func pad(digits string) string {
	return strings.Repeat("0", max(0, accountDigits-len(digits))) + digits
}
