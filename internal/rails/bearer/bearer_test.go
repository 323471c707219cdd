package bearer_test

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bearer"
	"soukin/internal/rails/call"
	"soukin/remittance"
)

func TestSettings(t *testing.T) {
	good := bearer.Settings{BaseURL: "https://api.example.com/v1", Token: "secret", Timeout: time.Second}
	for name, tc := range map[string]struct {
		change func(*bearer.Settings)
		wrong  string // "" if nothing
	}{
		"https":                 {func(*bearer.Settings) {}, ""},
		"this machine":          {func(s *bearer.Settings) { s.BaseURL = "http://127.0.0.1:8092/aupay/v1" }, ""},
		"a private network":     {func(s *bearer.Settings) { s.BaseURL = "http://10.0.0.7/v1" }, ""},
		"a container":           {func(s *bearer.Settings) { s.BaseURL = "http://sandbox:8092/v1" }, ""},
		"http on the internet":  {func(s *bearer.Settings) { s.BaseURL = "http://api.example.com/v1" }, "BaseURL"},
		"http to an address":    {func(s *bearer.Settings) { s.BaseURL = "http://203.0.113.1/v1" }, "BaseURL"},
		"no host":               {func(s *bearer.Settings) { s.BaseURL = "/v1" }, "BaseURL"},
		"a query":               {func(s *bearer.Settings) { s.BaseURL += "?a=b" }, "BaseURL"},
		"a password in the URL": {func(s *bearer.Settings) { s.BaseURL = "https://me:it@api.example.com" }, "BaseURL"},
		"no token":              {func(s *bearer.Settings) { s.Token = "" }, "Token"},
		"no timeout":            {func(s *bearer.Settings) { s.Timeout = 0 }, "Timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			s := good
			tc.change(&s)
			_, err := bearer.New(remittance.RailAuPay, s, nil)
			if tc.wrong == "" {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "aupay setting "+tc.wrong)
			assert.NotContains(t, err.Error(), "secret")
			assert.NotContains(t, err.Error(), "me:it")
		})
	}
}

func TestSettingsShowNoToken(t *testing.T) {
	s := bearer.Settings{BaseURL: "https://api.example.com/v1", Token: "secret", Timeout: time.Second}
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", s, s, s, s.LogValue()), "secret")
}

func TestNothingSentIsNotSent(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	var told []string
	c, err := bearer.New(remittance.RailAuPay, bearer.Settings{BaseURL: "http://" + closed.Addr().String(), Token: "secret", Timeout: time.Minute,
		OnCall: func(op string, o remittance.Outcome, _ time.Duration) { told = append(told, op+" "+o.String()) }}, nil)
	require.NoError(t, err)
	for _, op := range []bearer.Operation{
		{Name: "charge", Method: http.MethodPost, Path: "/charges", Body: map[string]int{"amount": 1}},
		{Name: "unspeakable", Method: http.MethodPost, Path: "/charges", Body: func() {}},
	} {
		err := c.Do(t.Context(), op, func(call.Answer) *remittance.RailError {
			t.Error("there was no answer to judge")
			return nil
		})
		var rail *remittance.RailError
		require.ErrorAs(t, err, &rail)
		assert.Equal(t, remittance.OutcomeNotSent, rail.Outcome)
	}
	assert.Equal(t, []string{"charge not_sent", "unspeakable not_sent"}, told)
}

func TestPlainLetsOnlyCodesThrough(t *testing.T) {
	for code, want := range map[string]string{
		"WALLET_LIMIT": "WALLET_LIMIT", "E0001": "E0001", "": "", "wallet": "", "A B": "", "山田": "", "A-1": "",
		"ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ": "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ", "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJK": "",
	} {
		assert.Equal(t, want, bearer.Plain(code), code)
	}
}

func TestOnlyAPlainNoLeavesNothing(t *testing.T) {
	for body, want := range map[string]bool{
		`{"recorded":false}`: true, `{"recorded":true}`: false, `{"recorded":null}`: false, `{}`: false, ``: false, `<html>`: false,
		`{"recorded":"false"}`: false, `{"recorded":0}`: false, `[]`: false,
	} {
		assert.Equal(t, want, bearer.ProblemOf(call.Answer{Status: 503, Body: []byte(body)}).LeftNothing(), body)
	}
}
