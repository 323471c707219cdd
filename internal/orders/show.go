package orders

import (
	"context"
	"errors"
	"strconv"

	"soukin/internal/books"
	"soukin/internal/ledger"
	"soukin/internal/record"
	"soukin/remittance"
)

// View is everything about one remittance that its merchant may see.
type View struct {
	record.Remittance
	WaitsFor remittance.Reason `json:"waits_for,omitempty"`
	Timeline []record.Step     `json:"timeline"`
	Balances ledger.Balances   `json:"balances"` // of the merchant
}

// Show gives one remittance from the record. Errors: [CodeNotFound],
// [CodeUnavailable].
func (s *Service) Show(ctx context.Context, ref remittance.Ref) (View, error) {
	row, err := s.remittance(ctx, ref)
	if err != nil {
		return View{}, err
	}
	steps, err := s.Record.Timeline(ctx, ref)
	if err != nil {
		return View{}, trouble(err)
	}
	balances, err := s.Ledger.Balances(ctx, ref.Merchant)
	if err != nil {
		return View{}, trouble(err)
	}
	return View{row, books.StateOf(row).WaitsFor(), steps, balances}, nil
}

const maxPage = record.MaxPage

// List gives remittances, the newest first, limit at a time. Errors: [Faults]
// about limit and cursor, [CodeUnavailable].
func (s *Service) List(ctx context.Context, f record.Filter, limit int, cursor string) (record.Page, error) {
	page, err := s.Record.List(ctx, f, limit, cursor)
	if errors.Is(err, record.ErrPage) {
		return record.Page{}, badList(err.Error(), err)
	}
	return page, trouble(err)
}

// ParseDay reads a day in Japan, YYYY-MM-DD, for a filter. The error is [Faults].
func ParseDay(s string) (record.Day, error) {
	day, err := record.ParseDay(s)
	if err != nil {
		return record.Day{}, badList(err.Error(), err)
	}
	return day, nil
}

func badList(why string, err error) error {
	return Faults{fault(RuleList, "", value{"value", why}, value{"limit", strconv.Itoa(maxPage)}).because(err)}
}
