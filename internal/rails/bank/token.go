package bank

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// ErrNoToken is returned by a [TokenStore] that holds nothing yet: the
// operator has not logged in at the bank.
var ErrNoToken = errors.New("no token of the bank is stored")

// Token is the bank's permission to act for the account. Its refresh token is
// spent by each renewal, which returns another: whoever loses it must log in
// at the bank again.
type Token struct {
	AccessToken  string    `json:"access_token"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	ObtainedAt   time.Time `json:"obtained_at,omitzero"`
	ExpiresAt    time.Time `json:"expires_at,omitzero"` // zero: the bank did not say
}

// String never shows the token.
func (t Token) String() string {
	if t.ExpiresAt.IsZero() {
		return "bank token"
	}
	return "bank token until " + t.ExpiresAt.Format(time.RFC3339)
}

// GoString never shows the token under %#v.
func (t Token) GoString() string { return t.String() }

// LogValue never shows the token in logs.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// dueAt is when the token should be renewed: ahead of its expiry, but not
// before half its life is over, or a token that lives shorter than ahead would
// be renewed on every call.
func (t Token) dueAt(ahead time.Duration) time.Time {
	half := t.ObtainedAt.Add(t.ExpiresAt.Sub(t.ObtainedAt) / 2)
	if due := t.ExpiresAt.Add(-ahead); due.After(half) {
		return due
	}
	return half
}

func (t Token) due(now time.Time, ahead time.Duration) bool {
	return !t.ExpiresAt.IsZero() && !now.Before(t.dueAt(ahead))
}

func (t Token) expired(now time.Time) bool {
	return !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt)
}

// TokenStore keeps the one token of an account for every process that uses it.
type TokenStore interface {
	// Load gives the stored token. Errors: ErrNoToken.
	Load(ctx context.Context) (Token, error)
	// Update replaces the stored token by what change makes of it, while no
	// other process can do the same. old is the zero Token if none is stored.
	// When Update returns nil, the new token survives a loss of power. When
	// change fails, nothing is stored and its error comes back.
	Update(ctx context.Context, change func(old Token) (Token, error)) error
}

// StaticToken is an access token that somebody pasted, as sunabar's portal
// shows it. It is never renewed.
type StaticToken string

// Load gives the token.
func (s StaticToken) Load(context.Context) (Token, error) {
	if s == "" {
		return Token{}, ErrNoToken
	}
	return Token{AccessToken: string(s)}, nil
}

// Update always fails: a pasted token is replaced by whoever pasted it.
func (s StaticToken) Update(context.Context, func(Token) (Token, error)) error {
	return errors.New("a pasted token cannot be renewed: copy a new one from the bank's portal")
}

// String never shows the token.
func (s StaticToken) String() string { return Token{}.String() }

// GoString never shows the token under %#v.
func (s StaticToken) GoString() string { return s.String() }

// LogValue never shows the token in logs.
func (s StaticToken) LogValue() slog.Value { return slog.StringValue(s.String()) }
