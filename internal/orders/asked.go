package orders

import (
	"context"
	"slices"
	"time"

	"soukin/contract"
	"soukin/internal/books"
	"soukin/internal/link"
	"soukin/internal/record"
	"soukin/remittance"
)

// Asked is a remittance with what its recipient is told of it.
type Asked struct {
	State      contract.State
	Merchant   record.Merchant
	Purpose    string
	Created    time.Time
	Updated    time.Time
	Designated time.Time // when the way that counts was chosen; zero before
	Ways       []AskedWay
}

// AskedWay is one way to have the money, in the order of the page.
type AskedWay struct {
	Rail remittance.Rail
	Form remittance.GiftForm // of a gift card
	Cap  remittance.Yen      // the most that goes this way
	// Available says that it can be chosen now.
	Available bool
}

// Asked gives what a recipient may see. Errors: [CodeNotFound], [CodeUnavailable].
func (s *Service) Asked(ctx context.Context, ref remittance.Ref) (Asked, error) {
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return Asked{}, err
	}
	merchant, err := s.merchant(ctx, ref.Merchant, "merchant")
	if err != nil {
		return Asked{}, err
	}
	about, err := s.Links.About(ctx, ref)
	if err != nil {
		return Asked{}, s.ofLink(err)
	}
	steps, err := s.Record.Timeline(ctx, ref)
	if err != nil {
		return Asked{}, trouble(err)
	}
	out := Asked{State: books.StateOf(row), Merchant: merchant, Purpose: about.Purpose, Created: row.CreatedAt,
		Ways: s.askedWays(row, merchant, about)}
	for _, step := range steps {
		if step.From != step.To {
			out.Updated = step.At // notes on the timeline are nothing to a recipient
		}
		if step.Actor == remittance.ActorRecipient && step.To == remittance.Processing {
			out.Designated = step.At
		}
	}
	if row.Status == remittance.AwaitingRecipient {
		out.Designated = time.Time{}
	}
	return out, nil
}

// askedWays are the ways of the link as they stand now.
func (s *Service) askedWays(row record.Remittance, m record.Merchant, about link.About) []AskedWay {
	all := about.Ways
	if len(all) == 0 {
		all = []link.Way{{Rail: row.Pattern.Rail()}}
	}
	open := row.Status == remittance.AwaitingRecipient && !row.InFlight
	agreed := agreement{s.Settings, m.Settings}
	out := make([]AskedWay, len(all))
	for i, w := range all {
		t, _ := agreed.terms(w.Rail)
		out[i] = AskedWay{w.Rail, w.Form, t.cap, open && slices.Contains(offered(row), w.Rail)}
	}
	return out
}
