package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// openAPI is a document of ours, as far as these tests read it.
type openAPI struct {
	Paths      map[string]map[string]struct{ Responses map[string]apiResponse }
	Components struct {
		Responses map[string]apiResponse
		Schemas   map[string]apiSchema
	}
}

type apiResponse struct {
	Ref     string `yaml:"$ref"`
	Content map[string]struct{ Schema apiSchema }
}

type apiSchema struct {
	Ref        string `yaml:"$ref"`
	Type       string
	Format     string
	Pattern    string
	Enum       []string
	Minimum    *float64
	Required   []string
	Properties map[string]apiSchema
	Additional *bool `yaml:"additionalProperties"`
}

func parseAPI(t testing.TB, text []byte) openAPI {
	t.Helper()
	var doc openAPI
	require.NoError(t, yaml.Unmarshal(text, &doc))
	require.NotEmpty(t, doc.Paths)
	return doc
}

// conforms checks an answer against the document: a declared status, required
// properties, types, forms, and no property that the document does not know.
func (d openAPI) conforms(method, path string, status int, body []byte) error {
	response, declared := d.Paths[path][strings.ToLower(method)].Responses[strconv.Itoa(status)]
	if !declared {
		return fmt.Errorf("%s %s does not declare status %d", method, path, status)
	}
	if response.Ref != "" {
		response = d.Components.Responses[strings.TrimPrefix(response.Ref, "#/components/responses/")]
	}
	content, ok := response.Content["application/json"]
	if !ok {
		return fmt.Errorf("%s %s %d declares no body", method, path, status)
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	return d.check("body", content.Schema, value)
}

func (d openAPI) check(at string, s apiSchema, v any) error {
	if s.Ref != "" {
		s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	switch value := v.(type) {
	case map[string]any:
		return d.checkObject(at, s, value)
	case string:
		if s.Type != "string" || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(value) || len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
			return fmt.Errorf("%s: %q is not what the document says", at, value)
		}
		if layout := map[string]string{"date": time.DateOnly, "date-time": time.RFC3339}[s.Format]; layout != "" {
			_, err := time.Parse(layout, value)
			return err
		}
	case float64:
		if s.Type != "integer" || value != float64(int64(value)) || s.Minimum != nil && value < *s.Minimum {
			return fmt.Errorf("%s: %v is not what the document says", at, value)
		}
	case bool:
		if s.Type != "boolean" {
			return fmt.Errorf("%s: is no boolean in the document", at)
		}
	default:
		return fmt.Errorf("%s: %v is nothing the document knows", at, v)
	}
	return nil
}

func (d openAPI) checkObject(at string, s apiSchema, value map[string]any) error {
	if s.Type != "object" || s.Additional == nil || *s.Additional {
		return fmt.Errorf("%s: the document has no closed object here", at)
	}
	for _, name := range s.Required {
		if _, has := value[name]; !has {
			return fmt.Errorf("%s: %s is required", at, name)
		}
	}
	for name, v := range value {
		property, known := s.Properties[name]
		if !known {
			return fmt.Errorf("%s: the document does not know %s", at, name)
		}
		if err := d.check(at+"."+name, property, v); err != nil {
			return err
		}
	}
	return nil
}

// caller speaks to one counterparty under a document of ours, which every answer
// is checked against.
type caller struct {
	w     *world
	doc   openAPI
	base  string
	token string
}

// call makes one call; route is its path in the document. It reports whether the
// connection was cut.
func (c caller) call(t testing.TB, method, route, path string, body any) (r reply, cut bool) {
	t.Helper()
	var reader io.Reader
	if text, raw := body.(string); raw {
		reader = strings.NewReader(text)
	} else if body != nil {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.w.url+c.base+path, reader)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return reply{}, true
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, c.doc.conforms(method, route, res.StatusCode, text), "%s %s: %s", method, route, text)
	r = reply{Status: res.StatusCode, Raw: string(text)}
	require.NoError(t, json.Unmarshal(text, &r.Body))
	return r, false
}

// page makes a plain request for a page or the control API.
func (w *world) page(t testing.TB, method, path, contentType, body string, headers ...header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", contentType)
	for _, h := range headers {
		req.Header.Set(h.name, h.value)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text)
}
