package bank

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/remittance"
)

var update = flag.Bool("update", false, "write the tables of docs/rails-bank.md")

const manual = "../../../docs/rails-bank.md"

// The tables that operators read are the tables that the client obeys.
func TestDocumentationShowsTheTables(t *testing.T) {
	content, err := os.ReadFile(manual)
	require.NoError(t, err)
	want := string(content)
	want = between(t, want, "meaning", meaningTables())
	want = between(t, want, "errors", errorTables())
	if *update {
		require.NoError(t, os.WriteFile(manual, []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, string(content), "docs/rails-bank.md is out of date: go test ./internal/rails/bank -run Documentation -update")
}

func between(t *testing.T, text, name, content string) string {
	t.Helper()
	begin := strings.Index(text, "<!-- "+name+": begin")
	require.GreaterOrEqual(t, begin, 0, name)
	begin += strings.Index(text[begin:], "\n") + 1
	end := strings.Index(text, "<!-- "+name+": end")
	require.Greater(t, end, 0, name)
	return text[:begin] + content + text[end:]
}

func meaningTables() string {
	var b strings.Builder
	meanings := func(field string, rows map[string]meaning) {
		fmt.Fprintf(&b, "| `%s` | stage | outcome | reason |\n|---|---|---|---|\n", field)
		for _, code := range slices.SortedFunc(maps.Keys(rows), byNumber) {
			m := rows[code]
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code, orUnknown(string(m.stage)), m.stage.Outcome(), m.reason)
		}
		b.WriteString("\n")
	}
	meanings("transferStatus", transferStatuses)
	b.WriteString("`applyStatus` counts where `transferStatus` is absent:\n\n")
	meanings("applyStatus", applyStatuses)
	b.WriteString("| `resultCode` | the request is | while the transfer is not shown | reason |\n|---|---|---|---|\n")
	for _, code := range slices.SortedFunc(maps.Keys(resultCodes), byNumber) {
		m := beforeApplication[resultCodes[code]]
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", code, resultCodes[code], orUnknown(string(m.stage)), m.reason)
	}
	return b.String()
}

func errorTables() string {
	var b strings.Builder
	b.WriteString("| code | with HTTP | outcome of `submit` | reason |\n|---|---|---|---|\n")
	for _, code := range slices.Sorted(maps.Keys(errorCodes)) {
		c := errorCodes[code]
		status := strconv.Itoa(c.from)
		if c.to != c.from {
			status += " to " + strconv.Itoa(c.to)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", code, status, c.Outcome, c.Reason)
	}
	b.WriteString("\n| HTTP | submit | fee | enquiries | cancel |\n|---|---|---|---|---|\n")
	row := func(status string, v verdict) {
		cancel := v[cancels].String()
		if v[cancels] == remittance.OutcomeRejected {
			cancel = "refused (a value)"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", status, v[instructs], v[checks], v[enquires], cancel)
	}
	row("400 with field errors", fieldErrors)
	for _, status := range slices.Sorted(maps.Keys(httpStatuses)) {
		row(strconv.Itoa(status), httpStatuses[status])
	}
	row("others", verdict{})
	return b.String()
}

func byNumber(a, b string) int {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return x - y
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
