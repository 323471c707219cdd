package atm

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"soukin/remittance"
)

var (
	// ErrSignature says that a notice is not the network's, or is more than five
	// minutes old, and so may be somebody's who overheard it.
	ErrSignature = errors.New("notice signature")
	// ErrNotice says that a notice is the network's and yet cannot be read.
	ErrNotice = errors.New("notice")
)

// Notice is the network's word that something happened to an issue. It is a
// hint, never proof: the enquiry says what is true.
type Notice struct {
	// ID is the network's id of the message, the same when it is delivered again.
	ID string
	// Type is withdrawn, locked or expired; the network may have others.
	Type string
	// Key is the instruction it is about.
	Key remittance.Key
}

// Verifier tells the network's notices from everybody else's.
type Verifier struct{ hooks []*standardwebhooks.Webhook }

// minSecret is the shortest secret, in bytes, that Standard Webhooks allows.
const minSecret = 24

// NewVerifier takes the secrets that the network may sign with, one a line, as
// whsec_ and base64: two while they change. The error never repeats a secret.
func NewVerifier(secrets string) (*Verifier, error) {
	v := &Verifier{}
	for i, line := range strings.Split(strings.TrimSpace(secrets), "\n") {
		secret := strings.TrimSpace(line)
		hook, err := standardwebhooks.NewWebhook(secret)
		// Four characters of base64 hold three bytes.
		if err != nil || len(strings.TrimPrefix(secret, "whsec_"))*3/4 < minSecret {
			return nil, fmt.Errorf("secret of notices, line %d: must be whsec_ and the base64 of at least %d bytes, as the network gave it", i+1, minSecret)
		}
		v.hooks = append(v.hooks, hook)
	}
	return v, nil
}

// Verify checks the signature over the raw body, in constant time, and reads the
// notice. Errors: [ErrSignature], and [ErrNotice] with its ID set.
func (v *Verifier) Verify(raw []byte, h http.Header) (Notice, error) {
	if !v.signed(raw, h) {
		return Notice{}, ErrSignature
	}
	n := Notice{ID: h.Get(standardwebhooks.HeaderWebhookID)}
	var body struct {
		Type    string `json:"type"`
		IssueID string `json:"issue_id"`
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return n, fmt.Errorf("%w: the body is not JSON", ErrNotice)
	}
	key, err := ParseReference(body.IssueID)
	if err != nil {
		return n, fmt.Errorf("%w: issue_id is not one of ours", ErrNotice)
	}
	n.Type, n.Key = body.Type, key
	return n, nil
}

func (v *Verifier) signed(raw []byte, h http.Header) bool {
	for _, hook := range v.hooks {
		if hook.Verify(raw, h) == nil {
			return true
		}
	}
	return false
}
