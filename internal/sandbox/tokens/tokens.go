package tokens

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-oauth2/oauth2/v4"
	"github.com/go-oauth2/oauth2/v4/models"

	"soukin/internal/database"
)

// Table is one server's.
type Table struct{ DB *database.DB }

// Insert keeps what was issued; the query takes it as text after the keys.
func (t Table) Insert(ctx context.Context, info oauth2.TokenInfo, query string, keys ...any) error {
	text, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("store token: %w", err)
	}
	return t.Exec(ctx, query, append(keys, string(text))...)
}

// Exec changes the table.
func (t Table) Exec(ctx context.Context, query string, args ...any) error {
	return t.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

// Get gives what was issued under a key, or nil: the OAuth library's contract
// for "not found".
func (t Table) Get(ctx context.Context, query, key string) (oauth2.TokenInfo, error) {
	var text string
	err := t.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, key).Scan(&text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // the library's contract for "not found"
	}
	info := models.NewToken()
	if err == nil {
		err = json.Unmarshal([]byte(text), info)
	}
	if err != nil {
		return nil, fmt.Errorf("load token: %w", err)
	}
	return info, nil
}
