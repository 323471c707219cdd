package link

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"soukin/internal/database"
	"soukin/remittance"
)

// About is what the merchant says to the recipient of one link. It is kept in
// plain text, so it must not name the recipient.
type About struct {
	Purpose string          // why the money is sent; may be empty
	Lang    remittance.Lang // the language to write in
	Ways    []Way           // in the order of the page; empty: a bank account alone
}

// Way is one way to have the money that the page shows.
type Way struct {
	Rail remittance.Rail
	Form remittance.GiftForm // of a gift card
}

// Describe stores what a link says of itself. Once a token was issued people may
// have read it, and it stays as it is.
func (l *Links) Describe(ctx context.Context, ref remittance.Ref, about About) error {
	return l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE links SET purpose = $3, lang = $4, ways = $5 WHERE merchant = $1 AND remittance_id = $2 AND issued = 0`,
			string(ref.Merchant), string(ref.Remittance), about.Purpose, string(about.Lang), joined(about.Ways))
		if err != nil {
			return fmt.Errorf("describe link: %w", err)
		}
		return nil
	})
}

// About gives what a link says of itself. Errors: [ErrUnknown].
func (l *Links) About(ctx context.Context, ref remittance.Ref) (About, error) {
	var (
		about About
		ways  string
	)
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, `SELECT purpose, lang, ways FROM links WHERE merchant = $1 AND remittance_id = $2`,
			string(ref.Merchant), string(ref.Remittance)).Scan(&about.Purpose, &about.Lang, &ways)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s: %w", ref, ErrUnknown)
		}
		return err
	})
	about.Ways = split(ways)
	return about, err
}

func joined(ways []Way) string {
	texts := make([]string, len(ways))
	for i, w := range ways {
		texts[i] = string(w.Rail)
		if w.Form != "" {
			texts[i] += ":" + string(w.Form)
		}
	}
	return strings.Join(texts, ",")
}

func split(ways string) []Way {
	var out []Way
	for text := range strings.SplitSeq(ways, ",") {
		rail, form, _ := strings.Cut(text, ":")
		if rail != "" {
			out = append(out, Way{remittance.Rail(rail), remittance.GiftForm(form)})
		}
	}
	return out
}
