package amazon

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"soukin/internal/sandbox/counterparty"
)

const (
	algorithm     = "AWS4-HMAC-SHA256"
	signedService = "AGCODService"
	dateForm      = "20060102T150405Z"
	// skew is how far a signature's date may be off.
	skew = 15 * time.Minute
)

// verifier checks signatures (AWS Signature Version 4) by signing the request
// again as it arrived, with the headers that the client says it signed.
type verifier struct {
	keys   aws.Credentials
	region string
	signer *v4.Signer
	clocks []func() time.Time
}

func newVerifier(s Settings, now func() time.Time) verifier {
	// A client in a test may live on the sandbox's clock.
	return verifier{aws.Credentials{AccessKeyID: s.KeyID, SecretAccessKey: s.Secret}, s.Region, v4.NewSigner(), []func() time.Time{time.Now, now}}
}

// authorization is the header of that name, taken apart.
type authorization struct {
	credential string
	signed     []string
	signature  string
}

func parseAuthorization(header string) (authorization, bool) {
	rest, ok := strings.CutPrefix(header, algorithm)
	a := authorization{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			a.credential = value
		case "SignedHeaders":
			a.signed = strings.Split(value, ";")
		case "Signature":
			a.signature = value
		}
	}
	return a, ok && a.credential != "" && len(a.signed) > 0 && a.signature != ""
}

// check gives "" or the name and sentence of what is wrong.
func (v verifier) check(ctx context.Context, r counterparty.Request) (name, sentence string) {
	const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	given, ok := parseAuthorization(r.Header.Get("Authorization"))
	if !ok {
		return "MissingAuthenticationTokenException", "Missing Authentication Token"
	}
	at, err := time.Parse(dateForm, r.Header.Get("X-Amz-Date"))
	if err != nil || !slices.Contains(given.signed, "x-amz-date") || !slices.Contains(given.signed, "host") {
		return "IncompleteSignatureException", "Authorization header requires existence of a signed 'X-Amz-Date' and 'Host'"
	}
	if !v.inTime(at) {
		return "InvalidSignatureException", "Signature expired or not yet current: " + at.Format(dateForm)
	}
	key, _, _ := strings.Cut(given.credential, "/")
	if key != v.keys.AccessKeyID {
		return "UnrecognizedClientException", "The security token included in the request is invalid."
	}
	own, err := v.sign(ctx, r, given.signed, at)
	if err != nil || own.credential != given.credential || !slices.Equal(own.signed, given.signed) ||
		subtle.ConstantTimeCompare([]byte(own.signature), []byte(given.signature)) != 1 {
		return "InvalidSignatureException", mismatch
	}
	return "", ""
}

func (v verifier) inTime(at time.Time) bool {
	for _, now := range v.clocks {
		if at.Sub(now()).Abs() <= skew {
			return true
		}
	}
	return false
}

// sign signs what arrived, with exactly the headers named.
func (v verifier) sign(ctx context.Context, r counterparty.Request, signed []string, at time.Time) (authorization, error) {
	again := &http.Request{
		Method: r.Method, Host: r.Host, Header: http.Header{},
		URL: &url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery},
	}
	for _, name := range signed {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = int64(len(r.Raw))
		default:
			if values := r.Header.Values(name); len(values) > 0 {
				again.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
			}
		}
	}
	sum := sha256.Sum256(r.Raw)
	if err := v.signer.SignHTTP(ctx, v.keys, again, hex.EncodeToString(sum[:]), signedService, v.region, at); err != nil {
		return authorization{}, err
	}
	own, _ := parseAuthorization(again.Header.Get("Authorization"))
	return own, nil
}
