package app

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"soukin/config"
	"soukin/internal/link"
	"soukin/internal/rails/amazon/login"
	"soukin/internal/vault"
	"soukin/internal/web"
	"soukin/remittance"
)

// AmazonRedirectURL is where Amazon sends a recipient's browser back to. The whole
// address must be registered at Amazon.
func AmazonRedirectURL(cfg config.Config) string {
	return strings.TrimSuffix(cfg.Link.PublicURL, "/") + web.LoginPath
}

// How long a login may take, from when the page with its link was shown, and how
// long its result may wait for the recipient's confirmation. Neither needs to
// outlive the proof of the codes.
const (
	amazonLoginTakes = 30 * time.Minute
	amazonLoginLasts = 30 * time.Minute
)

// ErrAmazonLogin is wrapped when what a browser brought is not what was given to
// it: altered, too old, or meant for another remittance. Logging in again helps.
var ErrAmazonLogin = errors.New("login at Amazon")

var errTooOld = errors.New("too old")

// amazonText writes what is sealed into addresses and forms: one text for one
// content, so that a changed character never opens.
var amazonText = base64.RawURLEncoding.Strict()

// AmazonLogin logs recipients in at Amazon for the pages. What has to survive
// the way over Amazon is sealed into the state parameter and what has to survive
// until the recipient confirms is sealed into the form, so that no cookie and no
// table is needed.
//
// The state is not bound to a browser. Whoever sends somebody else over Amazon
// with a state of their own has that person's account shown, masked by its seal,
// on their own link: they would give their own money away, and learn nothing.
type AmazonLogin struct {
	login *login.Client
	vault *vault.Vault
	now   func() time.Time
}

// NewAmazonLogin makes it from the settings. observe, if not nil, is told of
// every login that came back.
func NewAmazonLogin(cfg config.Config, v *vault.Vault, now func() time.Time, observe func(operation string, outcome remittance.Outcome, took time.Duration)) (*AmazonLogin, error) {
	client, err := login.New(login.Settings{
		AuthURL: cfg.Amazon.LoginURL, TokenURL: cfg.Amazon.TokenURL, ProfileURL: cfg.Amazon.ProfileURL,
		ClientID: cfg.Amazon.LoginID, ClientSecret: cfg.Amazon.LoginSecret.Reveal(),
		RedirectURL: AmazonRedirectURL(cfg), Timeout: cfg.Amazon.Timeout, OnCall: observe,
	})
	if err != nil {
		return nil, err
	}
	return &AmazonLogin{client, v, now}, nil
}

// amazonState is what travels over Amazon. Only we can read it.
type amazonState struct {
	Token    string         `json:"token"`
	Proof    string         `json:"proof,omitempty"`
	Verifier string         `json:"verifier"`
	Ref      remittance.Ref `json:"ref"`
	Until    time.Time      `json:"until"`
}

// amazonAccount is a login that waits for the recipient's confirmation.
type amazonAccount struct {
	UserID string    `json:"user_id"`
	Until  time.Time `json:"until"`
}

const aboutAmazonState = "login at Amazon under way"

func aboutAmazonAccount(ref remittance.Ref) string { return "account at Amazon for " + ref.String() }

// Begin gives the address at Amazon that the recipient's browser goes to. The
// caller has checked that token and proof belong to the remittance.
func (a *AmazonLogin) Begin(token link.Token, proof link.Proof, ref remittance.Ref) (string, error) {
	verifier := login.NewVerifier()
	state, err := a.seal(amazonState{token.Reveal(), proof.Reveal(), verifier, ref, a.now().Add(amazonLoginTakes)}, aboutAmazonState)
	if err != nil {
		return "", err
	}
	return a.login.Start(state, verifier), nil
}

// Return says whose browser came back, so that the page of their link can be
// shown whatever Amazon said, a refusal too. Errors: [ErrAmazonLogin].
func (a *AmazonLogin) Return(state string) (link.Token, link.Proof, error) {
	_, token, proof, err := a.returned(state)
	return token, proof, err
}

// Finish learns from Amazon who logged in, and seals it for the form in which
// the recipient confirms. The token must be checked again before anything is
// done. Errors: [ErrAmazonLogin]; *remittance.RailError as those of
// login.Client.Finish, and then token and proof are given all the same.
func (a *AmazonLogin) Finish(ctx context.Context, state, code string) (link.Token, link.Proof, string, error) {
	s, token, proof, err := a.returned(state)
	if err != nil {
		return link.Token{}, link.Proof{}, "", err
	}
	user, err := a.login.Finish(ctx, code, s.Verifier)
	if err != nil {
		return token, proof, "", err
	}
	sealed, err := a.seal(amazonAccount{user, a.now().Add(amazonLoginLasts)}, aboutAmazonAccount(s.Ref))
	return token, proof, sealed, err
}

// Open gives the user id that was sealed for a remittance. It goes into the
// vault and nowhere else. Errors: [ErrAmazonLogin].
func (a *AmazonLogin) Open(sealed string, ref remittance.Ref) (string, error) {
	var account amazonAccount
	if err := a.unseal(sealed, aboutAmazonAccount(ref), &account); err != nil {
		return "", err
	}
	if !a.now().Before(account.Until) {
		return "", fmt.Errorf("%w: %w", ErrAmazonLogin, errTooOld)
	}
	return account.UserID, nil
}

func (a *AmazonLogin) returned(state string) (amazonState, link.Token, link.Proof, error) {
	var s amazonState
	if err := a.unseal(state, aboutAmazonState, &s); err != nil {
		return s, link.Token{}, link.Proof{}, err
	}
	if !a.now().Before(s.Until) {
		return s, link.Token{}, link.Proof{}, fmt.Errorf("%w: %w", ErrAmazonLogin, errTooOld)
	}
	token, err := link.ParseToken(s.Token)
	if err != nil {
		return s, link.Token{}, link.Proof{}, fmt.Errorf("%w: %w", ErrAmazonLogin, err)
	}
	var proof link.Proof // a link without codes has none
	if s.Proof != "" {
		if proof, err = link.ParseProof(s.Proof); err != nil {
			return s, link.Token{}, link.Proof{}, fmt.Errorf("%w: %w", ErrAmazonLogin, err)
		}
	}
	return s, token, proof, nil
}

func (a *AmazonLogin) seal(v any, about string) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sealed, err := a.vault.Seal(plain, about)
	return amazonText.EncodeToString(sealed), err
}

func (a *AmazonLogin) unseal(text, about string, into any) error {
	sealed, err := amazonText.DecodeString(text)
	if err != nil {
		return fmt.Errorf("%w: not base64url", ErrAmazonLogin)
	}
	plain, err := a.vault.Unseal(sealed, about)
	if err == nil {
		err = json.Unmarshal(plain, into)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAmazonLogin, err)
	}
	return nil
}
