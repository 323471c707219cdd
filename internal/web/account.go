package web

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"soukin/internal/zengin"
	"soukin/remittance"
)

// How an account is written down: everywhere else, or in Japan Post's passbooks.
const (
	methodTransfer = "transfer"
	methodSymbol   = "symbol"
)

// suggestions is how many banks or branches are offered at once: more do not
// fit a phone.
const suggestions = 10

// typed is everything a person chose and typed, as they typed it. The names of
// its fields are those of the forms.
type typed struct {
	Way    remittance.Rail // the way they are looking at
	Show   string          // what they asked to be shown, before the codes were asked for
	Member string          // au PAY
	Login  string          // Amazon, sealed by the port

	Method                             string
	Bank, BankQuery                    string // a code that was chosen, and what was searched for
	Branch, BranchQuery                string
	Type, Number, Symbol, PostalNumber string
	Name                               string
}

func typedIn(f url.Values) typed {
	t := typed{
		Way: remittance.Rail(f.Get("way")), Show: f.Get("show"), Member: f.Get("member"), Login: f.Get("login"),
		Method: f.Get("method"),
		Bank:   f.Get("bank"), BankQuery: f.Get("bank_query"),
		Branch: f.Get("branch"), BranchQuery: f.Get("branch_query"),
		Type: f.Get("type"), Number: f.Get("number"),
		Symbol: f.Get("symbol"), PostalNumber: f.Get("postal_number"),
		Name: f.Get("name"),
	}
	if t.Method != methodSymbol {
		t.Method = methodTransfer
	}
	return t
}

// The parts of typed that a form may show, and so does not carry hidden.
const (
	partMember  = "member"
	partAccount = "account"
)

// Hidden lists the fields that carry it from one form to the next, but for the
// parts that the form itself asks for. Empty ones would only make pages heavy.
func (t typed) Hidden(shown ...string) []field {
	var out []field
	add := func(part string, fields ...field) {
		for _, f := range fields {
			if f.Value != "" && !slices.Contains(shown, part) {
				out = append(out, f)
			}
		}
	}
	method := t.Method
	if method == methodTransfer {
		method = "" // what an empty one means
	}
	add("", field{"way", string(t.Way)}, field{"show", t.Show}, field{"login", t.Login})
	add(partMember, field{"member", t.Member})
	add(partAccount, field{"method", method}, field{"bank", t.Bank}, field{"bank_query", t.BankQuery}, field{"branch", t.Branch},
		field{"branch_query", t.BranchQuery}, field{"type", t.Type}, field{"number", t.Number}, field{"symbol", t.Symbol},
		field{"postal_number", t.PostalNumber}, field{"name", t.Name})
	return out
}

type field struct{ Name, Value string }

// input is what is checked, and later sent: only the fields of the chosen way,
// so that a number left in a hidden field never becomes somebody's account.
func (t typed) input() zengin.Input {
	if t.Method == methodSymbol {
		return zengin.Input{Symbol: symbolText(t.Symbol), Number: t.PostalNumber, Name: t.Name}
	}
	return zengin.Input{Bank: t.Bank, Branch: t.Branch, Type: t.Type, Number: t.Number, Name: t.Name}
}

// symbolText keeps an empty symbol from meaning "not Japan Post".
func symbolText(s string) string {
	if strings.TrimSpace(s) == "" {
		return "-"
	}
	return s
}

// choice is what a search for a bank or a branch led to: one, several to choose
// from, or none.
type choice struct {
	Code, Label string
	Options     []option
	Searched    bool // a search was asked for and found nothing certain
}

type option struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kana string `json:"kana"`
}

// Label is how a choice is written into the field, and recognised in it.
func (o option) Label() string { return o.Name + "（" + o.Code + "）" }

// choose decides what a code and a search text mean together. The code counts
// while the text still leads to it; a text that was changed afterwards counts
// more than the code, because it is what the person sees.
func choose(code, query string, lookUp func(string) (option, bool), search func(string) []option) choice {
	query = strings.TrimSpace(query)
	if o, ok := lookUp(code); ok && (query == "" || query == o.Label()) {
		return choice{Code: o.Code, Label: o.Label()}
	}
	if query == "" {
		return choice{}
	}
	found := search(query)
	for _, o := range found {
		if o.Code == code || query == o.Code || query == o.Name || query == o.Label() {
			return choice{Code: o.Code, Label: o.Label()}
		}
	}
	if len(found) == 1 {
		return choice{Code: found[0].Code, Label: found[0].Label()}
	}
	return choice{Options: found, Searched: true}
}

// banks looks things up in the directory and speaks in options.
type banks struct{ directory *zengin.Directory }

func bankOption(b zengin.Bank) option { return option{Code: b.Code, Name: b.Name, Kana: b.Kana} }

func (b banks) bank(code string) (option, bool) {
	found, ok := b.directory.Bank(code)
	return bankOption(found), ok
}

func (b banks) searchBanks(query string) []option {
	out := []option{}
	for _, found := range b.directory.SearchBanks(query, suggestions) {
		out = append(out, bankOption(found))
	}
	return out
}

func branchOption(b zengin.Branch) option {
	name := b.Name
	// The banks' table leaves the word out; people look for it.
	switch {
	case b.Bank == zengin.YuchoCode:
		name += "店"
	case !strings.HasSuffix(name, "店") && !strings.HasSuffix(name, "部") && !strings.HasSuffix(name, "所"):
		name += "支店"
	}
	return option{Code: b.Code, Name: name, Kana: b.Kana}
}

func (b banks) branch(bank, code string) (option, bool) {
	found, ok := b.directory.Branch(bank, code)
	return branchOption(found), ok
}

func (b banks) searchBranches(bank, query string) []option {
	out := []option{}
	// 支店 is not in the table's names, so a search for it would find nothing.
	query = strings.TrimSpace(query)
	if short := strings.TrimSuffix(query, "支店"); short != "" {
		query = short
	}
	for _, found := range b.directory.SearchBranches(bank, query, suggestions) {
		out = append(out, branchOption(found))
	}
	return out
}

// choices settles bank and branch of what was typed and writes the result back.
// A branch without a bank stays what was typed.
func (b banks) choices(t *typed) (bank, branch choice) {
	if t.Method == methodSymbol {
		return choice{}, choice{}
	}
	bank = choose(t.Bank, t.BankQuery, b.bank, b.searchBanks)
	if bank.Code != t.Bank {
		// The branch of another bank would be a stranger's branch.
		t.Branch = ""
	}
	t.Bank = bank.Code
	if bank.Code != "" {
		t.BankQuery = bank.Label
		branch = choose(t.Branch, t.BranchQuery,
			func(code string) (option, bool) { return b.branch(bank.Code, code) },
			func(query string) []option { return b.searchBranches(bank.Code, query) })
	}
	t.Branch = branch.Code
	if branch.Code != "" {
		t.BranchQuery = branch.Label
	}
	return bank, branch
}

// fault is an error of one field, in the words of the page.
type fault struct{ Field, Text string }

// faultsOf puts the rules' errors onto the form's fields. Bank and branch are
// searched, not typed as codes, so what went wrong there is said in those words.
func faultsOf(es zengin.FieldErrors, t typed, bank, branch choice, say texts, l remittance.Lang) []fault {
	var out []fault
	for _, e := range es {
		f := faultOf(e, t, bank, branch, say, l)
		out = append(out, fault{f.Field, opened(f.Text)})
	}
	return out
}

// opened begins a text with a capital: the rules' messages open with the name of
// a field, which is a sentence's middle elsewhere.
func opened(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func faultOf(e *zengin.FieldError, t typed, bank, branch choice, say texts, l remittance.Lang) fault {
	switch {
	case t.Method == methodSymbol && e.Field == zengin.FieldSymbol && strings.TrimSpace(t.Symbol) == "":
		return fault{"symbol", say.get("SymbolMissing")}
	case t.Method == methodSymbol && e.Field == zengin.FieldNumber && e.Rule == zengin.RuleRequired:
		return fault{"postal_number", say.get("PostalNumberMissing")}
	case t.Method == methodSymbol && e.Field == zengin.FieldNumber:
		return fault{"postal_number", e.Message(l)}
	case e.Field == zengin.FieldNumber && e.Rule == zengin.RuleRequired:
		return fault{"number", say.get("NumberMissing")}
	case e.Field == zengin.FieldName && e.Rule == zengin.RuleRequired:
		return fault{"name", say.get("NameMissing")}
	case e.Field == zengin.FieldBank && e.Rule == zengin.RuleRequired:
		return fault{"bank_query", searchFault(t.BankQuery, bank, "Bank", say)}
	case e.Field == zengin.FieldBank:
		return fault{"bank_query", e.Message(l)}
	case e.Field == zengin.FieldBranch && e.Rule == zengin.RuleRequired && bank.Code == "":
		return fault{"branch_query", say.get("BranchNeedsBank")}
	case e.Field == zengin.FieldBranch && e.Rule == zengin.RuleRequired:
		return fault{"branch_query", searchFault(t.BranchQuery, branch, "Branch", say)}
	case e.Field == zengin.FieldBranch:
		return fault{"branch_query", e.Message(l)}
	case e.Field == zengin.FieldType && e.Rule == zengin.RuleRequired:
		return fault{"type", say.get("TypeMissing")}
	}
	return fault{string(e.Field), e.Message(l)}
}

func searchFault(query string, c choice, what string, say texts) string {
	switch {
	case strings.TrimSpace(query) == "":
		return say.get(what + "Missing")
	case len(c.Options) == 0:
		return say.get(what+"NotFound", "Query", query)
	}
	return say.get(what + "Choose")
}
