package counterparty

import (
	"context"
	"crypto/subtle"
	"net/http"
)

// Bearer lets through who has the token, and answers everybody else with refused.
func Bearer(token string, refused Answer, do Do) Do {
	return func(ctx context.Context, r Request) Answer {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			return refused
		}
		return do(ctx, r)
	}
}

// Document shows an OpenAPI document.
func Document(openAPI []byte) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "application/yaml")
		_, _ = out.Write(openAPI) // the reader may be gone
	}
}
