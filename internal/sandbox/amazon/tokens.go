package amazon

import (
	"context"

	"github.com/go-oauth2/oauth2/v4"

	"soukin/internal/sandbox/tokens"
)

// tokenStore keeps codes and access tokens. There are no refresh tokens: who
// somebody is, is asked once. It implements [oauth2.TokenStore].
type tokenStore struct{ tokens.Table }

// Create stores a code or an access token.
func (s tokenStore) Create(ctx context.Context, info oauth2.TokenInfo) error {
	return s.Insert(ctx, info, "INSERT INTO amazon_tokens (code, access, info) VALUES (NULLIF($1, ''), NULLIF($2, ''), $3)", info.GetCode(), info.GetAccess())
}

// RemoveByCode uses a code up.
func (s tokenStore) RemoveByCode(ctx context.Context, code string) error {
	return s.Exec(ctx, "DELETE FROM amazon_tokens WHERE code = $1", code)
}

// RemoveByAccess revokes an access token.
func (s tokenStore) RemoveByAccess(ctx context.Context, access string) error {
	return s.Exec(ctx, "DELETE FROM amazon_tokens WHERE access = $1", access)
}

// RemoveByRefresh has nothing to remove.
func (s tokenStore) RemoveByRefresh(context.Context, string) error { return nil }

// GetByCode gives nil for a code that was never issued or is used up.
func (s tokenStore) GetByCode(ctx context.Context, code string) (oauth2.TokenInfo, error) {
	return s.Get(ctx, "SELECT info FROM amazon_tokens WHERE code = $1", code)
}

// GetByAccess gives nil for a token that was never issued.
func (s tokenStore) GetByAccess(ctx context.Context, access string) (oauth2.TokenInfo, error) {
	return s.Get(ctx, "SELECT info FROM amazon_tokens WHERE access = $1", access)
}

// GetByRefresh gives nil: there are none.
func (s tokenStore) GetByRefresh(context.Context, string) (oauth2.TokenInfo, error) {
	return nil, nil //nolint:nilnil // the library's contract for "not found"
}
