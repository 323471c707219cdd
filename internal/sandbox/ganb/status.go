package ganb

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/faults"
)

// The classes of a status enquiry (照会対象キー区分).
const (
	keyApplyNo = "1" // 振込申請照会対象指定
	keyByDate  = "2" // 振込一括照会対象指定
)

func (a *API) transferStatus(ctx context.Context, c *call) answer {
	q := c.URL.Query()
	if !accountForm.MatchString(q.Get("accountId")) {
		return fail(codeInvalid, "accountId: 12〜29文字の半角英数字で指定してください")
	}
	switch q.Get("queryKeyClass") {
	case keyApplyNo:
		return a.statusOf(ctx, q)
	case keyByDate:
		return a.statusByDate(ctx, q)
	}
	return fail(codeInvalid, "queryKeyClass: 1か2を指定してください")
}

func (a *API) statusOf(ctx context.Context, q url.Values) answer {
	for _, name := range []string{"dateFrom", "dateTo", "nextItemKey", "requestTransferStatus", "requestTransferClass", "requestTransferTerm"} {
		if q.Get(name) != "" {
			return fail(codeInvalid, name+": queryKeyClassが1の場合は指定できません")
		}
	}
	if refused, ok := checkNumbers(q.Get("accountId"), q.Get("applyNo")); !ok {
		return refused
	}
	tr, found, at, err := a.books.Visible(ctx, q.Get("accountId"), q.Get("applyNo"))
	if err != nil {
		return a.trouble(ctx, err)
	}
	out := transferStatusResponse{AcceptanceKeyClass: keyApplyNo, BaseDate: date(at), BaseTime: clock(at), Count: "0", TransferDetails: []transferDetail{}}
	if found {
		out.Count, out.TransferDetails = "1", append(out.TransferDetails, describe(tr))
	}
	return answer{status: http.StatusOK, body: out}
}

func (a *API) statusByDate(ctx context.Context, q url.Values) answer {
	query, echo, hint := a.statusQuery(q)
	if hint != "" {
		return fail(codeInvalid, hint)
	}
	days := span{query.From, query.To}.orToday(date(a.books.Now()))
	query.From, query.To = days.from, days.to
	transfers, next, at, err := a.books.Transfers(ctx, query)
	if errors.Is(err, books.ErrPageKey) {
		return fail(codeInvalid, wrongPageKey)
	}
	if err != nil {
		return a.trouble(ctx, err)
	}
	echo.HasNext, echo.NextItemKey = next != "", next
	out := transferStatusResponse{AcceptanceKeyClass: keyByDate, BaseDate: date(at), BaseTime: clock(at), Count: strconv.Itoa(len(transfers)),
		TransferQueryBulkResponses: []bulkQuery{echo}, TransferDetails: []transferDetail{}}
	for _, tr := range transfers {
		out.TransferDetails = append(out.TransferDetails, describe(tr))
	}
	return answer{status: http.StatusOK, body: out}
}

// statusQuery reads an enquiry by date; echo repeats it as the answer must.
func (a *API) statusQuery(q url.Values) (query books.StatusQuery, echo bulkQuery, hint string) {
	days, hint := period(q)
	if hint != "" {
		return query, echo, hint
	}
	if q.Get("applyNo") != "" {
		return query, echo, "applyNo: queryKeyClassが2の場合は指定できません"
	}
	term, class, key := q.Get("requestTransferTerm"), q.Get("requestTransferClass"), q.Get("nextItemKey")
	if term != "" && term != string(books.ByRequest) && term != string(books.ByDesignation) {
		return query, echo, "requestTransferTerm: 1か2を指定してください"
	}
	if class != "" && a.books.Rules().Approval != books.ApprovalBusinessID {
		return query, echo, "requestTransferClass: ビジネスID管理を利用していない場合は指定できません"
	}
	if class != "" && !oneOf("1", "2", "3")(class) {
		return query, echo, "requestTransferClass: 1、2、3のいずれかを指定してください"
	}
	if key != "" && !pageKeyForm.MatchString(key) {
		return query, echo, wrongPageKey
	}
	statuses, hint := statusFilter(q["requestTransferStatus"])
	for _, s := range statuses {
		echo.RequestTransferStatuses = append(echo.RequestTransferStatuses, requestStatus{strconv.Itoa(int(s))})
	}
	echo.DateFrom, echo.DateTo, echo.RequestNextItemKey, echo.RequestTransferClass, echo.RequestTransferTerm = days.from, days.to, key, class, term
	return books.StatusQuery{AccountID: q.Get("accountId"), From: days.from, To: days.to, Term: books.Term(term), Class: books.Class(class), Statuses: statuses, FromKey: key}, echo, hint
}

func statusFilter(values []string) (statuses []books.Status, hint string) {
	for _, v := range values {
		if v == "" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil || !slices.Contains(books.Statuses(), books.Status(n)) {
			return nil, "requestTransferStatus: 2、3、4、5、8、11、12、13、20、22、24、25、26、40のいずれかを指定してください"
		}
		statuses = append(statuses, books.Status(n))
	}
	return statuses, ""
}

var statusNames = map[books.Status]string{
	books.Applied: "申請中", books.SentBack: "差戻", books.Withdrawn: "取下げ", books.ApplyExpired: "期限切れ", books.BookingCalled: "予約取消",
	books.Booked: "予約中", books.InProcess: "手続中", books.Retrying: "リトライ中", books.Executed: "手続済", books.Returned: "資金返却",
	books.Recalling: "組戻手続中", books.Recalled: "組戻済", books.RecallRefused: "組戻不成立", books.NotExecuted: "手続不成立",
}

// statusName is the status in words. Where the only line of a transfer came
// back, the reason stands behind it, as far as the ten characters of the field
// go: 資金返却（名義相違）. The contract has no field for it.
func statusName(tr *books.Transfer) string {
	name := statusNames[tr.Status]
	if tr.Status == books.BookingCalled && tr.ApplyStatus == books.ApplyApprovalRevoked {
		return "承認取消"
	}
	if tr.Status != books.Returned || len(tr.Lines) > 1 {
		return name
	}
	for _, c := range faults.ReturnCodes() {
		if c.Code == tr.Lines[0].Return {
			return name + "（" + c.Name + "）"
		}
	}
	return name
}

func describe(tr *books.Transfer) transferDetail {
	d := transferDetail{TransferStatus: strconv.Itoa(int(tr.Status)), TransferStatusName: statusName(tr), TransferTypeName: "振込振替",
		TransferDetailFee: amount(tr.Fee()), TotalDebitAmount: amount(tr.Amount() + tr.Fee()), TransferAccepts: []transferAccept{}}
	apply := applyDetail{ApplyDatetime: dateTime(tr.RequestedAt), ApplyStatus: string(tr.ApplyStatus)}
	if tr.Approval == books.ApprovalBusinessID {
		apply.ApplyComment = tr.ApplyComment // otherwise the bank reads it and throws it away
	}
	d.TransferApplies = []transferApply{{tr.ApplyNo, []applyDetail{apply}}}
	if tr.AcceptNo != "" {
		d.TransferAccepts = append(d.TransferAccepts, transferAccept{tr.AcceptNo, dateTime(tr.AcceptedAt)})
	}
	response := transferResponse{AccountID: tr.AccountID, RemitterName: tr.RemitterName, TransferDesignatedDate: tr.Designated}
	for _, l := range tr.Lines {
		response.TransferInfos = append(response.TransferInfos, describeLine(l))
	}
	d.TransferResponses = []transferResponse{response}
	return d
}

func describeLine(l books.Line) transferInfo {
	return transferInfo{TransferAmount: amount(l.Amount), EDIInfo: l.EDIInfo, BeneficiaryBankCode: l.BankCode, BeneficiaryBankName: l.BankKana,
		BeneficiaryBranchCode: l.BranchCode, BeneficiaryBranchName: l.BranchKana, AccountTypeCode: l.AccountType, AccountNumber: l.Number, BeneficiaryName: l.Payee,
		TransferDetailResponses: []detailResponse{{BeneficiaryBankNameKanji: l.BankKanji, BeneficiaryBranchNameKanji: l.BranchKanji, TransferFee: amount(l.Fee)}},
		UnableDetailInfos:       unable(l.Status)}
}

// unable is 不能明細情報, absent for lines without trouble.
func unable(s books.Status) []unableDetail {
	switch s {
	case books.NotExecuted:
		return []unableDetail{{TransferDetailStatus: "2"}}
	case books.Returned:
		return []unableDetail{{TransferDetailStatus: "1", IsRepayment: true}}
	case books.Recalling:
		return []unableDetail{{TransferDetailStatus: "1", RefundStatus: "1"}}
	case books.Recalled:
		return []unableDetail{{TransferDetailStatus: "1", RefundStatus: "2"}}
	case books.RecallRefused:
		return []unableDetail{{TransferDetailStatus: "1", RefundStatus: "3"}}
	}
	return nil
}
