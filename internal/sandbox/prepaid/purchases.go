package prepaid

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"soukin/internal/calendar"
	"soukin/internal/database"
	"soukin/remittance"
)

// mostYen keeps amounts and balances far from the end of an integer.
const mostYen remittance.Yen = 9_999_999

var (
	errIssuer   = errors.New("there is no such issuer")
	errCard     = errors.New("card_number must be 16 digits")
	errOrder    = errors.New("order_id must be 1 to 60 of A-Z, a-z, 0-9, dot and hyphen")
	errAmount   = fmt.Errorf("amount must be whole yen from 1 to %d", int64(mostYen))
	errShort    = errors.New("the card's balance is short")
	errConflict = errors.New("the id was used for something else")
	errNone     = errors.New("there is nothing under this id")
	errDate     = errors.New("date must be a day that has come, as 2026-08-31")
)

type kind string

const (
	byLink kind = "link" // paid on the issuer's page
	byAPI  kind = "api"  // paid through the shop
)

// purchase is one payment with a card.
type purchase struct {
	ID       string
	Issuer   Issuer
	Card     string
	Amount   remittance.Yen
	At       time.Time
	Kind     kind
	Captured bool
	Refunded remittance.Yen
}

// purchaseID is what the id of a purchase says by itself.
type purchaseID struct {
	issuer Issuer
	day    time.Time
	amount remittance.Yen
	n      int
}

var idForm = regexp.MustCompile(`^([A-Z]{2})-([0-9]{8})-([1-9][0-9]{0,6})-([1-9][0-9]{0,8})$`)

// byThemselves is the last n of purchases that exist without being made.
const byThemselves = 999

func (p purchaseID) String() string {
	return fmt.Sprintf("%s-%s-%d-%d", p.issuer.Prefix, p.day.Format("20060102"), int64(p.amount), p.n)
}

func parseID(s string) (purchaseID, bool) {
	part := idForm.FindStringSubmatch(s)
	if part == nil {
		return purchaseID{}, false
	}
	issuer, known := issuerByPrefix(part[1])
	day, err := time.ParseInLocation("20060102", part[2], calendar.JST)
	amount, amountErr := strconv.ParseInt(part[3], 10, 64)
	n, nErr := strconv.Atoi(part[4])
	return purchaseID{issuer, day, remittance.Yen(amount), n}, known && errors.Join(err, amountErr, nErr) == nil
}

// noon is when a purchase of which only the day is known was processed.
const noon = 12 * time.Hour

// imagined is the purchase that exists by itself under an id, paid by link.
func (h *House) imagined(id string) (purchase, bool) {
	p, ok := parseID(id)
	m := magicByNumber[p.n]
	if !ok || p.n > byThemselves || m.unknown || p.day.After(h.env.Now()) {
		return purchase{}, false
	}
	return purchase{ID: id, Issuer: p.issuer, Card: cardOf(id), Amount: p.amount, At: h.processed(p.day), Kind: byLink, Captured: !m.notCaptured}, true
}

// processed is the moment of a purchase of which only the day is known.
func (h *House) processed(day time.Time) time.Time {
	if now := h.env.Now(); day.Add(noon).After(now) {
		return now
	}
	return day.Add(noon)
}

// purchase reads one, made or existing by itself. Errors: errNone.
func (h *House) purchase(ctx context.Context, tx *database.Tx, issuer, id string) (purchase, error) {
	p := purchase{ID: id}
	var code string
	var at int64
	err := tx.QueryRow(ctx, `SELECT issuer, card, amount, at, kind, captured FROM prepaid_purchases WHERE id = $1`, id).
		Scan(&code, &p.Card, &p.Amount, &at, &p.Kind, &p.Captured)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		var exists bool
		if p, exists = h.imagined(id); !exists {
			return purchase{}, errNone
		}
		code = p.Issuer.Code
	case err != nil:
		return purchase{}, err
	default:
		p.At = time.UnixMicro(at)
		p.Issuer, _ = issuerOf(code)
	}
	if code != issuer {
		return purchase{}, errNone
	}
	err = tx.QueryRow(ctx, `SELECT COALESCE(SUM(amount), 0) FROM prepaid_credits WHERE purchase = $1`, id).Scan(&p.Refunded)
	return p, err
}

func insertPurchase(ctx context.Context, tx *database.Tx, p purchase, orderID string) error {
	order := sql.NullString{String: orderID, Valid: orderID != ""}
	_, err := tx.Exec(ctx, `INSERT INTO prepaid_purchases (id, issuer, card, amount, at, kind, captured, order_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, p.Issuer.Code, p.Card, int64(p.Amount), p.At.UnixMicro(), string(p.Kind), p.Captured, order)
	return err
}

// order is what somebody buys.
type order struct {
	ID     string // of the shop
	Issuer string
	Card   string
	Amount remittance.Yen
	Kind   kind
}

var (
	cardForm  = regexp.MustCompile(`^[0-9]{16}$`)
	orderForm = regexp.MustCompile(`^[A-Za-z0-9.-]{1,60}$`)
)

func (o order) check() error {
	switch {
	case !orderForm.MatchString(o.ID):
		return errOrder
	case !cardForm.MatchString(o.Card):
		return errCard
	case o.Amount < 1 || o.Amount > mostYen:
		return errAmount
	}
	return nil
}

// pay takes a purchase from a card, once for each order of the shop. Errors:
// errIssuer, errCard, errOrder, errAmount, errShort, errConflict.
func (h *House) pay(ctx context.Context, o order) (p purchase, err error) {
	issuer, known := issuerOf(o.Issuer)
	if !known {
		return purchase{}, errIssuer
	}
	if err := o.check(); err != nil {
		return purchase{}, err
	}
	err = h.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var before string
		err := tx.QueryRow(ctx, `SELECT id FROM prepaid_purchases WHERE order_id = $1`, o.ID).Scan(&before)
		if err == nil {
			p, err = h.purchase(ctx, tx, o.Issuer, before)
			if errors.Is(err, errNone) || err == nil && (p.Card != o.Card || p.Amount != o.Amount || p.Kind != o.Kind) {
				return errConflict
			}
			return err
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := h.move(ctx, tx, issuer, o.Card, -o.Amount); err != nil {
			return err
		}
		now := h.env.Now()
		p = purchase{Issuer: issuer, Card: o.Card, Amount: o.Amount, At: now, Kind: o.Kind, Captured: true}
		if p.ID, err = nextID(ctx, tx, issuer, now, o.Amount); err != nil {
			return err
		}
		return insertPurchase(ctx, tx, p, o.ID)
	})
	return p, err
}

// make puts a purchase into the books as it would have been on a day that has
// passed, for tests. Errors: errIssuer, errAmount, errDate.
func (h *House) make(ctx context.Context, issuerCode string, amount remittance.Yen, date string, k kind, captured bool) (p purchase, err error) {
	issuer, known := issuerOf(issuerCode)
	day, dateErr := time.ParseInLocation(time.DateOnly, date, calendar.JST)
	switch {
	case !known:
		return purchase{}, errIssuer
	case amount < 1 || amount > mostYen:
		return purchase{}, errAmount
	case dateErr != nil || day.After(h.env.Now()):
		return purchase{}, errDate
	}
	err = h.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		id, err := nextID(ctx, tx, issuer, day, amount)
		if err != nil {
			return err
		}
		p = purchase{ID: id, Issuer: issuer, Card: cardOf(id), Amount: amount, At: h.processed(day), Kind: k, Captured: captured}
		return insertPurchase(ctx, tx, p, "")
	})
	return p, err
}

// nextID is the first id after those that exist by themselves. The sandbox has
// one writer at a time, so it is free.
func nextID(ctx context.Context, tx *database.Tx, issuer Issuer, at time.Time, amount remittance.Yen) (string, error) {
	var made int
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM prepaid_purchases`).Scan(&made)
	return purchaseID{issuer, calendar.Day(at), amount, byThemselves + 1 + made}.String(), err
}
