package sandboxed

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"soukin/config"
	"soukin/internal/rails/bank"
	"soukin/internal/sandbox/control"
)

// Login logs in at the sandbox's bank, which consents by itself, and stores the
// token where the worker looks for it. At a real bank a person does this, see
// 'starter bank login'.
func Login(ctx context.Context, cfg config.Bank, c *control.Client) error {
	scopes := cfg.Scopes
	if len(scopes) == 0 {
		scopes = bank.DefaultScopes()
	}
	token, err := c.FirstToken(ctx, oauth2.Config{
		ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret.Reveal(), RedirectURL: cfg.RedirectURL, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: cfg.AuthURL + "/authorization", TokenURL: cfg.AuthURL + "/token"},
	})
	if err != nil {
		return err
	}
	return bank.NewFileStore(cfg.Token).Update(ctx, func(bank.Token) (bank.Token, error) {
		return bank.Token{AccessToken: token.AccessToken, RefreshToken: token.RefreshToken, ObtainedAt: time.Now(), ExpiresAt: token.Expiry}, nil
	})
}
