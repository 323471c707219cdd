package payload

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"soukin/internal/keyring"
)

const (
	// Encoding labels a payload that this package encrypted. The number changes with the format.
	Encoding = "binary/soukin-v1"
	// MetadataKeyID is the metadata entry that names the key, in decimal, so that
	// an operator can see in the Web UI which key a history needs.
	MetadataKeyID = "soukin-key-id"
)

// associated binds a ciphertext to this use: what another part of the product
// sealed with the same key cannot be passed off as a payload.
var associated = []byte(Encoding)

// codec encrypts payloads one by one, each with its own metadata inside.
//
// It binds a payload neither to its workflow nor to its activity: the Web UI's
// decoder and the replayer do not know them, and no money is moved on what a
// payload says alone (the ledger keeps its own truth).
type codec struct {
	ring *keyring.Ring
	// unreadable decides what becomes of a payload that is ours and cannot be opened.
	unreadable func(error) error
}

var _ converter.PayloadCodec = codec{}

// Encode implements converter.PayloadCodec.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("encode payload: %w", err)
		}
		sealed, by, err := c.ring.Seal(plain, associated)
		if err != nil {
			return nil, fmt.Errorf("encode payload: %w", err)
		}
		out[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(Encoding),
				MetadataKeyID:              []byte(by.String()),
			},
			Data: sealed,
		}
	}
	return out, nil
}

// Decode implements converter.PayloadCodec. A payload with another label passes
// unchanged: an operator's signal from Temporal's own tools is not encrypted.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if !encrypted(p) {
			out[i] = p
			continue
		}
		opened, err := c.open(p)
		if err != nil {
			return nil, c.unreadable(err)
		}
		out[i] = opened
	}
	return out, nil
}

func (c codec) open(p *commonpb.Payload) (*commonpb.Payload, error) {
	plain, err := c.ring.Open(p.GetData(), associated)
	if err != nil {
		return nil, fmt.Errorf("payload cannot be read: %w", err)
	}
	opened := &commonpb.Payload{}
	if err := proto.Unmarshal(plain, opened); err != nil {
		return nil, fmt.Errorf("payload cannot be read: %w: %w", keyring.ErrAltered, err)
	}
	return opened, nil
}

func encrypted(p *commonpb.Payload) bool {
	return string(p.GetMetadata()[converter.MetadataEncoding]) == Encoding
}
