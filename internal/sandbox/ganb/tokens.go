package ganb

import (
	"context"
	"embed"
	"io/fs"

	"github.com/go-oauth2/oauth2/v4"

	"soukin/internal/database"
	"soukin/internal/sandbox/tokens"
)

//go:embed migrations/*.sql
var migrations embed.FS

// tokenStore keeps codes and tokens across restarts: a client's only refresh
// token must not die with the process. It implements [oauth2.TokenStore].
type tokenStore struct{ tokens.Table }

func newTokenStore(ctx context.Context, db *database.DB) (*tokenStore, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return &tokenStore{tokens.Table{DB: db}}, db.Migrate(ctx, "oauth", files)
}

// Create stores what was issued: a code, or an access token with perhaps a refresh token.
func (s *tokenStore) Create(ctx context.Context, info oauth2.TokenInfo) error {
	return s.Insert(ctx, info, "INSERT INTO oauth_tokens (code, access, refresh, info) VALUES (NULLIF($1, ''), NULLIF($2, ''), NULLIF($3, ''), $4)",
		info.GetCode(), info.GetAccess(), info.GetRefresh())
}

// RemoveByCode uses a code up.
func (s *tokenStore) RemoveByCode(ctx context.Context, code string) error {
	return s.Exec(ctx, "DELETE FROM oauth_tokens WHERE code = $1", code)
}

// RemoveByAccess revokes an access token and the refresh token issued with it.
func (s *tokenStore) RemoveByAccess(ctx context.Context, access string) error {
	return s.Exec(ctx, "DELETE FROM oauth_tokens WHERE access = $1", access)
}

// RemoveByRefresh uses a refresh token up; the access token issued with it lives
// on until it expires.
func (s *tokenStore) RemoveByRefresh(ctx context.Context, refresh string) error {
	return s.Exec(ctx, "UPDATE oauth_tokens SET refresh = NULL WHERE refresh = $1", refresh)
}

// GetByCode gives nil for a code that was never issued or is used up.
func (s *tokenStore) GetByCode(ctx context.Context, code string) (oauth2.TokenInfo, error) {
	return s.Get(ctx, "SELECT info FROM oauth_tokens WHERE code = $1", code)
}

// GetByAccess gives nil for a token that was never issued or is revoked.
func (s *tokenStore) GetByAccess(ctx context.Context, access string) (oauth2.TokenInfo, error) {
	return s.Get(ctx, "SELECT info FROM oauth_tokens WHERE access = $1", access)
}

// GetByRefresh gives nil for a token that was never issued or is used up.
func (s *tokenStore) GetByRefresh(ctx context.Context, refresh string) (oauth2.TokenInfo, error) {
	return s.Get(ctx, "SELECT info FROM oauth_tokens WHERE refresh = $1", refresh)
}
