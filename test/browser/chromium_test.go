//go:build browser

package browser

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"soukin/internal/link"
	"soukin/internal/web"
	"soukin/internal/web/webtest"
)

// patience is how long a condition may take on a busy machine.
const patience = 20 * time.Second

// browser is the one Chromium of all tests; each test has tabs of its own in it.
var browser context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	path := findChromium()
	if path == "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "soukin-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "ja"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chromium does not start:", err)
		return 1
	}
	browser = ctx
	return m.Run()
}

func findChromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// needs skips a test for what this machine lacks, unless SOUKIN_REQUIRE says
// that it must not lack it.
func needs(t *testing.T, there bool, what string) {
	t.Helper()
	if there {
		return
	}
	for _, required := range strings.Split(os.Getenv("SOUKIN_REQUIRE"), ",") {
		if required == "chromium" || required == "browser" {
			t.Fatalf("SOUKIN_REQUIRE asks for browser tests, but there is no %s", what)
		}
	}
	t.Skipf("there is no %s on this machine", what)
}

// size is a window.
type size struct {
	name          string
	width, height int64
	phone         bool
}

var (
	phone = size{"phone", 390, 844, true}
	desk  = size{"desk", 1280, 800, false}
	sizes = []size{phone, desk}
)

// site is the pages on a fake, on loopback.
type site struct {
	*webtest.Fake
	url  string
	with string // another origin that the pages send people to
	log  *lines
	stop func()
}

// lines is a log that may be read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func serve(t *testing.T) site {
	t.Helper()
	needs(t, browser != nil, "chromium")
	s := site{Fake: webtest.New(time.Now), log: &lines{}}
	h, err := web.Pages(s.Fake, web.Options{Log: slog.New(slog.NewTextHandler(s.log, nil)), Limits: web.Limits{PerLink: -1, PerAddress: -1}})
	require.NoError(t, err)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s.url, s.stop = server.URL, func() { server.CloseClientConnections(); server.Close() }
	return s
}

func (s site) path(token link.Token) string { return s.url + "/r/" + token.Reveal() }

// tab is a tab and everything that went wrong in it.
type tab struct {
	*testing.T
	ctx context.Context

	mu       *sync.Mutex
	troubles *[]string
}

// tab opens a tab that fails its test if the page calls a stranger, breaks its
// own policy or throws.
func (s site) tab(t *testing.T, z size, lang string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := tab{t, ctx, &sync.Mutex{}, &[]string{}}
	require.NoError(t, chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			known := strings.HasPrefix(e.Request.URL, s.url+"/") || s.with != "" && strings.HasPrefix(e.Request.URL, s.with+"/")
			b.trouble(!known, "asked "+e.Request.URL)
		case *cdplog.EventEntryAdded:
			// Refusals are answers with a status above 400, which the browser notes.
			b.trouble(e.Entry.Source != "network", string(e.Entry.Source)+": "+e.Entry.Text)
		case *runtime.EventExceptionThrown:
			b.trouble(true, "exception: "+e.ExceptionDetails.Text)
		}
	}))
	do(b, network.Enable, network.EnableParams{})
	do(b, cdplog.Enable, empty{})
	do(b, runtime.Enable, empty{})
	do(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}})
	b.resize(z)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		require.Empty(t, *b.troubles)
	})
	return b
}

func (b tab) trouble(is bool, what string) {
	if is {
		b.mu.Lock()
		defer b.mu.Unlock()
		*b.troubles = append(*b.troubles, what)
	}
}

func (b tab) resize(z size) {
	do(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: z.width, Height: z.height, DeviceScaleFactor: 1, Mobile: z.phone})
}

func (b tab) scheme(name string) {
	do(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
}

func (b tab) withoutScripts() {
	do(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

func (b tab) open(url string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	require.NoError(b, chromedp.Do(ctx, chromedp.Navigate(url)))
}

func (b tab) back() {
	b.Helper()
	b.eval(`history.back()`)
}

// eval gives the text of an expression's value.
func (b tab) eval(expression string) string {
	b.Helper()
	out, err := b.try(expression)
	require.NoError(b, err, expression)
	return out
}

func (b tab) try(expression string) (string, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](`Promise.resolve(`+expression+`).then(String)`, chromedp.EvalAwaitPromise))
}

// sees waits until an expression is true.
func (b tab) sees(expression string) {
	b.Helper()
	require.Eventually(b, func() bool {
		out, err := b.now(expression)
		return err == nil && out
	}, patience, 30*time.Millisecond, "%s\nheading: %s", expression, b.text("h1"))
}

// now evaluates without promises, which do not settle where scripts are off.
func (b tab) now(expression string) (bool, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[bool](`Boolean(`+expression+`)`))
}

func (b tab) text(selector string) string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector)))
	if err != nil {
		return err.Error()
	}
	return out
}

func (b tab) at(heading string) {
	b.Helper()
	b.sees(fmt.Sprintf(`document.readyState === "complete" && document.querySelector("h1")?.textContent === %q`, heading))
}

func (b tab) value(id string) string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.getElementById(%q).value`, id)))
	require.NoError(b, err)
	return out
}

// fill types into a field as an input method does.
func (b tab) fill(id, text string) {
	b.Helper()
	ok, err := b.now(fmt.Sprintf(`(e => { e.focus(); e.select(); return document.activeElement === e })(document.getElementById(%q))`, id))
	require.NoError(b, err)
	require.True(b, ok, "cannot type into %s", id)
	if text == "" {
		b.key("\b")
		return
	}
	b.write(text)
}

func (b tab) write(text string) { do(b, input.InsertText, input.InsertTextParams{Text: text}) }

func (b tab) key(keys string) {
	b.Helper()
	require.NoError(b, chromedp.Do(b.ctx, chromedp.KeyEvent(keys)))
}

// enter presses the key as a keyboard does: press and character are one event,
// so that a page that takes the press gets no character.
func (b tab) enter() {
	b.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		event := input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13}
		if kind == input.DispatchKeyEventTypeKeyDown {
			event.Text = "\r"
		}
		do(b, input.DispatchKeyEvent, event)
	}
}

// click presses where a person would, so that a covered or invisible control fails.
func (b tab) click(selector string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(e => {
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2;
		return e.contains(document.elementFromPoint(x, y)) || e.closest("label")?.contains(document.elementFromPoint(x, y)) ? [x, y] : [];
	})(document.querySelector(%q))`, selector)))
	require.NoError(b, err, selector)
	require.Len(b, at, 2, "%s cannot be reached", selector)
	require.NoError(b, chromedp.Do(ctx, chromedp.MouseClickXY(at[0], at[1])))
}

// picture keeps a screenshot of the whole page where SOUKIN_SCREENSHOTS says.
func (b tab) picture(name string) {
	b.Helper()
	dir := os.Getenv("SOUKIN_SCREENSHOTS")
	if dir == "" {
		return
	}
	beyond := true
	shot, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
	require.NoError(b, err)
	require.NoError(b, os.MkdirAll(dir, 0o755))
	require.NoError(b, os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o600))
}
