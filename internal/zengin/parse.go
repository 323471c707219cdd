package zengin

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Input is what a person typed about a payee's account. Digits and letters may
// have any width.
type Input struct {
	Bank   string // 4 digits; may be empty with a Symbol
	Branch string // 3 digits; empty with a Symbol
	Type   string // see [ParseAccountType]; may be empty with a Symbol
	Number string // account number, or with a Symbol the passbook's number
	Symbol string // Japan Post Bank only: the passbook's symbol
	Name   string // see [Charset.Normalize]

	Charset   Charset // the rail's letters; zero means CharsetTransfer
	NameLimit int     // the rail's length of a name; zero means LimitTransfer
}

// Format is masked for every verb: what a person typed is personal data before
// it is an account.
func (in Input) Format(f fmt.State, _ rune) { fmt.Fprint(f, "account as typed") }

// LogValue is masked.
func (in Input) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(in)) }

// ParseAccount checks a payee's account against the directory of banks and
// brings it to the form that rails take: number padded to 7 digits, Japan Post
// symbol and number converted, name normalized. Notices say what was changed,
// in order of the fields; a page shows them before anything is sent. Codes are
// never completed: 4 digits of a bank code with one missing could be another
// bank's.
//
// The error is [FieldErrors] with every fault of every field; a damaged
// program gives the error of [Load].
func ParseAccount(in Input) (PayeeAccount, []Notice, error) {
	d, err := Load()
	if err != nil {
		return PayeeAccount{}, nil, err
	}
	p := parser{directory: d}
	if strings.TrimSpace(in.Symbol) != "" {
		p.symbol(in)
	} else {
		p.transferAccount(in)
	}
	p.name(in)
	if err := p.faults.orNil(); err != nil {
		return PayeeAccount{}, nil, err
	}
	return p.account, p.notices, nil
}

type parser struct {
	directory *Directory
	account   PayeeAccount
	notices   []Notice
	faults    FieldErrors
}

func (p *parser) transferAccount(in Input) {
	p.account.bank = p.code(FieldBank, in.Bank, 4)
	known := p.bankExists()
	p.account.branch = p.code(FieldBranch, in.Branch, 3)
	if known && p.account.branch != "" && !p.branchExists() {
		p.fault(&FieldError{Field: FieldBranch, Rule: RuleUnknownBranch, Text: p.account.branch})
	}
	p.account.kind = p.kind(in.Type)
	p.number(in.Number)
	if p.account.bank == YuchoCode {
		p.yuchoRules()
	}
}

// code reads a bank or branch code; an empty result was reported.
func (p *parser) code(f Field, s string, length int) string {
	digits := plainDigits(s)
	switch {
	case digits == "":
		p.fault(&FieldError{Field: f, Rule: RuleRequired})
	case !allDigits(digits):
		p.fault(&FieldError{Field: f, Rule: RuleNotDigits})
	case len(digits) != length:
		p.fault(&FieldError{Field: f, Rule: RuleLength, Text: digits, Limit: length, Got: len(digits)})
	default:
		return digits
	}
	return ""
}

// bankExists reports a bank code that no bank has.
func (p *parser) bankExists() bool {
	if p.account.bank == "" {
		return false
	}
	_, ok := p.directory.Bank(p.account.bank)
	if !ok {
		p.fault(&FieldError{Field: FieldBank, Rule: RuleUnknownBank, Text: p.account.bank})
	}
	return ok
}

func (p *parser) branchExists() bool {
	_, ok := p.directory.Branch(p.account.bank, p.account.branch)
	return ok
}

func (p *parser) kind(s string) AccountType {
	t, err := ParseAccountType(s)
	p.faultOf(err)
	return t
}

func (p *parser) number(s string) {
	digits, err := parseNumber(s)
	if p.faultOf(err) {
		return
	}
	if len(digits) > accountDigits {
		rule := RuleNumberTooLong
		if p.account.bank == YuchoCode && len(digits) == accountDigits+1 {
			rule = RuleYuchoNumber
		}
		p.fault(&FieldError{Field: FieldNumber, Rule: rule, Limit: accountDigits, Got: len(digits)})
		return
	}
	p.setNumber(s, digits, pad(digits))
}

func (p *parser) setNumber(typed, digits, number string) {
	if digits != strings.TrimSpace(typed) {
		p.notice(FieldNumber, ChangedSeparators)
	}
	if len(digits) < len(number) {
		p.notice(FieldNumber, ChangedPadding)
	}
	p.account.number = hide(number)
}

// yuchoRules checks what the branch says about the account: 8 is for ordinary
// and savings accounts, 9 for transfer accounts.
func (p *parser) yuchoRules() {
	if p.account.branch == "" || p.account.kind == 0 {
		return
	}
	last := p.account.branch[2]
	switch {
	case last != '8' && last != '9':
		p.fault(&FieldError{Field: FieldBranch, Rule: RuleYuchoBranch, Text: p.account.branch})
	case last == '9' && p.account.kind != Current,
		last == '8' && p.account.kind != Ordinary && p.account.kind != Savings:
		p.fault(&FieldError{Field: FieldType, Rule: RuleYuchoType})
	}
}

// symbol reads a Japan Post account by symbol and number.
func (p *parser) symbol(in Input) {
	if bank := plainDigits(in.Bank); bank != "" && bank != YuchoCode {
		p.fault(&FieldError{Field: FieldSymbol, Rule: RuleSymbolBank})
	}
	symbol, number := splitSymbol(in.Symbol, in.Number)
	s, symbolErr := parseSymbol(symbol)
	digits, numberErr := parseNumber(number)
	if wrongSymbol, wrongNumber := p.faultOf(symbolErr), p.faultOf(numberErr); wrongSymbol || wrongNumber {
		return
	}
	branch, account, kind, err := SymbolToAccount(s, digits)
	if p.faultOf(err) {
		return
	}
	p.account.bank, p.account.branch, p.account.kind = YuchoCode, branch, kind
	if !p.branchExists() {
		p.fault(&FieldError{Field: FieldSymbol, Rule: RuleSymbolNoBranch})
	}
	if given := plainDigits(in.Branch); given != "" && given != branch {
		p.fault(&FieldError{Field: FieldBranch, Rule: RuleSymbolBranch, Text: given})
	}
	if strings.TrimSpace(in.Type) != "" {
		p.account.kind = p.kind(in.Type)
		p.yuchoRules()
	}
	p.account.number = hide(account)
	p.notice(FieldNumber, ChangedYucho)
	if !symbolFits(s, digits) {
		p.notice(FieldSymbol, AdviceSymbol)
	}
}

// splitSymbol takes "14030-1-12345671" apart when it was typed in one piece.
func splitSymbol(symbol, number string) (string, string) {
	if strings.TrimSpace(number) != "" {
		return symbol, number
	}
	plain := plainDigits(symbol)
	if head, tail, ok := strings.Cut(plain, "-"); ok && len(head) == 5 {
		if middle, rest, ok := strings.Cut(tail, "-"); ok && len(middle) == 1 {
			tail = rest
		}
		return head, tail
	}
	return symbol, number
}

func (p *parser) name(in Input) {
	charset, limit := in.Charset, in.NameLimit
	if charset == (Charset{}) {
		charset = CharsetTransfer
	}
	if limit == 0 {
		limit = LimitTransfer
	}
	name, err := charset.Normalize(in.Name, limit)
	var faults FieldErrors
	if errors.As(err, &faults) {
		p.faults = append(p.faults, faults...)
		return
	}
	p.account.name = name.text
	p.notices = append(p.notices, name.notices...)
}

func (p *parser) notice(f Field, c Change) {
	p.notices = append(p.notices, Notice{Field: f, Change: c})
}

func (p *parser) fault(e *FieldError) { p.faults = append(p.faults, e) }

// faultOf takes a FieldError on and reports whether there was one.
func (p *parser) faultOf(err error) bool {
	var e *FieldError
	if !errors.As(err, &e) {
		return false
	}
	p.fault(e)
	return true
}

// plainDigits makes digits half-width, takes spaces out and writes every dash
// as "-" for the caller to judge.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case slices.Contains([]rune(dashes), r):
			return '-'
		}
		return r
	}, norm.NFKC.String(s))
}
