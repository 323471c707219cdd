package atm

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

var update = flag.Bool("update", false, "write the table of docs/rails-atm.md")

const manual = "../../../docs/rails-atm.md"

// The table that operators read is the table that the client obeys.
func TestDocumentationShowsTheTable(t *testing.T) {
	content, err := os.ReadFile(manual)
	require.NoError(t, err)
	before, rest, begun := strings.Cut(string(content), "-update) -->\n")
	_, after, ended := strings.Cut(rest, "<!-- errors: end -->")
	require.True(t, begun && ended, "the marks are gone")
	want := before + "-update) -->\n" + errorTable() + "<!-- errors: end -->" + after
	if *update {
		require.NoError(t, os.WriteFile(manual, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(content), "docs/rails-atm.md is out of date: go test ./internal/rails/atm -run Documentation -update")
}

func errorTable() string {
	var b strings.Builder
	b.WriteString("| HTTP | code | issue | enquire | cancel | reissue | reason |\n|---|---|---|---|---|---|---|\n")
	row := func(status string, code string, m meaning) {
		v := m.verdict
		enquire := v[enquires].String()
		if code == "`"+codeNotReceived+"`" {
			enquire = "not received (a value)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", status, code, v[issues], enquire, v[cancels], v[reissues], m.reason)
	}
	byStatus := func(a, b string) int {
		if codes[a].status != codes[b].status {
			return codes[a].status - codes[b].status
		}
		return strings.Compare(a, b)
	}
	for _, code := range slices.SortedFunc(maps.Keys(codes), byStatus) {
		row(strconv.Itoa(codes[code].status), "`"+code+"`", codes[code])
	}
	for _, status := range slices.Sorted(maps.Keys(statuses)) {
		row(strconv.Itoa(status), "any", statuses[status])
	}
	row("others", "", meaning{})
	return b.String()
}

// Whatever a code says for one call, these hold for all of them.
func TestTheTableNeverLetsMoneyGoBackByMistake(t *testing.T) {
	for code, m := range codes {
		assert.NotEqual(t, rejected, m.verdict[enquires], "%s: an enquiry rejects nothing", code)
		if m.status == http.StatusConflict || m.status >= 500 || m.status == http.StatusNotFound {
			assert.Equal(t, unknown, m.verdict[issues], "%s: the network may have an earlier order of ours", code)
		}
		for k, outcome := range m.verdict {
			assert.NotEqual(t, remittance.OutcomeNotSent, outcome, "%s for %d: an answer proves that something was sent", code, k)
		}
		assert.Equal(t, code, plainCode(code))
	}
}

func TestACodeCountsWithItsOwnStatusOnly(t *testing.T) {
	for code, m := range codes {
		body := []byte(`{"error":{"code":"` + code + `","message":"x"}}`)
		for k := issues; k <= reissues; k++ {
			err := judge(k, call.Answer{Status: m.status, Body: body})
			assert.Equal(t, m.verdict[k], err.Outcome, code)
			assert.Equal(t, m.reason, err.Reason, code)
			assert.Equal(t, fmt.Sprintf("HTTP %d %s", m.status, code), err.Code)
			other := judge(k, call.Answer{Status: http.StatusTeapot, Body: body})
			assert.Equal(t, unknown, other.Outcome, code)
		}
	}
}

func TestStatusesWithoutACode(t *testing.T) {
	for status := 100; status < 600; status++ {
		want := statuses[status].verdict[issues]
		for _, body := range []string{"", "<html>", `{"error":{"code":"NOBODY KNOWS it"}}`, `{"error":"text"}`} {
			err := judge(issues, call.Answer{Status: status, Body: []byte(body), RetryAfter: time.Minute})
			assert.Equal(t, want, err.Outcome, "%d %s", status, body)
			assert.Equal(t, "HTTP "+strconv.Itoa(status), err.Code, "what was sent is not repeated")
			assert.Equal(t, time.Minute, err.RetryAfter)
		}
	}
	assert.Equal(t, rateLimited, statuses[429].verdict[issues])
	assert.Equal(t, misconfigured, statuses[401].verdict[cancels])
}
