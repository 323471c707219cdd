package amazon_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/sandbox/amazon"
)

func TestSignaturesAreCheckedByWhatArrives(t *testing.T) {
	w := newWorld(t)
	body := w.create("SouknA1", 1000)
	for name, tc := range map[string]struct {
		change func(*http.Request)
		want   string
	}{
		"another body": {func(r *http.Request) {
			raw := []byte(`{"creationRequestId":"SouknA1","partnerId":"Soukn","value":{"currencyCode":"JPY","amount":9000}}`)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		}, "InvalidSignatureException"},
		"another operation":   {func(r *http.Request) { r.URL.Path = "/CancelGiftCard" }, "InvalidSignatureException"},
		"another query":       {func(r *http.Request) { r.URL.RawQuery = "a=b" }, "InvalidSignatureException"},
		"another host":        {func(r *http.Request) { r.Host = "agcod-v2-fe.amazon.com" }, "InvalidSignatureException"},
		"another target":      {func(r *http.Request) { r.Header.Set("X-Amz-Target", "com.amazonaws.agcod.AGCODService.CancelGiftCard") }, "InvalidSignatureException"},
		"another accept":      {func(r *http.Request) { r.Header.Set("Accept", "application/xml") }, "InvalidSignatureException"},
		"a header taken away": {func(r *http.Request) { r.Header.Del("Accept") }, "InvalidSignatureException"},
		"another date": {func(r *http.Request) {
			r.Header.Set("X-Amz-Date", time.Now().UTC().Add(time.Minute).Format("20060102T150405Z"))
		}, "InvalidSignatureException"},
		"no date":            {func(r *http.Request) { r.Header.Del("X-Amz-Date") }, "IncompleteSignatureException"},
		"nothing":            {func(r *http.Request) { r.Header.Del("Authorization") }, "MissingAuthenticationTokenException"},
		"another algorithm":  {func(r *http.Request) { edit(r, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1") }, "MissingAuthenticationTokenException"},
		"another access key": {func(r *http.Request) { edit(r, "AKIASOUKIN", "AKIAOTHERS") }, "UnrecognizedClientException"},
		"another region":     {func(r *http.Request) { edit(r, "us-west-2", "us-east-1") }, "InvalidSignatureException"},
		"another service":    {func(r *http.Request) { edit(r, "AGCODService", "sns") }, "InvalidSignatureException"},
		"host not signed":    {func(r *http.Request) { edit(r, ";host", "") }, "IncompleteSignatureException"},
		"date not signed":    {func(r *http.Request) { edit(r, ";x-amz-date", "") }, "IncompleteSignatureException"},
		"target not signed":  {func(r *http.Request) { edit(r, ";x-amz-target", "") }, "InvalidSignatureException"},
		"a wrong signature":  {func(r *http.Request) { edit(r, "Signature=", "Signature=0") }, "InvalidSignatureException"},
	} {
		req := w.signed("CreateGiftCard", body, time.Now())
		tc.change(req)
		r, err := w.send(req)
		require.NoError(t, err, name)
		assert.Equal(t, http.StatusForbidden, r.Status, name)
		assert.Equal(t, tc.want, r.Body.Door, "%s: %s", name, r.Raw)
	}
	assert.Empty(t, w.books())

	req := w.signed("CreateGiftCard", body, time.Now())
	req.Header.Set("X-Forwarded-For", "192.0.2.1")
	req.Header.Set("User-Agent", "a proxy")
	r, err := w.send(req)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, r.Status, "headers that are not signed may change: "+r.Raw)
}

func edit(r *http.Request, from, to string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), from, to, 1))
}

func TestSignaturesAreFresh(t *testing.T) {
	w := newWorld(t)
	at := func(when time.Time) int {
		r, err := w.send(w.signed("CreateGiftCard", w.create("SouknA1", 1000), when))
		require.NoError(t, err)
		return r.Status
	}
	for _, now := range []time.Time{time.Now(), w.clock()} {
		for _, off := range []time.Duration{-14 * time.Minute, 14 * time.Minute} {
			assert.Equal(t, http.StatusOK, at(now.Add(off)), off)
		}
		for _, off := range []time.Duration{-16 * time.Minute, 16 * time.Minute} {
			assert.Equal(t, http.StatusForbidden, at(now.Add(off)), off)
		}
	}
}

func TestAnotherSecretIsRefused(t *testing.T) {
	w := newWorld(t)
	w.set.Secret = "another"
	assert.Equal(t, "InvalidSignatureException", w.call("CreateGiftCard", w.create("SouknA1", 1000)).Body.Door)
	w.set.Secret = amazon.PublishedSecret
	req := w.signed("CreateGiftCard", w.create("SouknA1", 1000), time.Now())
	req.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	r, err := w.send(req)
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, r.Status, r.Raw)
}

// A target that does not fit the path gets nowhere, although its signature is right.
func TestTargetFitsThePath(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{"CancelGiftCard", "creategiftcard", "/CreateGiftCard", ""} {
		r, err := w.send(w.signedAs("CreateGiftCard", target, w.create("SouknA1", 1000), time.Now()))
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, r.Status)
		assert.Equal(t, "UnknownOperationException", r.Body.Door)
	}
	assert.Empty(t, w.books())
}
