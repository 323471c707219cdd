package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/schollz/progressbar/v3"
)

// meter shows how far long work is: a bar or a changing line on a terminal,
// plain lines now and then when piped.
type meter struct {
	w     io.Writer
	width int // of the terminal; 0 when it is none
	now   func() time.Time

	step  string
	bar   *progressbar.ProgressBar
	open  bool // the present line on the terminal has no end yet
	shown time.Time
	tenth int // of the work, when a plain line was last written
}

// plainEvery is how long piped output may be silent while work goes on.
const plainEvery = 30 * time.Second

func (s *session) newMeter() *meter {
	return &meter{w: s.stderr, width: columns(s.stderr), now: time.Now}
}

// report shows one state of the work. A total of 0 means that no count exists.
func (m *meter) report(step string, done, total int, elapsed time.Duration) {
	if m.width == 0 {
		m.plain(step, done, total, elapsed)
		return
	}
	if step != m.step {
		m.complete()
		m.end()
		m.step = step
	}
	if total > 0 {
		m.drawBar(done, total)
		return
	}
	line := step
	if elapsed >= time.Second {
		line += fmt.Sprintf(" (%s)", elapsed.Round(time.Second))
	}
	m.write("\r\x1b[2K" + text.Snip(line, m.width-1, "~"))
	m.open = true
}

func (m *meter) drawBar(done, total int) {
	if m.bar == nil {
		m.write("\r\x1b[2K")
		m.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(m.w), progressbar.OptionSetDescription(m.step), progressbar.OptionShowCount(),
			progressbar.OptionSetWidth(max(10, min(30, m.width-len(m.step)-40))), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetPredictTime(true), progressbar.OptionUseANSICodes(true))
		m.open = true
	}
	m.bar.ChangeMax(total)
	// The bar only fails where its writer does, and then there is nobody to tell.
	_ = m.bar.Set(done)
}

// complete shows the present step as done: the next one has begun.
func (m *meter) complete() {
	switch {
	case m.bar != nil:
		_ = m.bar.Finish() // as in drawBar
	case m.open && text.StringWidthWithoutEscSequences(m.step) >= m.width:
		m.write("\r\x1b[2K" + m.step) // whole, now that it is not written over any more
	}
}

// end closes the present line, so that something else can be written below it.
func (m *meter) end() {
	if m.open {
		m.write("\n")
	}
	m.bar, m.open, m.step = nil, false, ""
}

func (m *meter) plain(step string, done, total int, elapsed time.Duration) {
	tenth := 0
	if total > 0 {
		tenth = done * 10 / total
	}
	due := m.now().Sub(m.shown) >= plainEvery
	if step == m.step && tenth == m.tenth && !due {
		return
	}
	m.step, m.tenth, m.shown = step, tenth, m.now()
	line := step
	if total > 0 {
		line += fmt.Sprintf(" %d/%d", done, total)
	}
	if elapsed >= time.Second {
		line += fmt.Sprintf(" (%s)", elapsed.Round(time.Second))
	}
	m.write(line + "\n")
}

func (m *meter) write(s string) {
	// Progress that cannot be shown must not end the work.
	_, _ = io.WriteString(m.w, s)
}
