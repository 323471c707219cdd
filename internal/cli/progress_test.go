package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestPipedProgressIsPlainAndSparse(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	m := &meter{w: &out, now: func() time.Time { return now }}
	for done := range 101 {
		m.report("Building", done, 100, time.Duration(done)*100*time.Millisecond)
	}
	m.report("Starting", 0, 0, 0)
	m.end()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	assert.Len(t, lines, 12, "one line a tenth, and one for the next step:\n%s", out.String())
	assert.Equal(t, "Building 0/100", lines[0])
	assert.Equal(t, "Building 50/100 (5s)", lines[5])
	assert.Equal(t, "Starting", lines[11])
	assert.NotContains(t, out.String(), "\x1b", "no terminal codes in a pipe")
}

func TestPipedProgressSpeaksWhileSilentWorkGoesOn(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	m := &meter{w: &out, now: func() time.Time { return now }}
	for range 61 {
		m.report("Linking", 0, 0, 0)
		now = now.Add(time.Second)
	}
	assert.Equal(t, 3, strings.Count(out.String(), "Linking\n"), "at once, after 30 s and after 60 s")
}

func TestALongStepIsShownWholeInTheEnd(t *testing.T) {
	var out bytes.Buffer
	m := &meter{w: &out, width: 20, now: time.Now}
	m.report("No server could be downloaded, so one is built", 0, 0, 0)
	m.report("Building", 0, 4, 0)
	m.report("Building", 2, 4, 0)
	m.report("Starting", 0, 0, 0)
	m.end()
	assert.Contains(t, out.String(), "No server could be~")
	assert.Contains(t, out.String(), "\x1b[2KNo server could be downloaded, so one is built\n")
	assert.Contains(t, out.String(), "100%", "what was counted is complete when the next step begins")
}

func TestLiveBlockNeverWrapsOrScrolls(t *testing.T) {
	var out bytes.Buffer
	l := &live{w: &out, width: 20, height: 5}
	l.draw(strings.Repeat(strings.Repeat("あ", 30)+"\n", 10))
	for _, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		plain := strings.TrimPrefix(line, "\r\x1b[J")
		assert.LessOrEqual(t, len([]rune(plain))*2, 21, "%q", plain)
	}
	assert.Equal(t, 4, strings.Count(out.String(), "\n"), "one line stays free for the cursor")

	out.Reset()
	(&live{w: &out, width: 20, height: 5}).draw("titles\n1\n2\n3\n4\nsum\n")
	assert.Contains(t, out.String(), "titles\n1\n... +3\nsum\n", "what sums up stays")

	out.Reset()
	l.draw("x\n")
	assert.True(t, strings.HasPrefix(out.String(), "\x1b[4A"), "goes back over what it drew")
}
