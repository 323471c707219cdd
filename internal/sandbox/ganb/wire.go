package ganb

import (
	"encoding/json"
	"errors"
)

// The bodies of the bank's contract. Numbers are strings; items without a value
// are absent, never null. Field names and limits are those of the bank's
// specification v1.1.12.

type accountsResponse struct {
	BaseDate string        `json:"baseDate"`
	BaseTime string        `json:"baseTime"`
	Accounts []accountInfo `json:"accounts"`
}

type accountInfo struct {
	AccountID              string `json:"accountId"`
	BranchCode             string `json:"branchCode"`
	BranchName             string `json:"branchName"`
	AccountTypeCode        string `json:"accountTypeCode"`
	AccountTypeName        string `json:"accountTypeName"`
	AccountNumber          string `json:"accountNumber"`
	PrimaryAccountCode     string `json:"primaryAccountCode"`
	PrimaryAccountCodeName string `json:"primaryAccountCodeName"`
	AccountName            string `json:"accountName"`
	AccountNameKana        string `json:"accountNameKana"`
	CurrencyCode           string `json:"currencyCode"`
	CurrencyName           string `json:"currencyName"`
	TransferLimitAmount    string `json:"transferLimitAmount"`
}

type balancesResponse struct {
	Balances []balanceInfo `json:"balances"`
}

type balanceInfo struct {
	AccountID            string `json:"accountId"`
	AccountTypeCode      string `json:"accountTypeCode"`
	AccountTypeName      string `json:"accountTypeName"`
	Balance              string `json:"balance"`
	BaseDate             string `json:"baseDate"`
	BaseTime             string `json:"baseTime"`
	WithdrawableAmount   string `json:"withdrawableAmount"`
	PreviousDayBalance   string `json:"previousDayBalance"`
	PreviousMonthBalance string `json:"previousMonthBalance"`
	CurrencyCode         string `json:"currencyCode"`
	CurrencyName         string `json:"currencyName"`
}

// statementPage is what both statement answers begin with.
type statementPage struct {
	AccountID   string `json:"accountId"`
	DateFrom    string `json:"dateFrom"`
	DateTo      string `json:"dateTo"`
	BaseDate    string `json:"baseDate"`
	BaseTime    string `json:"baseTime"`
	HasNext     bool   `json:"hasNext"`
	NextItemKey string `json:"nextItemKey,omitempty"`
	Count       string `json:"count"`
}

type transactionsResponse struct {
	statementPage
	CurrencyCode string        `json:"currencyCode"`
	CurrencyName string        `json:"currencyName"`
	Transactions []transaction `json:"transactions"`
}

type transaction struct {
	TransactionDate string `json:"transactionDate"`
	ValueDate       string `json:"valueDate"`
	TransactionType string `json:"transactionType"`
	Amount          string `json:"amount"`
	Remarks         string `json:"remarks,omitempty"`
	Balance         string `json:"balance"`
	ItemKey         string `json:"itemKey"`
}

type depositTransactionsResponse struct {
	statementPage
	PaymentArrivals []paymentArrival `json:"paymentArrivals"`
}

type paymentArrival struct {
	TransactionDate   string `json:"transactionDate"`
	ValueDate         string `json:"valueDate"`
	TransactionType   string `json:"transactionType"`
	Remarks           string `json:"remarks,omitempty"`
	Amount            string `json:"amount"`
	ApplicantName     string `json:"applicantName,omitempty"`
	PaymentBankName   string `json:"paymentBankName,omitempty"`
	PaymentBranchName string `json:"paymentBranchName,omitempty"`
	EDIInfo           string `json:"ediInfo,omitempty"`
	ItemKey           string `json:"itemKey"`
}

type transferRequest struct {
	AccountID               string         `json:"accountId,omitempty"`
	RemitterName            string         `json:"remitterName,omitempty"`
	TransferDesignatedDate  string         `json:"transferDesignatedDate,omitempty"`
	TransferDateHolidayCode string         `json:"transferDateHolidayCode,omitempty"`
	TotalCount              string         `json:"totalCount,omitempty"`
	TotalAmount             string         `json:"totalAmount,omitempty"`
	ApplyComment            string         `json:"applyComment,omitempty"`
	Transfers               []transferLine `json:"transfers,omitempty"`
}

type transferLine struct {
	ItemID                itemID `json:"itemId,omitempty"`
	TransferAmount        string `json:"transferAmount,omitempty"`
	EDIInfo               string `json:"ediInfo,omitempty"`
	BeneficiaryBankCode   string `json:"beneficiaryBankCode,omitempty"`
	BeneficiaryBankName   string `json:"beneficiaryBankName,omitempty"`
	BeneficiaryBranchCode string `json:"beneficiaryBranchCode,omitempty"`
	BeneficiaryBranchName string `json:"beneficiaryBranchName,omitempty"`
	AccountTypeCode       string `json:"accountTypeCode,omitempty"`
	AccountNumber         string `json:"accountNumber,omitempty"`
	BeneficiaryName       string `json:"beneficiaryName,omitempty"`
}

// itemID takes a JSON number too: the schema says string, the code samples of
// the same specification send numbers.
type itemID string

func (i *itemID) UnmarshalJSON(raw []byte) error {
	var n json.Number
	if err := json.Unmarshal(raw, &n); err == nil {
		*i = itemID(n)
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return errors.New("itemId must be a string of digits")
	}
	*i = itemID(s)
	return nil
}

type transferFeeResponse struct {
	AccountID          string              `json:"accountId"`
	BaseDate           string              `json:"baseDate"`
	BaseTime           string              `json:"baseTime"`
	TotalFee           string              `json:"totalFee"`
	TransferFeeDetails []transferFeeDetail `json:"transferFeeDetails"`
}

type transferFeeDetail struct {
	ItemID      string `json:"itemId"`
	TransferFee string `json:"transferFee"`
}

// requestResponse answers a request and an enquiry about its result.
type requestResponse struct {
	AccountID        string `json:"accountId"`
	ResultCode       string `json:"resultCode"`
	ApplyNo          string `json:"applyNo"`
	ApplyEndDatetime string `json:"applyEndDatetime,omitempty"`
}

type transferCancelRequest struct {
	AccountID            string `json:"accountId"`
	CancelTargetKeyClass string `json:"cancelTargetKeyClass"`
	ApplyNo              string `json:"applyNo"`
}

type transferCancelResponse struct {
	AccountID            string `json:"accountId"`
	CancelTargetKeyClass string `json:"cancelTargetKeyClass"`
	ResultCode           string `json:"resultCode"`
	ApplyNo              string `json:"applyNo"`
	ApplyEndDatetime     string `json:"applyEndDatetime,omitempty"`
}

type transferStatusResponse struct {
	AcceptanceKeyClass         string           `json:"acceptanceKeyClass"`
	BaseDate                   string           `json:"baseDate"`
	BaseTime                   string           `json:"baseTime"`
	Count                      string           `json:"count"`
	TransferQueryBulkResponses []bulkQuery      `json:"transferQueryBulkResponses,omitempty"`
	TransferDetails            []transferDetail `json:"transferDetails"`
}

// bulkQuery repeats an enquiry by date (振込一括照会).
type bulkQuery struct {
	DateFrom                string          `json:"dateFrom,omitempty"`
	DateTo                  string          `json:"dateTo,omitempty"`
	RequestNextItemKey      string          `json:"requestNextItemKey,omitempty"`
	RequestTransferStatuses []requestStatus `json:"requestTransferStatuses,omitempty"`
	RequestTransferClass    string          `json:"requestTransferClass,omitempty"`
	RequestTransferTerm     string          `json:"requestTransferTerm,omitempty"`
	HasNext                 bool            `json:"hasNext"`
	NextItemKey             string          `json:"nextItemKey,omitempty"`
}

type requestStatus struct {
	RequestTransferStatus string `json:"requestTransferStatus"`
}

type transferDetail struct {
	TransferStatus     string             `json:"transferStatus"`
	TransferStatusName string             `json:"transferStatusName"`
	TransferTypeName   string             `json:"transferTypeName"`
	IsFeeFreeUse       bool               `json:"isFeeFreeUse"`
	IsFeePointUse      bool               `json:"isFeePointUse"`
	TransferDetailFee  string             `json:"transferDetailFee"`
	TotalDebitAmount   string             `json:"totalDebitAmount"`
	TransferApplies    []transferApply    `json:"transferApplies"`
	TransferAccepts    []transferAccept   `json:"transferAccepts"`
	TransferResponses  []transferResponse `json:"transferResponses"`
}

type transferApply struct {
	ApplyNo              string        `json:"applyNo"`
	TransferApplyDetails []applyDetail `json:"transferApplyDetails"`
}

type applyDetail struct {
	ApplyDatetime string `json:"applyDatetime,omitempty"`
	ApplyStatus   string `json:"applyStatus,omitempty"`
	ApplyComment  string `json:"applyComment,omitempty"`
}

type transferAccept struct {
	AcceptNo       string `json:"acceptNo"`
	AcceptDatetime string `json:"acceptDatetime"`
}

type transferResponse struct {
	AccountID              string         `json:"accountId"`
	RemitterName           string         `json:"remitterName"`
	TransferDesignatedDate string         `json:"transferDesignatedDate"`
	TransferInfos          []transferInfo `json:"transferInfos"`
}

type transferInfo struct {
	TransferAmount          string           `json:"transferAmount"`
	EDIInfo                 string           `json:"ediInfo,omitempty"`
	BeneficiaryBankCode     string           `json:"beneficiaryBankCode"`
	BeneficiaryBankName     string           `json:"beneficiaryBankName,omitempty"`
	BeneficiaryBranchCode   string           `json:"beneficiaryBranchCode"`
	BeneficiaryBranchName   string           `json:"beneficiaryBranchName,omitempty"`
	AccountTypeCode         string           `json:"accountTypeCode"`
	AccountNumber           string           `json:"accountNumber"`
	BeneficiaryName         string           `json:"beneficiaryName"`
	TransferDetailResponses []detailResponse `json:"transferDetailResponses"`
	UnableDetailInfos       []unableDetail   `json:"unableDetailInfos,omitempty"`
}

type detailResponse struct {
	BeneficiaryBankNameKanji   string `json:"beneficiaryBankNameKanji,omitempty"`
	BeneficiaryBranchNameKanji string `json:"beneficiaryBranchNameKanji,omitempty"`
	IsFeeFreeUsed              bool   `json:"isFeeFreeUsed"`
	TransferFee                string `json:"transferFee,omitempty"`
}

type unableDetail struct {
	TransferDetailStatus string `json:"transferDetailStatus,omitempty"`
	RefundStatus         string `json:"refundStatus,omitempty"`
	IsRepayment          bool   `json:"isRepayment,omitempty"`
}
