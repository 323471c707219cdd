package atm_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"soukin/internal/database"
	"soukin/internal/sandbox/atm"
	"soukin/internal/sandbox/control"
	"soukin/internal/sandbox/counterparty"
	"soukin/internal/sandbox/faults"
)

var start = time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)

// world is a running ATM network. Every answer of its API is checked against its
// document.
type world struct {
	t       *testing.T
	url     string
	faults  *faults.Injector
	network *atm.Network
	control *control.Client

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, change func(*atm.Settings)) *world {
	t.Helper()
	w, stop := openWorld(t, filepath.Join(t.TempDir(), "sandbox.db"), change)
	t.Cleanup(stop)
	return w
}

func openWorld(t *testing.T, path string, change func(*atm.Settings)) (w *world, stop func()) {
	t.Helper()
	w = &world{t: t, now: start}
	db, err := database.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	w.faults, err = faults.Open(t.Context(), db, faults.Plan{})
	require.NoError(t, err)
	set := atm.DefaultSettings()
	set.NoticePause = time.Millisecond
	if change != nil {
		change(&set)
	}
	w.network, err = atm.New(t.Context(), counterparty.Env{DB: db, Faults: w.faults, Now: w.clock, Log: slog.New(slog.DiscardHandler)}, set)
	require.NoError(t, err)
	mux := http.NewServeMux()
	w.network.Mount(mux)
	w.network.MountControl(mux)
	server := httptest.NewServer(mux)
	w.url, w.control = server.URL, control.NewClient(server.URL, server.Client())
	return w, func() {
		server.Close()
		require.NoError(t, w.network.Close())
		require.NoError(t, db.Close())
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

type answer struct {
	status                          int
	ID                              string `json:"issue_id"`
	Receipt                         string `json:"receipt_no"`
	State                           string
	Amount                          int
	Payable                         int `json:"payable_amount"`
	Reissues                        int
	ExpiresAt                       time.Time  `json:"expires_at"`
	WithdrawnAt                     *time.Time `json:"withdrawn_at"`
	Partner, Customer, Confirmation string
	Error                           struct{ Code string }
}

func (a answer) entry() control.ATMEntry {
	return control.ATMEntry{Partner: a.Partner, Customer: a.Customer, Confirmation: a.Confirmation}
}

func (w *world) call(method, path, body string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+atm.BasePath+path, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+atm.PublishedToken)
	a, raw := w.send(req)
	require.NoError(w.t, conforms(method, path, a.status, raw), "%s %s answered %d %s", method, path, a.status, raw)
	if method == http.MethodGet || strings.HasSuffix(path, "/cancel") {
		assert.NotContains(w.t, string(raw), "_number", "numbers are in the answers of issue and reissue only")
		assert.NotContains(w.t, string(raw), "partner_code")
	}
	return a
}

func (w *world) send(req *http.Request) (answer, []byte) {
	w.t.Helper()
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	a := answer{status: res.StatusCode}
	require.NoError(w.t, json.Unmarshal(raw, &a), "%s", raw)
	var numbers struct {
		P string `json:"partner_code"`
		C string `json:"customer_number"`
		F string `json:"confirmation_number"`
	}
	require.NoError(w.t, json.Unmarshal(raw, &numbers))
	a.Partner, a.Customer, a.Confirmation = numbers.P, numbers.C, numbers.F
	return a, raw
}

func order(id string, amount int, ends time.Time) string {
	return `{"issue_id":"` + id + `","amount":` + strconv.Itoa(amount) + `,"expires_at":"` + ends.Format(time.RFC3339Nano) + `"}`
}

func (w *world) issue(id string, amount int) answer {
	w.t.Helper()
	return w.call(http.MethodPost, "/issues", order(id, amount, start.Add(7*24*time.Hour)))
}
func (w *world) enquire(id string) answer { return w.call(http.MethodGet, "/issues/"+id, "") }
func (w *world) cancel(id string) answer  { return w.call(http.MethodPost, "/issues/"+id+"/cancel", "") }
func (w *world) reissue(id string, n int) answer {
	return w.call(http.MethodPost, "/issues/"+id+"/reissues/"+strconv.Itoa(n), "")
}

func (w *world) withdraw(e control.ATMEntry) control.ATMResult {
	w.t.Helper()
	out, err := w.control.WithdrawCash(w.t.Context(), e)
	require.NoError(w.t, err)
	return out.Result
}

// paid counts how often cash went out for an issue, by the books.
func (w *world) paid(id string) int {
	w.t.Helper()
	lines, err := w.network.Executions(w.t.Context(), "", 1000)
	require.NoError(w.t, err)
	i := slices.IndexFunc(lines, func(e counterparty.Execution) bool { return e.Reference == id })
	require.GreaterOrEqual(w.t, i, 0)
	return lines[i].Executed
}

// document is the API's own, as far as these tests read it.
type document struct {
	Paths      map[string]map[string]yaml.Node
	Components struct {
		Schemas   map[string]schema
		Responses map[string]response
	}
}

type response struct {
	Ref     string                             `yaml:"$ref"`
	Content map[string]struct{ Schema schema } `yaml:"content"`
}

type schema struct {
	Ref        string `yaml:"$ref"`
	Type       string
	Pattern    string
	Format     string
	Enum       []string
	Required   []string
	Properties map[string]schema
}

var readDocument = sync.OnceValues(func() (d document, err error) {
	text, err := os.ReadFile("openapi.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &d)
	}
	return d, err
})

// conforms checks an answer against the document: a declared status, the
// required items, their forms, and nothing else.
func conforms(method, path string, status int, body []byte) error {
	d, err := readDocument()
	if err != nil {
		return err
	}
	for pattern, item := range d.Paths {
		form := regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString(pattern, `[^/]+`)
		node, ok := item[strings.ToLower(method)]
		if !ok || !regexp.MustCompile("^"+form+"$").MatchString(path) {
			continue
		}
		var operation struct{ Responses map[string]response }
		if err := node.Decode(&operation); err != nil {
			return err
		}
		r, declared := operation.Responses[strconv.Itoa(status)]
		if !declared {
			return assertError("status is not in the document")
		}
		if r.Ref != "" {
			r = d.Components.Responses[r.Ref[strings.LastIndex(r.Ref, "/")+1:]]
		}
		var value any
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		if err := dec.Decode(&value); err != nil {
			return err
		}
		return d.check("body", r.Content["application/json"].Schema, value)
	}
	return assertError("no such path in the document")
}

type assertError string

func (e assertError) Error() string { return string(e) }

func (d document) check(at string, s schema, v any) error {
	if s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				return assertError(at + "." + name + " is required")
			}
		}
		for name, item := range v {
			property, ok := s.Properties[name]
			if !ok {
				return assertError(at + "." + name + " is not in the document")
			}
			if err := d.check(at+"."+name, property, item); err != nil {
				return err
			}
		}
		return nil
	case json.Number:
		if _, err := v.Int64(); err != nil || s.Type != "integer" {
			return assertError(at + " must be " + s.Type)
		}
		return nil
	case string:
		_, timeErr := time.Parse(time.RFC3339Nano, v)
		switch {
		case s.Type != "string", s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v),
			len(s.Enum) > 0 && !slices.Contains(s.Enum, v), s.Format == "date-time" && timeErr != nil:
			return assertError(at + " has another form: " + v)
		}
		return nil
	}
	return assertError(at + " has a type that the document never uses")
}

// The check must be able to fail, or it proves nothing.
func TestTheDocumentCheckFindsWhatIsWrong(t *testing.T) {
	good := `{"issue_id":"a.b.cash.1","receipt_no":"700000000001","state":"issued","amount":5000,"payable_amount":5000,"reissues":0,"expires_at":"2026-12-01T01:00:00Z"}`
	require.NoError(t, conforms("GET", "/issues/a.b.cash.1", 200, []byte(good)))
	for name, bad := range map[string]string{
		"missing":  strings.Replace(good, `"reissues":0,`, "", 1),
		"unknown":  strings.Replace(good, `{`, `{"extra":"1",`, 1),
		"pattern":  strings.Replace(good, `700000000001`, `7`, 1),
		"enum":     strings.Replace(good, `"issued"`, `"sold"`, 1),
		"text":     strings.Replace(good, `"amount":5000`, `"amount":"5000"`, 1),
		"fraction": strings.Replace(good, `"amount":5000`, `"amount":5000.5`, 1),
		"time":     strings.Replace(good, `2026-12-01T01:00:00Z`, `tomorrow`, 1),
		"null":     strings.Replace(good, `"reissues":0`, `"reissues":null`, 1),
	} {
		assert.Error(t, conforms("GET", "/issues/a.b.cash.1", 200, []byte(bad)), name)
	}
	assert.Error(t, conforms("GET", "/issues/a.b.cash.1", 418, []byte(good)))
	assert.Error(t, conforms("GET", "/nowhere", 200, []byte(good)))
}
