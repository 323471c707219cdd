package sandboxed

import (
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"soukin/internal/sandbox/books"
	"soukin/internal/zengin"
)

// The bank shows other banks' names in half-width kana of these lengths
// (corporate API v1.1.12, beneficiaryBankName and beneficiaryBranchName).
const (
	maxBankKana   = 30
	maxBranchKana = 15
)

// banks shows the sandbox the real banks and branches, so that it refuses what
// the bank would refuse.
type banks struct{ directory *zengin.Directory }

// Branch finds a branch by its 4-digit and 3-digit codes.
func (b banks) Branch(bankCode, branchCode string) (books.Branch, bool) {
	bank, ok := b.directory.Bank(bankCode)
	if !ok {
		return books.Branch{}, false
	}
	branch, ok := b.directory.Branch(bankCode, branchCode)
	if !ok {
		return books.Branch{}, false
	}
	return books.Branch{
		BankKana: halfWidth(bank.Kana, maxBankKana), BankKanji: bank.Name,
		BranchKana: halfWidth(branch.Kana, maxBranchKana), BranchKanji: branch.Name,
	}, true
}

// halfWidth writes katakana as the bank's wire does, dakuten as letters of
// their own, cut to a number of them.
func halfWidth(kana string, most int) string {
	narrow := width.Narrow.String(norm.NFD.String(kana))
	letters := []rune(strings.ReplaceAll(narrow, "ｰ", "-")) // banks write the long vowel as a hyphen
	return string(letters[:min(most, len(letters))])
}
