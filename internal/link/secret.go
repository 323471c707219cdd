package link

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const (
	tokenBytes = 32
	masked     = "(secret)"
)

var encoding = base64.RawURLEncoding.Strict()

// secret is text that prints, encodes and logs masked. The text is behind a
// pointer because fmt prints unexported fields of whatever struct a value is
// part of without asking the value.
type secret struct{ text *string }

// Reveal is the only way to the text.
func (s secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format is masked for every verb.
func (s secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalJSON is masked.
func (s secret) MarshalJSON() ([]byte, error) { return json.Marshal(masked) }

// LogValue is masked.
func (s secret) LogValue() slog.Value { return slog.StringValue(masked) }

// Token is the secret part of a link's address: 43 characters of base64url. It
// prints, encodes and logs masked.
type Token struct{ secret }

// Proof says that whoever carries it knew the codes of a link. Its text has the
// form of a token's. It prints, encodes and logs masked.
type Proof struct{ secret }

// Answer is what a recipient typed for one code. It prints, encodes and logs
// masked.
type Answer struct{ secret }

// NewAnswer takes the recipient's text as it was typed.
func NewAnswer(typed string) Answer { return Answer{secret{&typed}} }

// ParseToken takes the token out of an address. Errors: [ErrUnknown], for every
// text that no token can have.
func ParseToken(text string) (Token, error) {
	s, err := parse(text)
	return Token{s}, err
}

// ParseProof takes the proof out of a form. Errors: [ErrProof], for every text
// that no proof can have.
func ParseProof(text string) (Proof, error) {
	s, err := parse(text)
	if err != nil {
		return Proof{}, ErrProof
	}
	return Proof{s}, nil
}

func parse(text string) (secret, error) {
	// The decoder skips line breaks, so the length is what makes the text unique.
	if raw, err := encoding.DecodeString(text); err != nil || len(raw) != tokenBytes || len(text) != encoding.EncodedLen(tokenBytes) {
		return secret{}, ErrUnknown
	}
	return secret{&text}, nil
}

func newSecret() secret {
	random := make([]byte, tokenBytes)
	rand.Read(random) //nolint:errcheck // never fails, see its documentation
	text := encoding.EncodeToString(random)
	return secret{&text}
}

func (s secret) hash() string {
	sum := sha256.Sum256([]byte(s.Reveal()))
	return hex.EncodeToString(sum[:])
}
