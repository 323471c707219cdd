package notify_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/notify"
	"soukin/remittance"
)

func TestAnswersOfAnSMSService(t *testing.T) {
	for status, want := range map[int]remittance.Outcome{
		200: remittance.OutcomeAccepted, 202: remittance.OutcomeAccepted, 400: remittance.OutcomeRejected, 401: remittance.OutcomeMisconfigured,
		403: remittance.OutcomeMisconfigured, 404: remittance.OutcomeMisconfigured, 405: remittance.OutcomeMisconfigured, 408: remittance.OutcomeUnknown,
		409: remittance.OutcomeUnknown, 422: remittance.OutcomeRejected, 429: remittance.OutcomeRateLimited, 302: remittance.OutcomeUnknown,
		500: remittance.OutcomeUnknown, 502: remittance.OutcomeUnknown, 503: remittance.OutcomeRateLimited, 504: remittance.OutcomeUnknown,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			assert.NoError(t, err)
			assert.JSONEq(t, `{"to":"+819012345678","text":"本文"}`, string(body))
			assert.Equal(t, "k1", r.Header.Get("Idempotency-Key"))
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
			fmt.Fprint(w, "no such number: +819012345678")
		}))
		sms, err := notify.NewHTTPSMS(server.URL+"/send", 5*time.Second)
		require.NoError(t, err)
		err = sms.SendSMS(t.Context(), "+819012345678", "本文", "k1")
		server.Close()
		if want == remittance.OutcomeAccepted {
			assert.NoError(t, err, status)
			continue
		}
		var rail *remittance.RailError
		require.ErrorAs(t, err, &rail)
		assert.Equal(t, want, rail.Outcome, status)
		assert.Equal(t, 7*time.Second, rail.RetryAfter)
		assertSilent(t, err)
	}
}

func TestAnSMSServiceThatIsNotThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	sms, err := notify.NewHTTPSMS(server.URL, 5*time.Second)
	require.NoError(t, err)
	assert.Equal(t, remittance.OutcomeNotSent, outcome(t, sms.SendSMS(t.Context(), "+819012345678", "x", "k")))
	for _, address := range []string{"", "sms.example.jp", "http://sms.example.jp/", "https://user:pw@sms.example.jp/"} {
		_, err := notify.NewHTTPSMS(address, time.Second)
		assert.ErrorContains(t, err, "SMS setting", address)
	}
	_, err = notify.NewHTTPSMS("https://sms.example.jp/", 0)
	assert.ErrorContains(t, err, "timeout")
}

// amazon plays Amazon SNS: it checks the signature by signing again, and answers
// in the query protocol.
func amazon(t *testing.T, calls *atomic.Int32, answer func(w http.ResponseWriter, form url.Values)) *notify.SNS {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		form, err := url.ParseQuery(string(body))
		assert.NoError(t, err)
		assert.True(t, signedRight(t, r, string(body)), "signature")
		answer(w, form)
	}))
	t.Cleanup(server.Close)
	s, err := notify.NewSNS(notify.SNSSettings{Region: "ap-northeast-1", AccessKeyID: "AKID", SecretAccessKey: "SECRET", SenderID: "Soukin", Endpoint: server.URL})
	require.NoError(t, err)
	return s
}

func signedRight(t *testing.T, r *http.Request, body string) bool {
	t.Helper()
	_, signed, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	signed, _, _ = strings.Cut(signed, ",")
	again, err := http.NewRequestWithContext(t.Context(), r.Method, "http://"+r.Host+r.URL.RequestURI(), strings.NewReader(body))
	require.NoError(t, err)
	for name := range strings.SplitSeq(signed, ";") {
		if name != "host" && name != "content-length" {
			again.Header.Set(name, r.Header.Get(name))
		}
	}
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	require.NoError(t, err)
	hash := sha256Hex(body)
	require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, again, hash, "sns", "ap-northeast-1", at))
	return again.Header.Get("Authorization") == r.Header.Get("Authorization")
}

func TestAmazonSNSGetsTheMessage(t *testing.T) {
	var calls atomic.Int32
	s := amazon(t, &calls, func(w http.ResponseWriter, form url.Values) {
		assert.Equal(t, "Publish", form.Get("Action"))
		assert.Equal(t, "+819012345678", form.Get("PhoneNumber"))
		assert.Equal(t, "本文 https://pay.example.jp/r/x", form.Get("Message"))
		all := form.Encode()
		assert.Contains(t, all, "Transactional")
		assert.Contains(t, all, "Value.StringValue=Soukin")
		fmt.Fprint(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>`)
	})
	require.NoError(t, s.SendSMS(t.Context(), "+819012345678", "本文 https://pay.example.jp/r/x", "k"))
	assert.EqualValues(t, 1, calls.Load())
}

func TestAnswersOfAmazonSNS(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		want   remittance.Outcome
	}{
		{400, "Throttled", remittance.OutcomeRateLimited},
		{400, "Throttling", remittance.OutcomeRateLimited},
		{400, "OptedOut", remittance.OutcomeRejected},
		{400, "InvalidParameter", remittance.OutcomeRejected},
		{403, "AuthorizationError", remittance.OutcomeMisconfigured},
		{403, "InvalidClientTokenId", remittance.OutcomeMisconfigured},
		{403, "SignatureDoesNotMatch", remittance.OutcomeMisconfigured},
		{403, "ExpiredToken", remittance.OutcomeMisconfigured},
		{500, "InternalError", remittance.OutcomeUnknown},
		{503, "ServiceUnavailable", remittance.OutcomeUnknown},
		{400, "SomethingNew", remittance.OutcomeUnknown},
	} {
		var calls atomic.Int32
		s := amazon(t, &calls, func(w http.ResponseWriter, _ url.Values) {
			w.WriteHeader(tt.status)
			fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>number +819012345678</Message></Error><RequestId>r</RequestId></ErrorResponse>`, tt.code)
		})
		err := s.SendSMS(t.Context(), "+819012345678", "x", "k")
		assert.Equal(t, tt.want, outcome(t, err), tt.code)
		assert.ErrorContains(t, err, tt.code)
		assert.EqualValues(t, 1, calls.Load(), "one call for %s: the service would send twice", tt.code)
		assertSilent(t, err)
	}
}

func TestAmazonSNSLostOnTheWay(t *testing.T) {
	var calls atomic.Int32
	cut := amazon(t, &calls, func(http.ResponseWriter, url.Values) { panic(http.ErrAbortHandler) })
	err := cut.SendSMS(t.Context(), "+819012345678", "x", "k")
	assert.Equal(t, remittance.OutcomeUnknown, outcome(t, err))
	assert.EqualValues(t, 1, calls.Load())
	garbled := amazon(t, &calls, func(w http.ResponseWriter, _ url.Values) { fmt.Fprint(w, "<html>") })
	assert.Equal(t, remittance.OutcomeUnknown, outcome(t, garbled.SendSMS(t.Context(), "+819012345678", "x", "k")))

	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	gone, err := notify.NewSNS(notify.SNSSettings{Region: "ap-northeast-1", AccessKeyID: "AKID", SecretAccessKey: "SECRET", Endpoint: server.URL})
	require.NoError(t, err)
	assert.Equal(t, remittance.OutcomeNotSent, outcome(t, gone.SendSMS(t.Context(), "+819012345678", "x", "k")))

	ctx, cancel := context.WithCancelCause(t.Context())
	cancelled := amazon(t, &calls, func(http.ResponseWriter, url.Values) {
		cancel(errors.New("test"))
		<-ctx.Done()
		panic(http.ErrAbortHandler)
	})
	err = cancelled.SendSMS(ctx, "+819012345678", "x", "k")
	assert.Equal(t, remittance.OutcomeUnknown, outcome(t, err))

	for _, bad := range []notify.SNSSettings{{}, {Region: "r"}, {Region: "r", AccessKeyID: "a", SecretAccessKey: "s", Timeout: -1}} {
		_, err := notify.NewSNS(bad)
		assert.ErrorContains(t, err, "SNS setting")
	}
}

func sha256Hex(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
