package payload_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"soukin/internal/keyring"
	"soukin/internal/payload"
)

// order stands for any input; its secret must never be seen in what Temporal stores.
type order struct {
	Amount int64  `json:"amount"`
	Note   string `json:"note"`
}

const secret = "VERY-SECRET-NOTE"

func newRing(t testing.TB) *keyring.Ring {
	t.Helper()
	ring, err := keyring.LoadOrCreate(filepath.Join(t.TempDir(), "payload.json"))
	require.NoError(t, err)
	return ring
}

func encode(t require.TestingT, c payload.Converters, value any) *commonpb.Payload {
	p, err := c.Data.ToPayload(value)
	require.NoError(t, err)
	return p
}

func TestPayloadsAreLabelledAndUnreadableWithoutTheKey(t *testing.T) {
	ring := newRing(t)
	c := payload.ForClient(ring)
	values := []any{order{100, secret}, &order{100, secret}, secret, []byte(secret), map[string]string{secret: secret}}
	for _, value := range values {
		p := encode(t, c, value)
		assert.Equal(t, payload.Encoding, string(p.GetMetadata()[converter.MetadataEncoding]))
		by, ok := keyring.SealedBy(p.GetData())
		require.True(t, ok)
		assert.Equal(t, by.String(), string(p.GetMetadata()[payload.MetadataKeyID]))
		stored, err := proto.Marshal(p)
		require.NoError(t, err)
		assert.NotContains(t, string(stored), secret)
	}
	p := encode(t, c, order{100, secret})
	var got order
	require.NoError(t, c.Data.FromPayload(p, &got))
	assert.Equal(t, order{100, secret}, got)
	assert.NotEqual(t, p.GetData(), encode(t, c, order{100, secret}).GetData(), "the same value twice must not look the same")
}

func TestPayloadsOfOtherToolsPassUnchanged(t *testing.T) {
	c := payload.ForWorker(newRing(t))
	plain, err := converter.GetDefaultDataConverter().ToPayload(order{7, "from an operator"})
	require.NoError(t, err)
	var got order
	require.NoError(t, c.Data.FromPayload(plain, &got))
	assert.Equal(t, order{7, "from an operator"}, got)
}

// recovered returns what f panics with.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestUnreadablePayloadPanicsForWorkersAndIsAnErrorForClients(t *testing.T) {
	ring := newRing(t)
	good := encode(t, payload.ForClient(ring), order{100, secret})
	foreign := encode(t, payload.ForClient(newRing(t)), order{100, secret})
	altered := proto.CloneOf(good)
	altered.Data[len(altered.Data)-1] ^= 1
	short := proto.CloneOf(good)
	short.Data = short.Data[:12]
	missing := func(err error) bool { return errors.As(err, new(*keyring.MissingKeyError)) }
	damaged := func(err error) bool { return errors.Is(err, keyring.ErrAltered) }
	tests := []struct {
		name string
		give *commonpb.Payload
		is   func(error) bool
	}{
		{"key of another ring", foreign, missing},
		{"altered", altered, damaged},
		{"cut", short, damaged},
		{"empty", &commonpb.Payload{Metadata: good.GetMetadata()}, damaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got order
			err := payload.ForClient(ring).Data.FromPayload(tt.give, &got)
			require.Error(t, err)
			assert.True(t, tt.is(err), "%v", err)
			value := recovered(func() { _ = payload.ForWorker(ring).Data.FromPayload(tt.give, &got) })
			panicked, ok := value.(error)
			require.True(t, ok, "%v", value)
			assert.True(t, tt.is(panicked), "%v", panicked)
			assert.Equal(t, order{}, got)
		})
	}
}

func TestWhatAnotherPurposeSealedIsNotAPayload(t *testing.T) {
	ring := newRing(t)
	c := payload.ForClient(ring)
	p := encode(t, c, order{100, secret})
	inner, err := proto.Marshal(&commonpb.Payload{Data: []byte("1")})
	require.NoError(t, err)
	p.Data, _, err = ring.Seal(inner, []byte("vault row 7"))
	require.NoError(t, err)
	var got order
	require.ErrorIs(t, c.Data.FromPayload(p, &got), keyring.ErrAltered)
}

func TestFailuresShowTheirTypeOnly(t *testing.T) {
	c := payload.ForWorker(newRing(t))
	give := temporal.NewApplicationErrorWithOptions(secret, "Rejected", temporal.ApplicationErrorOptions{
		NonRetryable: true, Details: []any{order{100, secret}}, Cause: errors.New("cause " + secret),
	})
	failure := c.Failure.ErrorToFailure(give)
	stored, err := protojson.Marshal(failure)
	require.NoError(t, err)
	assert.NotContains(t, string(stored), secret)
	assert.Equal(t, "Rejected", failure.GetApplicationFailureInfo().GetType())

	var got *temporal.ApplicationError
	require.ErrorAs(t, c.Failure.FailureToError(failure), &got)
	assert.Contains(t, got.Error(), secret)
	var detail order
	require.NoError(t, got.Details(&detail))
	assert.Equal(t, order{100, secret}, detail)
}

func TestApplySetsBothConverters(t *testing.T) {
	c := payload.ForWorker(newRing(t))
	var o client.Options
	c.Apply(&o)
	assert.Equal(t, c.Data, o.DataConverter)
	assert.Equal(t, c.Failure, o.FailureConverter)
	var r worker.WorkflowReplayerOptions
	c.ApplyReplayer(&r)
	assert.Equal(t, c.Data, r.DataConverter)
	assert.Equal(t, c.Failure, r.FailureConverter)
}

// TestValuesSurviveRotation encodes and rotates in random order and reads all values back through a ring loaded later.
func TestValuesSurviveRotation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), "payload.json")
		ring, err := keyring.LoadOrCreate(path)
		require.NoError(rt, err)
		c := payload.ForWorker(ring)
		var values []order
		var stored []*commonpb.Payload
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			if rapid.Bool().Draw(rt, "rotate") {
				_, err := ring.Rotate()
				require.NoError(rt, err)
			}
			v := order{rapid.Int64().Draw(rt, "amount"), rapid.String().Draw(rt, "note")}
			values, stored = append(values, v), append(stored, encode(rt, c, v))
		}
		later, err := keyring.Load(path)
		require.NoError(rt, err)
		for i, p := range stored {
			var got order
			require.NoError(rt, payload.ForClient(later).Data.FromPayload(p, &got))
			require.Equal(rt, values[i], got)
		}
	})
}

func FuzzDecode(f *testing.F) {
	ring := newRing(f)
	c := payload.ForClient(ring)
	good := encode(f, c, order{100, secret})
	f.Add([]byte(nil), "")
	f.Add(good.GetData()[:20], "1")
	f.Add(append([]byte{0}, good.GetData()...), "x")
	notAPayload, _, err := ring.Seal([]byte("\xff\xff"), []byte(payload.Encoding))
	require.NoError(f, err)
	f.Add(notAPayload, "1")
	f.Fuzz(func(t *testing.T, data []byte, keyID string) {
		p := &commonpb.Payload{Data: data, Metadata: map[string][]byte{
			converter.MetadataEncoding: []byte(payload.Encoding),
			payload.MetadataKeyID:      []byte(keyID),
		}}
		var got order
		if err := c.Data.FromPayload(p, &got); err == nil {
			t.Fatalf("read %+v from data that nobody encoded", got)
		}
	})
}
