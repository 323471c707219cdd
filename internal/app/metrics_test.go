package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/contract"
	"soukin/internal/app"
	"soukin/remittance"
)

func scrape(t *testing.T, m *app.Metrics) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, 200, rec.Code)
	body, err := io.ReadAll(rec.Body)
	require.NoError(t, err)
	return string(body)
}

func newMetrics(t *testing.T) *app.Metrics {
	t.Helper()
	m, err := app.NewMetrics(slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close(context.Background())) })
	return m
}

func TestRailCallsAreCountedByOutcome(t *testing.T) {
	m := newMetrics(t)
	note, err := m.OnCall(remittance.RailBank)
	require.NoError(t, err)
	note("submit", remittance.OutcomeAccepted, 40*time.Millisecond)
	note("submit", remittance.OutcomeUnknown, 25*time.Second)
	note("submit", remittance.OutcomeUnknown, 25*time.Second)
	text := scrape(t, m)
	assert.Contains(t, text, `soukin_rail_call_seconds_count{call="submit",outcome="accepted",rail="bank"} 1`)
	assert.Contains(t, text, `soukin_rail_call_seconds_count{call="submit",outcome="unknown",rail="bank"} 2`)
	assert.Contains(t, text, `outcome="accepted",rail="bank",le="0.05"} 1`, "buckets are in seconds")
}

// booksThat answers moves with a shortfall or not.
type booksThat struct{ shortfall remittance.Yen }

func (booksThat) Open(context.Context, contract.OpenInput) (contract.State, error) {
	return contract.State{Status: remittance.Processing}, nil
}
func (b booksThat) Move(context.Context, contract.Move) (contract.MoveResult, error) {
	return contract.MoveResult{Shortfall: b.shortfall}, nil
}

func TestStepsAreCountedByStatus(t *testing.T) {
	m := newMetrics(t)
	ctx := context.Background()
	books, err := m.MeasureBooks(booksThat{})
	require.NoError(t, err)
	short, err := m.MeasureBooks(booksThat{shortfall: 1})
	require.NoError(t, err)

	_, err = books.Open(ctx, contract.OpenInput{})
	require.NoError(t, err)
	_, err = books.Move(ctx, contract.Move{To: remittance.Paid})
	require.NoError(t, err)
	_, err = short.Move(ctx, contract.Move{To: remittance.Sent})
	require.NoError(t, err)

	text := scrape(t, m)
	assert.Contains(t, text, `soukin_remittance_steps_total{status="processing"} 1`)
	assert.Contains(t, text, `soukin_remittance_steps_total{status="paid"} 1`)
	assert.NotContains(t, text, `status="sent"`, "a hold the balance did not cover is no step")
}

func TestTemporalMetricsAreServed(t *testing.T) {
	m := newMetrics(t)
	m.Temporal().WithTags(map[string]string{"namespace": "default"}).Counter("temporal_request").Inc(2)
	assert.Contains(t, scrape(t, m), `temporal_request_total{namespace="default"} 2`)
}

func TestTwoProcessesInOneDoNotShareMetrics(t *testing.T) {
	a, b := newMetrics(t), newMetrics(t)
	a.Temporal().Counter("temporal_request").Inc(1)
	assert.NotContains(t, scrape(t, b), "temporal_request_total")
}

func TestLogIsJSONFromTheGivenLevelOn(t *testing.T) {
	var out bytes.Buffer
	log, err := app.NewLogger("warn", &out)
	require.NoError(t, err)
	log.Info("left out")
	log.With("remittance_id", "R-1").Warn("kept", "outcome", remittance.OutcomeUnknown.String())
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), "one line, one object: %s", out.String())
	assert.Equal(t, "kept", line["msg"])
	assert.Equal(t, "R-1", line["remittance_id"])
	assert.Equal(t, "unknown", line["outcome"])

	_, err = app.NewLogger("loud", &out)
	assert.Error(t, err)
}
