package ganb

import (
	"fmt"
	"net/http"
)

// Code is one error code that the sandbox answers with.
type Code struct {
	Code    string
	HTTP    int    // 0 for codes of details
	Meaning string // in Japanese, as sent; for details followed by the field and the rule
	Source  string // where the code comes from
}

// Where codes come from.
const (
	observed  = "observed at the bank"
	ofSwagger = "example in the bank's specification v1.1.12"
	ofSandbox = "the sandbox (the bank does not publish its own)"
	ofManual  = "the bank's specification (法人口座編 v1.20.1)"
)

// The error codes.
var (
	codeUnknownOperation = Code{"WG_ERR_019", http.StatusNotFound, "該当するAPIがありません", observed}
	codeMethod           = Code{"WG_ERR_019", http.StatusMethodNotAllowed, "許可されていないメソッドです", observed}
	codeRate             = Code{"WG_ERR_154", http.StatusTooManyRequests, "リクエスト数の上限を超えました", ofManual}
	codeMaintenance      = Code{"WG_ERR_300", http.StatusServiceUnavailable, "メンテナンス中です", observed}
	codeInvalid          = Code{"SB_ERR_400", http.StatusBadRequest, "リクエスト内容に誤りがあります", ofSandbox}
	codeState            = Code{"SB_ERR_409", http.StatusBadRequest, "取消対象キー区分と振込の状態が一致しません", ofSandbox}
	codeToken            = Code{"SB_ERR_401", http.StatusUnauthorized, "アクセストークンが無効です", ofSandbox}
	codeScope            = Code{"SB_ERR_403", http.StatusForbidden, "このAPIを利用する権限がありません", ofSandbox}
	codeNotFound         = Code{"SB_ERR_404", http.StatusNotFound, "該当する情報がありません", ofSandbox}
	codeAccept           = Code{"SB_ERR_406", http.StatusNotAcceptable, "Acceptヘッダにはapplication/jsonを指定してください", ofSandbox}
	codeLength           = Code{"SB_ERR_411", http.StatusLengthRequired, "Content-Lengthヘッダを指定してください", ofSandbox}
	codeKeyConflict      = Code{"SB_ERR_412", http.StatusPreconditionFailed, "同一のIdempotency-Keyで異なる内容が指定されました", ofSandbox}
	codeMedia            = Code{"SB_ERR_415", http.StatusUnsupportedMediaType, "Content-Typeにはapplication/jsonを指定してください", ofSandbox}
	codeServer           = Code{"SB_ERR_500", http.StatusInternalServerError, "システムエラーが発生しました", ofSandbox}
)

// The codes of errorDetails and transferErrorDetails.
var (
	detailRequired  = Code{Code: "SB0001", Meaning: "必須項目が設定されていません", Source: ofSandbox}
	detailForm      = Code{Code: "SB0002", Meaning: "項目の形式に誤りがあります", Source: ofSandbox}
	detailSequence  = Code{Code: "SB0003", Meaning: "明細番号に誤りがあります", Source: ofSandbox}
	detailTotals    = Code{Code: "SB0004", Meaning: "合計が明細と一致しません", Source: ofSandbox}
	detailChars     = Code{Code: "SB0005", Meaning: "使用できない文字が含まれています", Source: ofSandbox}
	detailPast      = Code{Code: "SB0006", Meaning: "振込指定日が過去です", Source: ofSandbox}
	detailHoliday   = Code{Code: "SB0007", Meaning: "振込指定日が非営業日です", Source: ofSandbox}
	detailAccount   = Code{Code: "SB0008", Meaning: "口座が存在しません", Source: ofSandbox}
	detailFunds     = Code{Code: "SB0009", Meaning: "支払可能残高が不足しています", Source: ofSandbox}
	detailLimit     = Code{Code: "SB0010", Meaning: "振込限度額を超えています", Source: ofSandbox}
	detailUndefined = Code{Code: "SB9999", Meaning: "取引できません", Source: ofSandbox}
	detailBranch    = Code{Code: "0023456", Meaning: "金融機関情報エラー", Source: ofSwagger}
	detailPayee     = Code{Code: "220001", Meaning: "受取人名に誤りがあります", Source: observed}
	detailUnknown   = Code{Code: "220011", Meaning: "受取人口座を確認できません", Source: observed}
)

// Codes lists every error code for the documentation, those of details last.
func Codes() []Code {
	return []Code{codeUnknownOperation, codeMethod, codeRate, codeMaintenance, codeInvalid, codeState, codeToken, codeScope, codeNotFound, codeAccept, codeLength,
		codeKeyConflict, codeMedia, codeServer, detailRequired, detailForm, detailSequence, detailTotals, detailChars, detailPast, detailHoliday, detailAccount,
		detailFunds, detailLimit, detailUndefined, detailBranch, detailPayee, detailUnknown}
}

// errorResponse is the body of every error but those of a transfer's content.
type errorResponse struct {
	ErrorCode    string `json:"errorCode"`
	ErrorMessage string `json:"errorMessage"`
}

// transferError is the body of a 400 to a transfer or fee request.
type transferError struct {
	errorResponse
	ErrorDetails         []errorDetail         `json:"errorDetails"`
	TransferErrorDetails []transferErrorDetail `json:"transferErrorDetails"`
}

type errorDetail struct {
	ErrorDetailsCode    string `json:"errorDetailsCode"`
	ErrorDetailsMessage string `json:"errorDetailsMessage"`
}

type transferErrorDetail struct {
	ItemID       string        `json:"itemId"`
	ErrorDetails []errorDetail `json:"errorDetails"`
}

// fail is the answer that carries an error. hint, if any, names the field, the
// rule and the fix.
func fail(c Code, hint string) answer {
	return answer{status: c.HTTP, body: errorResponse{c.Code, message(c, hint)}}
}

func message(c Code, hint string) string {
	if hint == "" {
		return c.Meaning
	}
	m := []rune(c.Meaning + "（" + hint + "）")
	return string(m[:min(len(m), 255)])
}

func detail(c Code, format string, args ...any) errorDetail {
	return errorDetail{c.Code, message(c, fmt.Sprintf(format, args...))}
}
