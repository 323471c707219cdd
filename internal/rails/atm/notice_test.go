package atm_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/atm"
)

const (
	first  = "whsec_" + "Zmlyc3Qtc2VjcmV0LW9mLXRoZS1uZXR3b3Jr"
	second = "whsec_" + "c2Vjb25kLXNlY3JldC1vZi10aGUtbmV0d29yaw=="
)

func signed(t *testing.T, secret, body string) http.Header {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	now := time.Now()
	signature, err := hook.Sign("msg_1", now, []byte(body))
	require.NoError(t, err)
	return http.Header{"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)}, "Webhook-Signature": {signature}}
}

func TestVerify(t *testing.T) {
	const body = `{"type":"locked","issue_id":"demo.R-7.cash.1","receipt_no":"700000000001","at":"2026-11-24T01:00:00Z"}`
	both, err := atm.NewVerifier(first + "\n" + second + "\n")
	require.NoError(t, err)
	for _, secret := range []string{first, second} {
		n, err := both.Verify([]byte(body), signed(t, secret, body))
		require.NoError(t, err)
		assert.Equal(t, atm.Notice{ID: "msg_1", Type: "locked", Key: key}, n)
	}
	one, err := atm.NewVerifier(first)
	require.NoError(t, err)
	_, err = one.Verify([]byte(body), signed(t, second, body))
	assert.ErrorIs(t, err, atm.ErrSignature, "a secret that has been replaced")

	h := signed(t, first, body)
	_, err = one.Verify([]byte(strings.Replace(body, "R-7", "R-8", 1)), h)
	assert.ErrorIs(t, err, atm.ErrSignature, "another body")
	_, err = one.Verify([]byte(body+" "), h)
	assert.ErrorIs(t, err, atm.ErrSignature, "the raw bytes count")
	h.Set("Webhook-Id", "msg_2")
	_, err = one.Verify([]byte(body), h)
	assert.ErrorIs(t, err, atm.ErrSignature, "another id")
	h = signed(t, first, body)
	h.Set("Webhook-Signature", "v1,AAAA "+h.Get("Webhook-Signature"))
	_, err = one.Verify([]byte(body), h)
	assert.NoError(t, err, "several signatures while secrets change")

	n, err := one.Verify([]byte("{"), signed(t, first, "{"))
	assert.ErrorIs(t, err, atm.ErrNotice)
	assert.Equal(t, "msg_1", n.ID, "so that it can be kept")
}

func TestSecretsThatAreNoneAreRefused(t *testing.T) {
	for _, bad := range []string{"", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all, not at all", first + "\n\n" + second} {
		_, err := atm.NewVerifier(bad)
		require.Error(t, err, bad)
		assert.NotContains(t, err.Error(), "c2hvcnQ")
	}
}
