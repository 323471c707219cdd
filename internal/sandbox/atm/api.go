package atm

import (
	"context"
	_ "embed" // the document of the API
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// BasePath is where the API lives.
const BasePath = "/atm-network/v1"

//go:embed openapi.yaml
var document []byte

// refusal is an error that the network answers with.
type refusal struct {
	status        int
	code, message string
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

// What the network refuses; openapi.yaml describes each code.
var (
	codeInvalid      = &refusal{http.StatusBadRequest, "INVALID_REQUEST", "the body or the path does not fit the document of this API"}
	codeUnauthorized = &refusal{http.StatusUnauthorized, "UNAUTHORIZED", "the token is missing or wrong"}
	codeNotFound     = &refusal{http.StatusNotFound, "ISSUE_NOT_FOUND", "no issue has this issue_id"}
	codeConflict     = &refusal{http.StatusConflict, "ISSUE_ID_CONFLICT", "the issue_id was used for another amount or end"}
	codeWithdrawn    = &refusal{http.StatusConflict, "ALREADY_WITHDRAWN", "the cash has been taken"}
	codeDispensing   = &refusal{http.StatusConflict, "DISPENSING", "an ATM is paying the cash out"}
	codeCancelled    = &refusal{http.StatusConflict, "ALREADY_CANCELLED", "the issue has been cancelled"}
	codeExpired      = &refusal{http.StatusConflict, "ALREADY_EXPIRED", "the issue has expired"}
	codeSuperseded   = &refusal{http.StatusConflict, "SUPERSEDED", "later numbers are out"}
	codeOverLimit    = &refusal{http.StatusUnprocessableEntity, "AMOUNT_OVER_LIMIT", "the amount is over the limit of this contract"}
	codeThousands    = &refusal{http.StatusUnprocessableEntity, "AMOUNT_NOT_IN_THOUSANDS", "the contract pays notes only: the amount must be thousands of yen"}
	codeExpiryPassed = &refusal{http.StatusUnprocessableEntity, "EXPIRY_PASSED", "expires_at must be in the future"}
	codeRefused      = &refusal{http.StatusUnprocessableEntity, "ISSUE_REFUSED", "the network does not issue numbers for this order"}
	codeRate         = &refusal{http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "too many calls"}
	codeMaintenance  = &refusal{http.StatusServiceUnavailable, "MAINTENANCE", "the network is under maintenance"}
	codeSystem       = &refusal{http.StatusInternalServerError, "SYSTEM_ERROR", "the network failed"}
)

// Mount adds the API, its document and the ATM.
func (n *Network) Mount(mux *http.ServeMux) {
	api := counterparty.API{Env: n.env, Name: "atm", Refuse: n.struck}
	handle := func(method, path string, do counterparty.Do) {
		mux.Handle(method+" "+BasePath+path, api.Handle(identity, counterparty.Bearer(n.set.Token, n.refuse(codeUnauthorized), do)))
	}
	handle(http.MethodPost, "/issues", n.postIssue)
	handle(http.MethodGet, "/issues/{issue_id}", n.getIssue)
	handle(http.MethodPost, "/issues/{issue_id}/cancel", n.postCancel)
	handle(http.MethodPost, "/issues/{issue_id}/reissues/{n}", n.postReissue)
	mux.HandleFunc("GET /atm-network/openapi.yaml", counterparty.Document(document))
	n.mountScreen(mux)
}

// identity names a call to the fault plan: by its operation and the issue it is
// about.
func identity(r counterparty.Request) string {
	if r.PathValue("issue_id") != "" {
		return r.URL.Path
	}
	var o order
	if r.Decode(&o) != nil {
		return "unreadable"
	}
	return r.URL.Path + " " + o.IssueID
}

// struck answers what the fault plan turns away.
func (n *Network) struck(kind faults.Kind) counterparty.Answer {
	switch kind {
	case faults.RateLimited:
		a := n.refuse(codeRate)
		a.Header = http.Header{"Retry-After": {"1"}}
		return a
	case faults.Maintenance:
		return n.refuse(codeMaintenance)
	default:
		return n.refuse(codeSystem)
	}
}

type problem struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// refuse says no in the network's words; what is no refusal is its own failure.
func (n *Network) refuse(err error) counterparty.Answer {
	var r *refusal
	switch {
	case errors.Is(err, errNoIssue):
		r = codeNotFound
	case !errors.As(err, &r):
		n.env.Log.Error("ATM network", "error", err)
		r = codeSystem
	}
	var body problem
	body.Error.Code, body.Error.Message = r.code, r.message
	return counterparty.Answer{Status: r.status, Body: body}
}

// issueAnswer is how the network tells of an issue.
type issueAnswer struct {
	IssueID      string         `json:"issue_id"`
	ReceiptNo    string         `json:"receipt_no"`
	State        State          `json:"state"`
	Amount       remittance.Yen `json:"amount"`
	Payable      remittance.Yen `json:"payable_amount"`
	Reissues     int            `json:"reissues"`
	ExpiresAt    time.Time      `json:"expires_at"`
	WithdrawnAt  *time.Time     `json:"withdrawn_at,omitempty"`
	Partner      string         `json:"partner_code,omitempty"`
	Customer     string         `json:"customer_number,omitempty"`
	Confirmation string         `json:"confirmation_number,omitempty"`
}

func answerOf(i *issue) issueAnswer {
	out := issueAnswer{IssueID: i.id, ReceiptNo: i.receiptNo(), State: i.state, Amount: i.amount, Payable: i.payable(),
		Reissues: i.reissues, ExpiresAt: i.expiresAt}
	if i.state == Withdrawn {
		out.WithdrawnAt = &i.endedAt
	}
	return out
}

// withNumbers adds the numbers while cash can be taken with them.
func (n *Network) withNumbers(i *issue) issueAnswer {
	out := answerOf(i)
	if i.open() {
		out.Partner, out.Customer, out.Confirmation = n.set.PartnerCode, i.numbers.customer, i.numbers.confirmation
	}
	return out
}

var issueIDForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,80}$`)

func (n *Network) postIssue(ctx context.Context, r counterparty.Request) counterparty.Answer {
	var o order
	if r.Decode(&o) != nil || !issueIDForm.MatchString(o.IssueID) || o.Amount < 1 || o.ExpiresAt.IsZero() {
		return n.refuse(codeInvalid)
	}
	i, fresh, err := n.issue(ctx, o)
	if errors.Is(err, codeRefused) {
		err = errors.Join(err, n.env.Faults.Fired(ctx, faults.Magic(magicOf(o.Amount).Name)))
	}
	if err != nil {
		return n.refuse(err)
	}
	lost, err := n.firstAnswerLost(ctx, i)
	if err != nil {
		return n.refuse(err)
	}
	status := http.StatusOK
	if fresh {
		status = http.StatusCreated
	}
	return counterparty.Answer{Status: status, Body: n.withNumbers(i), Lost: lost}
}

func (n *Network) getIssue(ctx context.Context, r counterparty.Request) counterparty.Answer {
	i, err := n.enquire(ctx, r.PathValue("issue_id"))
	if err != nil {
		return n.refuse(err)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: answerOf(i)}
}

func (n *Network) postCancel(ctx context.Context, r counterparty.Request) counterparty.Answer {
	i, refused, err := n.cancel(ctx, r.PathValue("issue_id"))
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return n.refuse(err)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: answerOf(i)}
}

// maxReissues bounds the path; contracts allow far fewer.
const maxReissues = 1_000

func (n *Network) postReissue(ctx context.Context, r counterparty.Request) counterparty.Answer {
	count, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || count < 1 || count > maxReissues {
		return n.refuse(codeInvalid)
	}
	i, refused, err := n.reissue(ctx, r.PathValue("issue_id"), count)
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return n.refuse(err)
	}
	return counterparty.Answer{Status: http.StatusOK, Body: n.withNumbers(i)}
}
