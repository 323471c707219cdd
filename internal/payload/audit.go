package payload

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"soukin/internal/keyring"
)

// maxFingerprints bounds one line of the audit log.
const maxFingerprints = 50

// auditingCodec decodes one request and remembers what the audit log may say about it.
type auditingCodec struct {
	codec

	opened, unreadable, plain int
	keys                      []keyring.KeyID
	// fingerprints are the first 8 bytes of the SHA-256 of each ciphertext, in
	// hex: with the history at hand they tell which payload was read.
	fingerprints []string
}

var _ converter.PayloadCodec = (*auditingCodec)(nil)

// Decode opens what it can. What it cannot open stays as it is, so that one
// lost key does not blind an operator to the rest of a history.
func (a *auditingCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		out[i] = p
		if !encrypted(p) {
			a.plain++
			continue
		}
		a.note(p)
		opened, err := a.open(p)
		if err != nil {
			a.unreadable++
			continue
		}
		a.opened++
		out[i] = opened
	}
	return out, nil
}

func (a *auditingCodec) note(p *commonpb.Payload) {
	if id, ok := keyring.SealedBy(p.GetData()); ok && !slices.Contains(a.keys, id) {
		a.keys = append(a.keys, id)
	}
	if len(a.fingerprints) < maxFingerprints {
		sum := sha256.Sum256(p.GetData())
		a.fingerprints = append(a.fingerprints, hex.EncodeToString(sum[:8]))
	}
}

func (a *auditingCodec) keyIDs() []string {
	ids := make([]string, len(a.keys))
	for i, id := range a.keys {
		ids[i] = id.String()
	}
	return ids
}
