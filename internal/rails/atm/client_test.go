package atm_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/atm"
	"soukin/remittance"
)

func TestIssue(t *testing.T) {
	for name, status := range map[string]int{"issued now": http.StatusCreated, "issued before": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			n := answering(t, status, inState("issued", numbers))
			i, err := n.client.Issue(t.Context(), order)
			require.NoError(t, err)
			assert.Equal(t, "POST /atm-network/v1/issues", n.method+" "+n.path)
			assert.Equal(t, "Bearer the-token", n.auth)
			assert.JSONEq(t, `{"issue_id":"demo.R-7.cash.1","amount":5000,"expires_at":"2026-12-09T01:00:00Z"}`, n.sent, "the same bytes however often it is sent")
			assert.Equal(t, "700000000001", i.ReceiptNo)
			assert.Equal(t, atm.Issued, i.State)
			assert.Equal(t, until, i.ExpiresAt)
			partner, customer, confirmation := i.Numbers.Reveal()
			assert.Equal(t, []string{"9101", "123456789", "654321"}, []string{partner, customer, confirmation})
			assert.Equal(t, []remittance.Outcome{remittance.OutcomeAccepted}, n.outcomes)
		})
	}
}

func TestAnIssueThatIsOverHasNoNumbers(t *testing.T) {
	for _, state := range []atm.State{atm.Withdrawn, atm.Cancelled, atm.Expired} {
		i, err := answering(t, http.StatusOK, inState(string(state), "")).client.Issue(t.Context(), order)
		require.NoError(t, err)
		assert.Equal(t, state, i.State)
		assert.False(t, i.Numbers.Given())
		_, customer, _ := i.Numbers.Reveal()
		assert.Empty(t, customer)
	}
}

func TestEnquire(t *testing.T) {
	for _, state := range []atm.State{atm.Issued, atm.Locked, atm.Withdrawn, atm.Cancelled, atm.Expired} {
		n := answering(t, http.StatusOK, inState(string(state), ""))
		i, err := n.client.Enquire(t.Context(), order)
		require.NoError(t, err)
		assert.Equal(t, "GET /atm-network/v1/issues/demo.R-7.cash.1", n.method+" "+n.path)
		assert.Equal(t, state, i.State)
	}
}

func TestNotReceivedIsTheNetworksOwnWordOnly(t *testing.T) {
	n := answering(t, http.StatusNotFound, `{"error":{"code":"ISSUE_NOT_FOUND","message":"no"}}`)
	i, err := n.client.Enquire(t.Context(), order)
	require.NoError(t, err)
	assert.Nil(t, i)
	assert.Equal(t, []remittance.Outcome{remittance.OutcomeAccepted}, n.outcomes)
	for _, body := range []string{"", "404 page not found", `{"error":{"code":"NO_SUCH_ROUTE"}}`, `{"code":"ISSUE_NOT_FOUND"}`} {
		_, err := answering(t, http.StatusNotFound, body).client.Enquire(t.Context(), order)
		assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome, body)
	}
	_, err = answering(t, http.StatusGone, n.body).client.Enquire(t.Context(), order)
	assert.Equal(t, remittance.OutcomeUnknown, railError(t, err).Outcome, "with another status")
}

func TestCancelAndReissue(t *testing.T) {
	n := answering(t, http.StatusOK, inState("cancelled", ""))
	i, err := n.client.Cancel(t.Context(), order)
	require.NoError(t, err)
	assert.Equal(t, atm.Cancelled, i.State)
	assert.Equal(t, "POST /atm-network/v1/issues/demo.R-7.cash.1/cancel", n.method+" "+n.path)

	n = answering(t, http.StatusOK, strings.Replace(inState("issued", numbers), `"reissues":0`, `"reissues":2`, 1))
	i, err = n.client.Reissue(t.Context(), atm.Order{Key: key}, 2)
	require.NoError(t, err)
	assert.True(t, i.Numbers.Given())
	assert.Equal(t, "POST /atm-network/v1/issues/demo.R-7.cash.1/reissues/2", n.method+" "+n.path)
}

func TestAnswersThatDoNotFitAreUnknown(t *testing.T) {
	issue := func(c *atm.Client) error { _, err := c.Issue(t.Context(), order); return err }
	enquire := func(c *atm.Client) error { _, err := c.Enquire(t.Context(), order); return err }
	cancel := func(c *atm.Client) error { _, err := c.Cancel(t.Context(), order); return err }
	reissue := func(c *atm.Client) error { _, err := c.Reissue(t.Context(), order, 2); return err }
	good := inState("issued", numbers)
	for name, tc := range map[string]struct {
		call   func(*atm.Client) error
		body   string
		reason remittance.Reason
	}{
		"another issue":              {issue, strings.Replace(good, "R-7", "R-8", 1), remittance.WaitsForOperator},
		"another amount":             {issue, strings.Replace(good, `"amount":5000`, `"amount":6000`, 1), remittance.WaitsForOperator},
		"another amount, enquired":   {enquire, strings.Replace(good, `"amount":5000`, `"amount":6000`, 1), remittance.WaitsForOperator},
		"no receipt number":          {issue, strings.Replace(good, "700000000001", "", 1), ""},
		"a state nobody documented":  {enquire, inState("paused", ""), ""},
		"no state":                   {enquire, "{" + common + "}", ""},
		"no end":                     {issue, strings.Replace(good, "2026-12-09T01:00:00Z", "0001-01-01T00:00:00Z", 1), ""},
		"reissues below zero":        {enquire, strings.Replace(good, `"reissues":0`, `"reissues":-1`, 1), ""},
		"issued without numbers":     {issue, inState("issued", ""), ""},
		"numbers of another length":  {issue, strings.Replace(good, "654321", "65432", 1), ""},
		"numbers that are words":     {issue, strings.Replace(good, "654321", "65432a", 1), ""},
		"not JSON":                   {issue, "<html>", ""},
		"amount as text":             {issue, strings.Replace(good, `"amount":5000`, `"amount":"5000"`, 1), ""},
		"called off and still open":  {cancel, good, ""},
		"called off and withdrawn":   {cancel, inState("withdrawn", ""), ""},
		"another reissue":            {reissue, good, ""},
		"empty":                      {enquire, "", ""},
		"null where an issue should": {enquire, "null", remittance.WaitsForOperator},
	} {
		t.Run(name, func(t *testing.T) {
			n := answering(t, http.StatusOK, tc.body)
			rail := railError(t, tc.call(n.client))
			assert.Equal(t, remittance.OutcomeUnknown, rail.Outcome)
			assert.Equal(t, tc.reason, rail.Reason)
			assert.Equal(t, []remittance.Outcome{remittance.OutcomeUnknown}, n.outcomes)
		})
	}
}

func TestOrdersThatCannotBeMeantAreNotSent(t *testing.T) {
	n := answering(t, http.StatusCreated, inState("issued", numbers))
	for _, o := range []atm.Order{{Key: key, Until: until}, {Key: key, Amount: 5_000}} {
		_, err := n.client.Issue(t.Context(), o)
		assert.Equal(t, remittance.OutcomeRejected, railError(t, err).Outcome)
	}
	assert.Empty(t, n.method)
}

func TestNumbersPrintAsNothing(t *testing.T) {
	i, err := answering(t, http.StatusCreated, inState("issued", numbers)).client.Issue(t.Context(), order)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "numbers", i.Numbers, "issue", i)
	encoded, err := json.Marshal(i)
	require.NoError(t, err)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s %d", i, i, i, i.Numbers, i.Numbers), log.String(), string(encoded)} {
		assert.NotContains(t, text, "123456789")
		assert.NotContains(t, text, "654321")
	}
}

func TestSettings(t *testing.T) {
	good := atm.Settings{BaseURL: "https://atm.example/v1", Token: "secret-token", Timeout: time.Second}
	require.NoError(t, good.Validate())
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", good, good, good), "secret-token")
	for name, change := range map[string]func(*atm.Settings){
		"BaseURL": func(s *atm.Settings) { s.BaseURL = "http://atm.example/v1" },
		"Token":   func(s *atm.Settings) { s.Token = "" },
		"Timeout": func(s *atm.Settings) { s.Timeout = 0 },
	} {
		bad := good
		change(&bad)
		_, err := atm.New(bad, nil)
		assert.ErrorContains(t, err, name)
	}
}
