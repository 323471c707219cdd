package amazon_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/rails/amazon"
	"soukin/internal/sandbox"
	pretend "soukin/internal/sandbox/amazon"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

// world is the sandbox's Amazon, built from the API's documentation and apart
// from this client. Its own books say what was really given.
type world struct {
	url     string
	control *control.Client
	network *network
	client  *amazon.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	server, err := sandbox.New(t.Context(), sandbox.Options{
		DBPath: filepath.Join(t.TempDir(), "sandbox.db"), Settings: sandbox.DefaultSettings(), Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	front := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		front.Close()
		require.NoError(t, server.Close())
	})
	w := &world{url: front.URL, control: control.NewClient(front.URL, front.Client()), network: &network{}}
	w.client, err = amazon.New(w.settings(), w.network.around)
	require.NoError(t, err)
	return w
}

func (w *world) settings() amazon.Settings {
	return amazon.Settings{
		Endpoint: w.url, Region: pretend.PublishedRegion, PartnerID: pretend.PublishedPartnerID,
		KeyID: pretend.PublishedKeyID, Secret: pretend.PublishedSecret, AccountType: "1", Timeout: patience,
	}
}

type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
}

func (w *world) user(t tester, login string) string {
	t.Helper()
	id, err := w.control.AmazonUser(t.Context(), login)
	require.NoError(t, err)
	return id
}

func (w *world) given(t tester, k remittance.Key) counterparty.Execution {
	t.Helper()
	for e, err := range w.control.Executions(t.Context(), remittance.RailAmazon) {
		require.NoError(t, err)
		if e.Reference == amazon.Reference(pretend.PublishedPartnerID, k) {
			return e
		}
	}
	return counterparty.Execution{}
}

// network loses requests on their way, or answers on theirs.
type network struct {
	mu   sync.Mutex
	next string // "", "request" or "answer"
}

func (n *network) loses(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = what
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (n *network) around(rt http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		n.mu.Lock()
		lost := n.next
		n.next = ""
		n.mu.Unlock()
		if lost == "request" {
			return nil, errors.New("lost")
		}
		answer, err := rt.RoundTrip(r)
		if lost == "answer" && err == nil {
			answer.Body.Close()
			return nil, errors.New("lost")
		}
		return answer, err
	})
}

func TestAGiftFromBeginningToEnd(t *testing.T) {
	w := newWorld(t)
	before, err := w.client.Funds(t.Context())
	require.NoError(t, err)
	assert.Equal(t, pretend.DefaultSettings().Funds, before.Amount)
	assert.False(t, before.At.IsZero())

	hanako := w.user(t, "hanako@example.com")
	require.NoError(t, w.client.LoadBalance(t.Context(), amazon.Load{Key: key, Amount: 1200, UserID: hanako}))
	users, err := w.control.AmazonUsers(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []control.AmazonUser{{UserID: hanako, Balance: 1200}}, users)

	codeKey := key
	codeKey.Generation = 2
	created, err := w.client.Create(t.Context(), codeKey, 3000)
	require.NoError(t, err)
	assert.Regexp(t, `^[A-Z2-7]{4}-[A-Z2-7]{6}-[A-Z2-7]{4}$`, created.Code.Reveal())
	shown, err := w.client.Reveal(t.Context(), codeKey, 3000)
	require.NoError(t, err)
	assert.Equal(t, created.Code.Reveal(), shown.Reveal())
	require.NoError(t, w.client.Cancel(t.Context(), codeKey, created.ID))
	require.NoError(t, w.client.Cancel(t.Context(), codeKey, ""), "by the request id alone, and again")
	again, err := w.client.Create(t.Context(), codeKey, 3000)
	require.NoError(t, err)
	assert.True(t, again.Cancelled)
	assert.Equal(t, created.ID, again.ID)
	assert.Equal(t, counterparty.Execution{Reference: w.client.Reference(codeKey), Amount: 3000, Executed: 1, Undone: true, State: "cancelled"}, w.given(t, codeKey))

	claimed := key
	claimed.Generation = 3
	taken, err := w.client.Create(t.Context(), claimed, 500)
	require.NoError(t, err)
	require.NoError(t, w.control.ClaimGift(t.Context(), w.client.Reference(claimed)))
	assert.Equal(t, remittance.OutcomeRejected, railError(t, w.client.Cancel(t.Context(), claimed, taken.ID)).Outcome)
	missing := key
	missing.Generation = 4
	assert.Equal(t, remittance.OutcomeRejected, railError(t, w.client.Cancel(t.Context(), missing, "")).Outcome)
	assert.Equal(t, remittance.OutcomeMisconfigured, railError(t, w.client.Cancel(t.Context(), key, "")).Outcome, "it is not for loaded balance")
	assert.False(t, w.given(t, key).Undone)
}

func TestWrongKeysAreForOperators(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*amazon.Settings){
		"secret":     func(s *amazon.Settings) { s.Secret = "another" },
		"access key": func(s *amazon.Settings) { s.KeyID = "AKIAANOTHER" },
		"region":     func(s *amazon.Settings) { s.Region = "us-east-1" },
		"clock":      func(s *amazon.Settings) { s.Now = func() time.Time { return time.Now().Add(-16 * time.Minute) } },
		"partner id": func(s *amazon.Settings) { s.PartnerID = "Other" },
	} {
		s := w.settings()
		change(&s)
		_, err := newClient(t, s).Create(t.Context(), key, 1000)
		assert.Equal(t, remittance.OutcomeMisconfigured, railError(t, err).Outcome, "%s: %v", name, err)
	}
	assert.Zero(t, w.given(t, key).Executed)
}

// The signature is over what the API's own example signs, and the AWS signer
// finds the same over the request as it arrives.
func TestSignature(t *testing.T) {
	at := time.Date(2026, 11, 21, 23, 59, 59, 0, time.UTC)
	var got *http.Request
	var raw []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.Clone(context.Background())
		raw, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	s := settings(server.URL + "/")
	s.Now = func() time.Time { return at.In(time.FixedZone("JST", 9*3600)) }
	_, err := newClient(t, s).Create(t.Context(), key, 1000)
	require.Error(t, err)

	assert.Equal(t, "/CreateGiftCard", got.URL.Path)
	assert.Equal(t, "com.amazonaws.agcod.AGCODService.CreateGiftCard", got.Header.Get("X-Amz-Target"))
	assert.Equal(t, "20261121T235959Z", got.Header.Get("X-Amz-Date"))
	assert.Equal(t, "application/json", got.Header.Get("Accept"))
	assert.Equal(t, "application/json", got.Header.Get("Content-Type"))
	assert.JSONEq(t, `{"creationRequestId":"`+amazon.Reference("Soukn", key)+`","partnerId":"Soukn","value":{"currencyCode":"JPY","amount":1000}}`, string(raw))
	sent := got.Header.Get("Authorization")
	assert.Regexp(t, regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=AKIATEST/20261121/us-west-2/AGCODService/aws4_request, SignedHeaders=accept;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$`), sent)

	again, err := http.NewRequest(http.MethodPost, server.URL+"/CreateGiftCard", nil)
	require.NoError(t, err)
	again.Header.Set("Accept", "application/json")
	again.Header.Set("X-Amz-Target", "com.amazonaws.agcod.AGCODService.CreateGiftCard")
	sum := sha256.Sum256(raw)
	require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "the-secret"}, again,
		hex.EncodeToString(sum[:]), "AGCODService", "us-west-2", at))
	assert.Equal(t, again.Header.Get("Authorization"), sent)
}

func TestALoadOnTheWire(t *testing.T) {
	var raw []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { raw, _ = io.ReadAll(r.Body) }))
	defer server.Close()
	require.Error(t, calls["load"](t, newClient(t, settings(server.URL))))
	assert.JSONEq(t, `{"loadBalanceRequestId":"`+amazon.Reference("Soukn", key)+`","partnerId":"Soukn","amount":{"currencyCode":"JPY","value":1000},"account":{"id":"`+user+`","type":"1"}}`, string(raw))
}

// Whatever is repeated and whatever gets lost, one key gives once, and a call
// that says it gave speaks the truth.
func TestAnySequenceOfCallsGivesOnce(t *testing.T) {
	w := newWorld(t)
	hanako := w.user(t, "hanako@example.com")
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		k := key
		k.Generation = 100 + n
		k.Merchant = remittance.MerchantID(strings.ToLower(rapid.StringMatching(`[a-z]{3}`).Draw(t, "merchant")))
		balance := rapid.Bool().Draw(t, "balance")
		amount := remittance.Yen(rapid.SampledFrom([]int{1, 1200, 4004, 4014, 4029, 5005, 5015, 500_000}).Draw(t, "amount"))
		id := ""
		for _, lost := range rapid.SliceOfN(rapid.SampledFrom([]string{"", "request", "answer"}), 1, 6).Draw(t, "losses") {
			w.network.loses(lost)
			var err error
			if balance {
				err = w.client.LoadBalance(t.Context(), amazon.Load{Key: k, Amount: amount, UserID: hanako})
			} else {
				var made amazon.Card
				if made, err = w.client.Create(t.Context(), k, amount); err == nil {
					require.True(t, id == "" || id == made.ID, "another card")
					id = made.ID
				}
			}
			given := w.given(t, k)
			require.LessOrEqual(t, given.Executed, 1)
			if err == nil {
				require.Equal(t, 1, given.Executed)
				require.Equal(t, amount, given.Amount)
				continue
			}
			var rail *remittance.RailError
			require.ErrorAs(t, err, &rail)
			require.Contains(t, []remittance.Outcome{remittance.OutcomeUnknown, remittance.OutcomeRateLimited}, rail.Outcome)
			if rail.Outcome == remittance.OutcomeRateLimited {
				require.Zero(t, given.Executed)
			}
		}
	})
}
