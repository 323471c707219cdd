package batch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"soukin/contract"
	"soukin/internal/orders"
	"soukin/internal/vault"
	"soukin/remittance"
)

// Row is one remittance of a file and where it stands.
type Row struct {
	Line         int                `json:"line,omitempty"`
	RemittanceID string             `json:"remittance_id"`
	Pattern      remittance.Pattern `json:"pattern"`
	Amount       remittance.Yen     `json:"amount"` // 0 where the file's amount cannot be read
	// Status is a [remittance.Status]; "refused" for an order that was refused
	// before anything was held; "not_sent" for one that could not be delivered
	// and may be sent again; empty before it was sent.
	Status   string `json:"status"`
	Expected string `json:"expected,omitempty"`
	// Reason is a [remittance.Reason], or the rule that refused the order.
	Reason  string       `json:"reason,omitempty"`
	Message *orders.Text `json:"message,omitempty"`
	Final   bool         `json:"final"`
	// RailRef is the bank's number of the instruction.
	RailRef        string         `json:"rail_ref,omitempty"`
	Shortfall      remittance.Yen `json:"shortfall,omitempty"`
	NeedsAttention bool           `json:"needs_attention,omitempty"`
	Deadline       *time.Time     `json:"deadline,omitempty"` // until when it waits
	// Numbers are those for the ATM where the order is one for cash: bearer
	// secrets, for the merchant that gave the order.
	Numbers *Numbers        `json:"numbers,omitempty"`
	Notices []orders.Notice `json:"-"` // what was changed in the payee's details

	// Err is why the order was not taken, with everything that is wrong with it.
	Err error `json:"-"`

	request orders.Request
	faults  orders.Faults
}

// Numbers are what an ATM asks for before it pays out. Whoever has them has the
// money; [vault.Numbers] would encode masked. They print and log as nothing.
type Numbers struct {
	PartnerCode        string `json:"partner_code"`
	CustomerNumber     string `json:"customer_number"`
	ConfirmationNumber string `json:"confirmation_number"`
}

// Reveal gives numbers to whoever may have them.
func Reveal(n vault.Numbers) *Numbers {
	return &Numbers{n.Partner(), n.Customer(), n.Confirmation()}
}

// Format is masked for every verb.
func (Numbers) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(numbers)") }

// LogValue is masked.
func (Numbers) LogValue() slog.Value { return slog.StringValue("(numbers)") }

// The statuses of rows that are no remittance.
const (
	Refused = orders.ExpectRefused
	NotSent = "not_sent"
)

// AsExpected reports whether the row has ended as the file says. A row without
// expectation is fine however it ends.
func (r Row) AsExpected() bool {
	return r.Final && (r.Expected == "" || r.Expected == r.Status)
}

// takeNumbers gets what an order for cash brings. Without an answer the row says
// so: the order was taken, and sent again it brings the same numbers.
func (r *Row) takeNumbers(ctx context.Context, s Service, state contract.State) error {
	if r.Pattern != remittance.ATMCash || state.Status != remittance.AwaitingRecipient || !state.InFlight {
		return nil
	}
	numbers, err := s.Numbers(ctx, state.Ref)
	if faults := orders.FaultsOf(err); len(faults) > 0 && faults[0].Rule == orders.RuleNoNumbers {
		return nil // taken or called off meanwhile
	}
	if err == nil {
		r.Numbers = Reveal(numbers)
	}
	return err
}

// fail says on the row why its order was not taken. No answer is not a
// refusal: the order may have been taken, and sending it again is safe.
func (r *Row) fail(err error) {
	r.Status, r.Final, r.Err = Refused, true, err
	faults := orders.FaultsOf(err)
	if len(faults) == 0 {
		r.Status, r.Final = NotSent, false
		r.Message = &orders.Text{Ja: err.Error(), En: err.Error()}
		return
	}
	r.Reason = string(faults[0].Rule)
	message := orders.Text{}
	for i, f := range faults {
		if f.Code == orders.CodeUnavailable {
			r.Status, r.Final = NotSent, false
		}
		if i > 0 {
			message.En += " "
		}
		message.Ja += f.Sentence(remittance.Ja)
		message.En += f.Sentence(remittance.En)
	}
	r.Message = &message
}

func (r *Row) stand(s contract.State) {
	r.Status, r.Reason, r.Final, r.Err = string(s.Status), string(s.Reason), s.Final, nil
	r.Amount, r.RailRef, r.Shortfall, r.NeedsAttention = s.Amount, s.RailRef, s.Shortfall, s.NeedsAttention
	r.Deadline = s.Deadline
	r.explain(s.Reason)
}

func (r *Row) explain(why remittance.Reason) {
	r.Message = nil
	if why != remittance.ReasonNone {
		r.Message = &orders.Text{Ja: why.Sentence(remittance.Ja), En: why.Sentence(remittance.En)}
	}
}
