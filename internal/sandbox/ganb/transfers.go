package ganb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"

	"soukin/internal/sandbox/books"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// keyForm is what the bank takes as an Idempotency-Key: up to 128 characters.
var keyForm = regexp.MustCompile(`^[\x21-\x7e]{1,128}$`)

// order reads a transfer or fee request; refused holds the answer if it is
// malformed.
func (a *API) order(c *call) (o books.Order, refused answer, ok bool) {
	var req transferRequest
	if hint := decode(c.body, &req); hint != "" {
		var f findings
		f.add(0, detail(detailForm, "%s", hint))
		return o, f.answer(), false
	}
	o, f := validate(req)
	if !f.none() {
		return o, f.answer(), false
	}
	o.ClientID, o.Key, o.Hash = c.client, c.key(), contentHash(req)
	return o, answer{}, true
}

// decode reads a body and says in hint what is wrong with it, without repeating
// its values.
func decode(body []byte, into any) (hint string) {
	err := json.Unmarshal(body, into)
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return wrongType.Field + ": 文字列で指定してください"
	case err != nil:
		return "body: JSON形式で指定してください"
	}
	return ""
}

// contentHash is the same for the same content, however it was written.
func contentHash(req transferRequest) string {
	canonical, err := json.Marshal(req)
	if err != nil {
		panic(err) // strings always encode
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

func (a *API) transferFee(ctx context.Context, c *call) answer {
	o, refused, ok := a.order(c)
	if !ok {
		return refused
	}
	fees, at, err := a.books.Quote(ctx, o)
	if err != nil {
		return a.refusal(ctx, err)
	}
	out := transferFeeResponse{AccountID: o.AccountID, BaseDate: date(at), BaseTime: clock(at)}
	var total remittance.Yen
	for i, fee := range fees {
		total += fee
		out.TransferFeeDetails = append(out.TransferFeeDetails, transferFeeDetail{strconv.Itoa(o.Lines[i].Item), amount(fee)})
	}
	out.TotalFee = amount(total)
	return answer{status: http.StatusOK, body: out}
}

func (a *API) transferRequest(ctx context.Context, c *call) answer {
	if k := c.key(); k != "" && !keyForm.MatchString(k) {
		return fail(codeInvalid, "Idempotency-Key: 128文字以内の半角英数記号で指定してください")
	}
	o, refused, ok := a.order(c)
	if !ok {
		return refused
	}
	m := callMagic(o.Lines)
	o.Approval, o.Hidden = a.approvalAndVisibility(m)
	a.setFates(&o, c.identity())
	if m.Name == "" {
		return a.submit(ctx, o)
	}
	return a.submitMagic(ctx, c, o, m)
}

func (a *API) submit(ctx context.Context, o books.Order) answer {
	r, err := a.books.Request(ctx, o)
	if err != nil {
		return a.refusal(ctx, err)
	}
	return answer{status: http.StatusCreated, body: requestResponse{o.AccountID, string(r.Result), r.ApplyNo, dateTime(r.ResultAt)}}
}

// submitMagic does what the payee's number asks for, and counts it where the
// number made a difference.
func (a *API) submitMagic(ctx context.Context, c *call, o books.Order, m Magic) answer {
	attempt, err := a.faults.MagicAttempt(ctx, c.identity())
	if err != nil {
		return a.trouble(ctx, err)
	}
	first := attempt == 1
	strikes := m.slow || m.twice || m.hidden || m.approval != "" || m.lose == loseAlways || first && (m.first != nil || m.cut || m.lose == loseOnce)
	if strikes {
		if err := a.faults.Fired(ctx, faults.Magic(m.Name)); err != nil {
			return a.trouble(ctx, err)
		}
	}
	switch {
	case first && m.first != nil:
		return fail(*m.first, "")
	case first && m.cut:
		return answer{lost: true}
	case m.twice:
		a.submit(ctx, o)
	}
	ans := a.submit(ctx, o)
	if ans.status != http.StatusCreated {
		return ans // refused for a reason of its own
	}
	ans.lost = m.lose == loseAlways || m.lose == loseOnce && first
	if m.slow {
		ans.wait = a.settings.SlowAnswer
	}
	return ans
}

// refusal is the answer to a request that the books do not take.
func (a *API) refusal(ctx context.Context, err error) answer {
	if errors.Is(err, books.ErrKeyConflict) {
		conflict := fail(codeKeyConflict, "新しいIdempotency-Keyを指定するか、同じ内容で再送してください")
		conflict.status = a.settings.KeyConflictStatus
		return conflict
	}
	var refused *books.RefusedError
	if !errors.As(err, &refused) {
		return a.trouble(ctx, err)
	}
	var f findings
	f.add(refused.Item, refusalDetails[refused.Refusal])
	return f.answer()
}

var refusalDetails = map[books.Refusal]errorDetail{
	books.RefusedAccount: detail(detailAccount, "accountId: 保有する口座の口座IDを指定してください"),
	books.RefusedPast:    detail(detailPast, "transferDesignatedDate: 本日以降の日付を指定してください"),
	books.RefusedHoliday: detail(detailHoliday, "transferDesignatedDate: 営業日を指定するか、transferDateHolidayCodeに1か2を指定してください"),
	books.RefusedFunds:   detail(detailFunds, "入金後に再度依頼してください"),
	books.RefusedLimit:   detail(detailLimit, "振込限度額を変更するか、翌日以降に依頼してください"),
	books.RefusedBranch:  detail(detailBranch, "beneficiaryBankCode, beneficiaryBranchCode: 存在する金融機関・支店を指定してください"),
}

func (a *API) requestResult(ctx context.Context, c *call) answer {
	id, applyNo := c.URL.Query().Get("accountId"), c.URL.Query().Get("applyNo")
	if refused, ok := checkNumbers(id, applyNo); !ok {
		return refused
	}
	r, err := a.books.Result(ctx, id, applyNo)
	if err != nil {
		return a.trouble(ctx, err)
	}
	return answer{status: http.StatusOK, body: requestResponse{id, string(r.Result), r.ApplyNo, dateTime(r.ResultAt)}}
}

func checkNumbers(accountID, applyNo string) (answer, bool) {
	if !accountForm.MatchString(accountID) {
		return fail(codeInvalid, "accountId: 12〜29文字の半角英数字で指定してください"), false
	}
	if !applyNoForm.MatchString(applyNo) {
		return fail(codeInvalid, "applyNo: 半角数字16桁で指定してください"), false
	}
	return answer{}, true
}

func (a *API) transferCancel(ctx context.Context, c *call) answer {
	var req transferCancelRequest
	if hint := decode(c.body, &req); hint != "" {
		return fail(codeInvalid, hint)
	}
	if refused, ok := checkNumbers(req.AccountID, req.ApplyNo); !ok {
		return refused
	}
	class := books.CancelClass(req.CancelTargetKeyClass)
	if class != books.CancelApplication && class != books.CancelAcceptance {
		return fail(codeInvalid, "cancelTargetKeyClass: 振込・振替の場合は1か2を指定してください")
	}
	r, err := a.books.Cancel(ctx, req.AccountID, req.ApplyNo, class)
	if errors.Is(err, books.ErrState) {
		return fail(codeState, "")
	}
	if err != nil {
		return a.trouble(ctx, err)
	}
	return answer{status: http.StatusCreated, body: transferCancelResponse{req.AccountID, string(class), string(r.Result), r.ApplyNo, dateTime(r.ResultAt)}}
}
