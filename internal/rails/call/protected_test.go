package call_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/call"
)

func TestPlainHTTPIsForHostsThatCannotBeACounterparty(t *testing.T) {
	for address, want := range map[string]bool{
		"https://api.example.com/v1": true, "https://203.0.113.1": true,
		"http://127.0.0.1:8092/aupay": true, "http://[::1]:8092": true, "http://10.0.0.7": true, "http://sandbox:8092": true, "http://localhost": true,
		"http://api.example.com": false, "http://203.0.113.1": false, "http://[2001:db8::1]": false, "http://example.com.": false,
		"ftp://sandbox": false, "https:///v1": false, "http://:8092": false, "/v1": false, "": false,
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, call.Protected(u), address)
	}
}
