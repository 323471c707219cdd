package ganb

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"soukin/internal/sandbox/books"
	"soukin/remittance"
)

const (
	maxLines = 99              // 最大99件; two or more are 一括振込
	maxTotal = 999_999_999_999 // 合計金額 1以上999,999,999,999円以下
)

var (
	digits      = regexp.MustCompile(`^[0-9]+$`)
	accountForm = regexp.MustCompile(`^[0-9A-Za-z]{12,29}$`)
	applyNoForm = regexp.MustCompile(`^[0-9]{16}$`)
	pageKeyForm = regexp.MustCompile(`^[0-9]{1,24}$`)
)

// findings collects what is wrong with a transfer, as its error body tells it.
type findings struct {
	whole []errorDetail
	lines []transferErrorDetail
}

func (f *findings) add(item int, d errorDetail) {
	if item == 0 {
		f.whole = append(f.whole, d)
		return
	}
	id := strconv.Itoa(item)
	if n := len(f.lines); n > 0 && f.lines[n-1].ItemID == id {
		f.lines[n-1].ErrorDetails = append(f.lines[n-1].ErrorDetails, d)
		return
	}
	f.lines = append(f.lines, transferErrorDetail{id, []errorDetail{d}})
}

func (f *findings) none() bool { return len(f.whole)+len(f.lines) == 0 }

func (f *findings) answer() answer {
	body := transferError{errorResponse{codeInvalid.Code, codeInvalid.Meaning}, f.whole, f.lines}
	if body.ErrorDetails == nil {
		body.ErrorDetails = []errorDetail{}
	}
	if body.TransferErrorDetails == nil {
		body.TransferErrorDetails = []transferErrorDetail{}
	}
	return answer{status: codeInvalid.HTTP, body: body}
}

// field is one item of a request and what the specification asks of it.
type field struct {
	name, value string
	required    bool
	ok          func(string) bool
	rule        string // the rule and the fix, in Japanese
}

func (f *findings) check(item int, fields ...field) {
	for _, x := range fields {
		switch {
		case x.value == "" && x.required:
			f.add(item, detail(detailRequired, "%s: %s", x.name, x.rule))
		case x.value != "" && !x.ok(x.value):
			f.add(item, detail(detailForm, "%s: %s", x.name, x.rule))
		}
	}
}

func exactly(n int) func(string) bool {
	return func(s string) bool { return len(s) == n && digits.MatchString(s) }
}

func atMost(n int) func(string) bool {
	return func(s string) bool { return utf8.RuneCountInString(s) <= n }
}

func oneOf(values ...string) func(string) bool {
	return func(s string) bool { return slices.Contains(values, s) }
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isAmount(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return digits.MatchString(s) && err == nil && n >= 1 && n <= maxTotal
}

// validate judges the form of a transfer or fee request. What depends on the
// day or on the books is judged there, after the idempotency key: a repeated
// request must not fail because the day has changed.
func validate(req transferRequest) (books.Order, findings) {
	var f findings
	several := len(req.Transfers) > 1
	f.check(0,
		field{"accountId", req.AccountID, true, accountForm.MatchString, "12〜29文字の半角英数字で指定してください"},
		field{"transferDesignatedDate", req.TransferDesignatedDate, true, isDate, "YYYY-MM-DD形式の日付で指定してください"},
		field{"transferDateHolidayCode", req.TransferDateHolidayCode, false, oneOf("1", "2", "3"), "1（翌営業日）、2（前営業日）、3（エラー返却）のいずれかを指定してください"},
		field{"totalCount", req.TotalCount, several, digits.MatchString, "2件以上の場合は合計件数を半角数字で指定してください"},
		field{"totalAmount", req.TotalAmount, several, isAmount, "2件以上の場合は合計金額を1〜999999999999の半角数字で指定してください"},
		field{"applyComment", req.ApplyComment, false, atMost(20), "20文字以内で指定してください"},
	)
	remitter := f.name(0, "remitterName", req.RemitterName, detailChars)
	if n := len(req.Transfers); n < 1 || n > maxLines {
		f.add(0, detail(detailRequired, "transfers: 1〜99件で指定してください（%d件）", n))
		return books.Order{}, f
	}
	o := books.Order{AccountID: req.AccountID, RemitterName: remitter, Designated: req.TransferDesignatedDate, HolidayCode: req.TransferDateHolidayCode, ApplyComment: req.ApplyComment}
	if o.HolidayCode == "" {
		o.HolidayCode = "1"
	}
	for i, l := range req.Transfers {
		o.Lines = append(o.Lines, f.line(i+1, several, l))
	}
	f.totals(req, o)
	return o, f
}

func (f *findings) line(item int, several bool, l transferLine) books.Line {
	f.check(item,
		field{"transferAmount", l.TransferAmount, true, isAmount, "1以上の整数を半角数字で指定してください"},
		field{"beneficiaryBankCode", l.BeneficiaryBankCode, true, exactly(4), "半角数字4桁で指定してください"},
		field{"beneficiaryBranchCode", l.BeneficiaryBranchCode, true, exactly(3), "半角数字3桁で指定してください"},
		field{"beneficiaryBankName", l.BeneficiaryBankName, false, atMost(30), "30文字以内で指定してください"},
		field{"beneficiaryBranchName", l.BeneficiaryBranchName, false, atMost(15), "15文字以内で指定してください"},
		field{"accountTypeCode", l.AccountTypeCode, true, oneOf("1", "2", "4", "9"), "1（普通）、2（当座）、4（貯蓄）、9（その他）のいずれかを指定してください"},
		field{"accountNumber", l.AccountNumber, true, exactly(7), "半角数字7桁、7桁未満は前ゼロで埋めて指定してください"},
		field{"beneficiaryName", l.BeneficiaryName, true, func(string) bool { return true }, "受取人名を指定してください"},
		field{"ediInfo", l.EDIInfo, false, atMost(20), "20文字以内で指定してください"},
	)
	if id := string(l.ItemID); (several || id != "") && id != strconv.Itoa(item) {
		f.add(item, detail(detailSequence, "itemId: 1からの連番で指定してください"))
	}
	if !permitted(l.EDIInfo, ediChars) {
		f.add(item, detail(detailChars, "ediInfo: 半角の英大文字、数字、カナ、記号（ ( ) - . , / \\ ｢ ｣ と空白）で指定してください"))
	}
	if m, ok := magicByNumber[l.AccountNumber]; ok && m.refuse != nil {
		f.add(item, detail(*m.refuse, "magic value %s", m.Name))
	}
	amount, err := strconv.ParseInt(l.TransferAmount, 10, 64)
	if err != nil {
		amount = 0 // already found above
	}
	return books.Line{Item: item, Amount: remittance.Yen(amount), EDIInfo: l.EDIInfo, BankCode: l.BeneficiaryBankCode, BranchCode: l.BeneficiaryBranchCode,
		BankKana: l.BeneficiaryBankName, BranchKana: l.BeneficiaryBranchName, AccountType: l.AccountTypeCode, Number: l.AccountNumber,
		Payee: f.name(item, "beneficiaryName", l.BeneficiaryName, detailPayee)}
}

// name is a party's name as the bank passes it on. Some characters that the
// network does not know are replaced, others refused.
func (f *findings) name(item int, name, value string, c Code) string {
	converted := strings.Map(convert, value)
	if !permitted(converted, nameChars) {
		f.add(item, detail(c, "%s: 半角の英数字、カナ、記号（ ( ) - . , / と空白）で指定してください", name))
	}
	if !atMost(48)(value) {
		f.add(item, detail(detailForm, "%s: 48文字以内で指定してください", name))
	}
	return converted
}

func (f *findings) totals(req transferRequest, o books.Order) {
	if req.TotalCount != "" && req.TotalCount != strconv.Itoa(len(o.Lines)) {
		f.add(0, detail(detailTotals, "totalCount: transfersの件数と一致させてください"))
	}
	if req.TotalAmount != "" && isAmount(req.TotalAmount) && req.TotalAmount != strconv.FormatInt(int64(o.Total()), 10) {
		f.add(0, detail(detailTotals, "totalAmount: transferAmountの合計と一致させてください"))
	}
	if o.Total() > maxTotal {
		f.add(0, detail(detailForm, "transferAmount: 合計は999999999999円以下としてください"))
	}
}

const (
	nameChars = " ()-.,/"
	ediChars  = nameChars + `\｢｣ｦ`
)

// permitted holds for half-width text of capitals, digits, kana without small
// letters, and the given others.
func permitted(s, others string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && (r < 'ｱ' || r > 'ﾟ') && !strings.ContainsRune(others, r)
	}) < 0
}

// convert is 一部の非許容文字は、許容文字に変換を行います: capitals for small
// letters, "-" for the long bar, ｵ for ｦ.
func convert(r rune) rune {
	const small, large = "ｧｨｩｪｫｬｭｮｯ", "ｱｲｳｴｵﾔﾕﾖﾂ"
	switch i := strings.IndexRune(small, r); {
	case i >= 0:
		at, _ := utf8.DecodeRuneInString(large[i:])
		return at
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r == 'ｰ':
		return '-'
	case r == 'ｦ':
		return 'ｵ'
	}
	return r
}
