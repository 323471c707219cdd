package amazon

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

// tokenStore keeps codes and access tokens. There are no refresh tokens: who
// somebody is, is asked once. It implements [oauth2.TokenStore].
type tokenStore struct{ db *database.DB }

// Create stores a code or an access token.
func (s tokenStore) Create(ctx context.Context, info oauth2.TokenInfo) error {
	text, err := json.Marshal(info)
	if err != nil {
		return fmt.Errorf("store token: %w", err)
	}
	return s.exec(ctx, "INSERT INTO amazon_tokens (code, access, info) VALUES (NULLIF($1, ''), NULLIF($2, ''), $3)", info.GetCode(), info.GetAccess(), string(text))
}

// RemoveByCode uses a code up.
func (s tokenStore) RemoveByCode(ctx context.Context, code string) error {
	return s.exec(ctx, "DELETE FROM amazon_tokens WHERE code = $1", code)
}

// RemoveByAccess revokes an access token.
func (s tokenStore) RemoveByAccess(ctx context.Context, access string) error {
	return s.exec(ctx, "DELETE FROM amazon_tokens WHERE access = $1", access)
}

// RemoveByRefresh has nothing to remove.
func (s tokenStore) RemoveByRefresh(context.Context, string) error { return nil }

// GetByCode gives nil for a code that was never issued or is used up.
func (s tokenStore) GetByCode(ctx context.Context, code string) (oauth2.TokenInfo, error) {
	return s.get(ctx, "SELECT info FROM amazon_tokens WHERE code = $1", code)
}

// GetByAccess gives nil for a token that was never issued.
func (s tokenStore) GetByAccess(ctx context.Context, access string) (oauth2.TokenInfo, error) {
	return s.get(ctx, "SELECT info FROM amazon_tokens WHERE access = $1", access)
}

// GetByRefresh gives nil: there are none.
func (s tokenStore) GetByRefresh(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, nil //nolint:nilnil // the library's contract for "not found"
}

func (s tokenStore) exec(ctx context.Context, query string, args ...any) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

func (s tokenStore) get(ctx context.Context, query, token string) (oauth2.TokenInfo, error) {
	var text string
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, token).Scan(&text)
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
