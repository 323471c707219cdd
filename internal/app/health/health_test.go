package health_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"soukin/internal/app/health"
)

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}

func TestHealth(t *testing.T) {
	ok := func(context.Context) error { return nil }
	down := func(context.Context) error { return errors.New("connection refused") }
	tests := []struct {
		name   string
		checks map[string]health.Check
		path   string
		status int
		body   string
	}{
		{"alive even when a dependency is down", map[string]health.Check{"database": down}, "/healthz", 200, `{"status":"ok"}`},
		{"ready", map[string]health.Check{"database": ok, "temporal": ok}, "/readyz", 200, `{"status":"ok"}`},
		{"not ready names what fails", map[string]health.Check{"database": down, "temporal": ok}, "/readyz", 503,
			`{"status":"unavailable","failing":{"database":"connection refused"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := get(health.Handler(tt.checks), tt.path)
			assert.Equal(t, tt.status, rec.Code)
			assert.JSONEq(t, tt.body, rec.Body.String())
		})
	}
}

func TestReadinessDoesNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		rec := get(health.Handler(map[string]health.Check{"temporal": hangs}), "/readyz")
		assert.Equal(t, 503, rec.Code)
		assert.Contains(t, rec.Body.String(), "temporal")
	})
}

func TestOtherPathsAndMethods(t *testing.T) {
	h := health.Handler(nil)
	assert.Equal(t, 404, get(h, "/").Code)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/healthz", nil))
	assert.Equal(t, 405, rec.Code)
}
