package zengin

import (
	"slices"
	"strings"
	"sync"
)

// YuchoCode is Japan Post Bank's bank code.
const YuchoCode = "9900"

// Bank is a financial institution that takes part in Japan's clearing.
type Bank struct {
	Code string `json:"code"` // 4 digits
	Name string `json:"name"` // as people write it: 三菱UFJ銀行
	Kana string `json:"kana"` // large katakana, without "bank": ミツビシユーエフジエイ
}

// Branch is an office of a bank.
type Branch struct {
	Bank string `json:"bank"` // the bank's code
	Code string `json:"code"` // 3 digits
	Name string `json:"name"` // as in the banks' own table, without 支店: 東京営業部
	Kana string `json:"kana"` // large katakana
}

// Directory is all banks and branches of Japan on one day. It never changes
// and is safe for concurrent use. [Load] gives the one in the program.
type Directory struct {
	banks    []bankEntry // in order of their codes
	branches []Branch    // in order of bank and branch code
	byCode   map[string]int

	bankIndex   sync.Once
	indexed     []searchable
	branchIndex sync.Map // bank code → func() []searchable
}

type bankEntry struct {
	Bank
	short    string // the name without the 銀行 that fullName put back
	from, to int    // its branches
}

// Bank looks a bank up by its 4-digit code.
func (d *Directory) Bank(code string) (Bank, bool) {
	i, ok := d.byCode[code]
	if !ok {
		return Bank{}, false
	}
	return d.banks[i].Bank, true
}

// Branch looks a branch up by its bank's 4-digit and its own 3-digit code.
func (d *Directory) Branch(bank, branch string) (Branch, bool) {
	of := d.branchesOf(bank)
	i, ok := slices.BinarySearchFunc(of, branch, func(b Branch, code string) int {
		return strings.Compare(b.Code, code)
	})
	if !ok {
		return Branch{}, false
	}
	return of[i], true
}

func (d *Directory) branchesOf(bank string) []Branch {
	i, ok := d.byCode[bank]
	if !ok {
		return nil
	}
	return d.branches[d.banks[i].from:d.banks[i].to]
}

// fullName puts back the 銀行 that the banks' table leaves out. The table does
// so for banks proper (codes below 1000) and Japan Post Bank; codes 0200 to
// 0287 are funds transfer operators, and a foreign name may say "bank" itself.
func fullName(code, name string) string {
	isBank := code < "1000" && (code < "0200" || code > "0287") || code == YuchoCode
	if !isBank || strings.Contains(name, "バンク") {
		return name
	}
	return name + "銀行"
}
