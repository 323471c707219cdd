package bank

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"soukin/remittance"
)

// youngest is how old a refused access token must be to be worth renewing. A
// token just obtained that is refused lacks a permission, and renewing it with
// every call would only spend refresh tokens. A token that has worked and is
// then called unauthorized (401) is worth renewing at any age.
const youngest = time.Minute

// keeper hands out the access token and renews it, one renewal at a time in
// this process and, through the store, across processes.
type keeper struct {
	store TokenStore
	oauth oauth2.Config
	http  *http.Client
	now   func() time.Time
	ahead time.Duration
	limit time.Duration
	login bool // whether there is an authorization service to renew at

	worked atomic.Pointer[string] // the access token that was last accepted
	cached atomic.Pointer[Token]  // what the store held when it was last looked at

	gate     chan struct{} // held while looking at the store, and during a renewal
	failedAt time.Time     // when a renewal last failed
	// unsaved is a renewed token that could not be stored, and replaces is what
	// it replaces. It is not used before it is stored.
	unsaved, replaces Token
}

func newKeeper(s Settings, store TokenStore, httpClient *http.Client) *keeper {
	style := oauth2.AuthStyleInHeader
	if s.ClientAuth == ClientAuthPost {
		style = oauth2.AuthStyleInParams
	}
	return &keeper{
		store: store,
		oauth: oauth2.Config{
			ClientID:     s.ClientID,
			ClientSecret: s.ClientSecret,
			RedirectURL:  s.RedirectURL,
			Scopes:       s.Scopes,
			Endpoint: oauth2.Endpoint{
				AuthURL:   s.AuthURL + "/authorization",
				TokenURL:  s.AuthURL + "/token",
				AuthStyle: style,
			},
		},
		http: httpClient, now: s.Now, ahead: s.RefreshAhead, limit: s.Timeout, login: s.AuthURL != "",
		gate: make(chan struct{}, 1),
	}
}

// known is the token of the last look, the zero Token before the first.
func (k *keeper) known() Token {
	if t := k.cached.Load(); t != nil {
		return *t
	}
	return Token{}
}

func (k *keeper) due(t Token) bool    { return t.due(k.now(), k.ahead) }
func (k *keeper) usable(t Token) bool { return t.AccessToken != "" && !t.expired(k.now()) }

func (k *keeper) tryLock() bool {
	select {
	case k.gate <- struct{}{}:
		return true
	default:
		return false
	}
}

func (k *keeper) lock(ctx context.Context) error {
	select {
	case k.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "no token in time", Cause: ctx.Err()}
	}
}

func (k *keeper) unlock() { <-k.gate }

func (k *keeper) wait(ctx context.Context) error {
	if err := k.lock(ctx); err != nil {
		return err
	}
	k.unlock()
	return nil
}

// current gives a token to call with, renewed if it is due. Nobody waits for a
// renewal, or for its failure, while the old token still works.
func (k *keeper) current(ctx context.Context) (Token, error) {
	if t := k.known(); k.usable(t) && !k.due(t) {
		return t, nil
	}
	if !k.tryLock() {
		if t := k.known(); k.usable(t) {
			return t, nil
		}
		if err := k.lock(ctx); err != nil {
			return Token{}, err
		}
	}
	err := k.load(ctx)
	token := k.known()
	if err != nil && !k.usable(token) {
		k.unlock()
		return Token{}, err
	}
	failedLately := k.now().Sub(k.failedAt) < youngest
	if !k.renewable(token) || !k.due(token) || k.usable(token) && failedLately {
		k.unlock()
		return token, nil
	}
	renewed, err := k.exchange(ctx, token)
	if err != nil && k.usable(token) {
		return token, nil
	}
	return renewed, err
}

// accepted notes that the bank let the token in.
func (k *keeper) accepted(t Token) { k.worked.Store(&t.AccessToken) }

// hopeful says whether a new token may fare better than the refused one.
func (k *keeper) hopeful(refused Token, status int) bool {
	age := k.now().Sub(refused.ObtainedAt)
	worked := k.worked.Load()
	return age < 0 || age >= youngest || status == http.StatusUnauthorized && worked != nil && *worked == refused.AccessToken
}

// renew replaces a token that the bank refused with the given HTTP status. It
// gives the same token back if a new one would not help.
func (k *keeper) renew(ctx context.Context, refused Token, status int) (Token, error) {
	if err := k.lock(ctx); err != nil {
		return Token{}, err
	}
	if err := k.load(ctx); err != nil {
		k.unlock()
		return Token{}, err
	}
	token := k.known()
	if token.AccessToken != refused.AccessToken || !k.renewable(token) || !k.hopeful(token, status) {
		k.unlock()
		return token, nil
	}
	return k.exchange(ctx, token)
}

func (k *keeper) renewable(t Token) bool { return k.login && t.RefreshToken != "" }

func (k *keeper) load(ctx context.Context) error {
	token, err := k.store.Load(ctx)
	if err != nil {
		return storeError(err)
	}
	k.cached.Store(&token)
	return nil
}

// exchange renews seen and gives the gate back when it is done. It runs to its
// end even if the caller gives up: the bank has spent the old refresh token by
// then, and a new one that nobody stores is lost.
func (k *keeper) exchange(ctx context.Context, seen Token) (Token, error) {
	type result struct {
		token Token
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer k.unlock()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.limit)
		defer cancel()
		token, err := k.update(ctx, seen)
		if err != nil {
			k.failedAt = k.now()
		}
		done <- result{token, err}
	}()
	select {
	case r := <-done:
		return r.token, r.err
	case <-ctx.Done():
		return Token{}, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "no token in time", Cause: ctx.Err()}
	}
}

func (k *keeper) update(ctx context.Context, seen Token) (Token, error) {
	var next Token
	err := k.store.Update(ctx, func(old Token) (Token, error) {
		var err error
		next, err = k.next(ctx, old, seen)
		return next, err
	})
	if err != nil {
		return Token{}, storeError(err)
	}
	k.unsaved, k.replaces = Token{}, Token{}
	k.cached.Store(&next)
	return next, nil
}

// next decides, while nobody else can, what follows the stored token.
func (k *keeper) next(ctx context.Context, old, seen Token) (Token, error) {
	if old.AccessToken != seen.AccessToken {
		return old, nil // another process was faster
	}
	if k.unsaved.AccessToken != "" && k.replaces.RefreshToken == old.RefreshToken {
		return k.unsaved, nil
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, k.http)
	answer, err := k.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		return Token{}, loginError(err)
	}
	k.unsaved, k.replaces = k.tokenOf(answer), old
	return k.unsaved, nil
}

// tokenOf counts the expiry from our clock, not from x/oauth2's.
func (k *keeper) tokenOf(t *oauth2.Token) Token {
	token := Token{AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, ObtainedAt: k.now().UTC().Round(0)}
	if t.ExpiresIn > 0 {
		token.ExpiresAt = token.ObtainedAt.Add(time.Duration(t.ExpiresIn) * time.Second)
	}
	return token
}

// storeError keeps a rail error and says of any other that nothing was sent.
func storeError(err error) error {
	var rail *remittance.RailError
	switch {
	case errors.As(err, &rail):
		return rail
	case errors.Is(err, ErrNoToken):
		return &remittance.RailError{Outcome: remittance.OutcomeMisconfigured, Reason: remittance.CredentialsRefused,
			Code: "nobody has logged in at the bank", Cause: err}
	}
	return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "token store", Cause: err}
}
