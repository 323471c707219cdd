package amazon_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/sandbox/amazon"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

// world is Amazon alone, as a client sees it.
type world struct {
	t      *testing.T
	dir    string
	url    string
	amazon *amazon.Amazon
	faults *faults.Injector
	set    amazon.Settings

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, change ...func(*amazon.Settings)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), set: amazon.DefaultSettings(), now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	w.set.FundsRate = 0
	for _, c := range change {
		c(&w.set)
	}
	db, err := database.Open(t.Context(), "sqlite:"+filepath.Join(w.dir, "sandbox.db"))
	require.NoError(t, err)
	w.faults, err = faults.Open(t.Context(), db, faults.Plan{})
	require.NoError(t, err)
	w.amazon, err = amazon.New(t.Context(), counterparty.Env{DB: db, Faults: w.faults, Now: w.clock, Log: slog.New(slog.DiscardHandler)}, w.set)
	require.NoError(t, err)
	mux := http.NewServeMux()
	w.amazon.Mount(mux)
	w.amazon.MountControl(mux)
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, db.Close())
	})
	w.url = server.URL
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

type fields map[string]any

func (w *world) create(id string, amount any) fields {
	return fields{"creationRequestId": id, "partnerId": w.set.PartnerID, "value": fields{"currencyCode": "JPY", "amount": amount}}
}

func (w *world) load(id, user string, amount any) fields {
	return fields{"loadBalanceRequestId": id, "partnerId": w.set.PartnerID, "amount": fields{"currencyCode": "JPY", "value": amount}, "account": fields{"id": user, "type": "1"}}
}

func (w *world) cancel(id, card string) fields {
	return fields{"creationRequestId": id, "partnerId": w.set.PartnerID, "gcId": card}
}

// signed is a request as the documentation wants it. body may be text or fields.
func (w *world) signed(op string, body any, at time.Time) *http.Request {
	return w.signedAs(op, op, body, at)
}

func (w *world) signedAs(op, target string, body any, at time.Time) *http.Request {
	w.t.Helper()
	raw, isText := body.(string)
	if !isText {
		text, err := json.Marshal(body)
		require.NoError(w.t, err)
		raw = string(text)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.url+"/"+op, strings.NewReader(raw))
	require.NoError(w.t, err)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Amz-Target", "com.amazonaws.agcod.AGCODService."+target)
	sum := sha256.Sum256([]byte(raw))
	keys := aws.Credentials{AccessKeyID: w.set.KeyID, SecretAccessKey: w.set.Secret}
	require.NoError(w.t, v4.NewSigner().SignHTTP(w.t.Context(), keys, req, hex.EncodeToString(sum[:]), "AGCODService", w.set.Region, at))
	return req
}

type reply struct {
	Status int
	Raw    string
	Body   struct {
		Status   string `json:"status"`
		Card     string `json:"gcId"`
		Code     string `json:"gcClaimCode"`
		Expires  string `json:"gcExpirationDate"`
		CardInfo struct {
			Status string `json:"cardStatus"`
		} `json:"cardInfo"`
		Response struct {
			Status string `json:"status"`
		} `json:"agcodResponse"`
		ErrorCode string `json:"errorCode"`
		ErrorType string `json:"errorType"`
		Door      string `json:"__type"`
		Funds     struct {
			Amount json.Number `json:"amount"`
		} `json:"availableFunds"`
	}
}

func (w *world) send(req *http.Request) (reply, error) {
	w.t.Helper()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	out := reply{Status: res.StatusCode, Raw: string(raw)}
	require.NoError(w.t, json.NewDecoder(bytes.NewReader(raw)).Decode(&out.Body), out.Raw)
	return out, nil
}

// call is a good request and its answer.
func (w *world) call(op string, body any) reply {
	w.t.Helper()
	r, err := w.send(w.signed(op, body, time.Now()))
	require.NoError(w.t, err)
	return r
}

// control makes a call of the control API.
func (w *world) control(method, path string, body any) (int, string) {
	w.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(w.t, err)
	req, err := http.NewRequestWithContext(context.Background(), method, w.url+path, bytes.NewReader(text))
	require.NoError(w.t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res.StatusCode, string(raw)
}

func (w *world) user(email string) string {
	w.t.Helper()
	status, raw := w.control(http.MethodPost, "/sandbox/amazon/users", fields{"email": email})
	require.Equal(w.t, http.StatusOK, status, raw)
	var out amazon.User
	require.NoError(w.t, json.Unmarshal([]byte(raw), &out))
	return out.UserID
}

func (w *world) books() map[string]counterparty.Execution {
	w.t.Helper()
	found, err := w.amazon.Executions(w.t.Context(), "", 1000)
	require.NoError(w.t, err)
	out := map[string]counterparty.Execution{}
	for _, e := range found {
		out[e.Reference] = e
	}
	return out
}
