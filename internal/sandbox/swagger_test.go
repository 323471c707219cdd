package sandbox_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// contract is the bank's own specification, as far as these tests read it.
type contract struct {
	Paths map[string]map[string]struct {
		Responses map[string]struct{ Schema schema }
	}
	Definitions map[string]schema
}

type schema struct {
	Ref         string `yaml:"$ref"`
	Type        string
	Description string
	Required    []string
	Properties  map[string]schema
	Items       *schema
	MinLength   int `yaml:"minLength"`
	MaxLength   int `yaml:"maxLength"`
}

var bankContract = sync.OnceValues(func() (c contract, err error) {
	text, err := os.ReadFile("testdata/ganb-corporate-v1.1.12.swagger.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &c)
	}
	return c, err
})

// conforms checks an answer against the specification: declared status, types,
// required items, lengths, the forms that descriptions name, and no item that
// the specification does not know.
func (c contract) conforms(method, path string, status int, body []byte) error {
	operation, ok := c.Paths[path][strings.ToLower(method)]
	response, declared := operation.Responses[strconv.Itoa(status)]
	s := response.Schema
	switch {
	case !ok || status == 429: // an unknown operation; 429 is in the bank's newer manual only
		s = schema{Ref: "#/definitions/ErrorResponse"}
	case !declared:
		return fmt.Errorf("%s %s does not declare status %d", method, path, status)
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return c.check("body", s, value)
}

func (c contract) check(at string, s schema, v any) error {
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/definitions/")
		s = c.Definitions[name]
		if s.Type == "" {
			return fmt.Errorf("%s: definition %s is missing", at, name)
		}
	}
	switch value := v.(type) {
	case map[string]any:
		return c.checkObject(at, s, value)
	case []any:
		if s.Type != "array" {
			return fmt.Errorf("%s: is a list, must be %s", at, s.Type)
		}
		for i, item := range value {
			if err := c.check(fmt.Sprintf("%s[%d]", at, i), *s.Items, item); err != nil {
				return err
			}
		}
	case string:
		return checkText(at, s, value)
	case bool:
		if s.Type != "boolean" {
			return fmt.Errorf("%s: is a boolean, must be %s", at, s.Type)
		}
	default:
		return fmt.Errorf("%s: %T is never allowed: numbers are strings, items without a value are absent", at, v)
	}
	return nil
}

func (c contract) checkObject(at string, s schema, value map[string]any) error {
	if s.Type != "object" {
		return fmt.Errorf("%s: is an object, must be %s", at, s.Type)
	}
	for _, name := range s.Required {
		if _, ok := value[name]; !ok {
			return fmt.Errorf("%s.%s: is required", at, name)
		}
	}
	for name, item := range value {
		property, ok := s.Properties[name]
		if !ok {
			return fmt.Errorf("%s.%s: is not in the specification", at, name)
		}
		if err := c.check(at+"."+name, property, item); err != nil {
			return err
		}
	}
	return nil
}

var (
	digitsForm   = regexp.MustCompile(`^-?[0-9]+$`)
	timeForm     = regexp.MustCompile(`^\d\d:\d\d:\d\d\+09:00$`)
	dateTimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$`)
)

func checkText(at string, s schema, text string) error {
	if s.Type != "string" {
		return fmt.Errorf("%s: is a string, must be %s", at, s.Type)
	}
	if n := utf8.RuneCountInString(text); n < s.MinLength || s.MaxLength > 0 && n > s.MaxLength {
		return fmt.Errorf("%s: %d characters, must be %d to %d", at, n, s.MinLength, s.MaxLength)
	}
	says := func(words string) bool { return strings.Contains(s.Description, words) }
	_, dateErr := time.Parse(time.DateOnly, text)
	switch {
	case says("半角数字") && !digitsForm.MatchString(text):
		return fmt.Errorf("%s: must be digits", at)
	case says("YYYY-MM-DDTHH:MM:SS+09:00形式") && !dateTimeForm.MatchString(text):
		return fmt.Errorf("%s: must be a time as the specification writes it", at)
	case says("HH:MM:SS+09:00形式") && !says("DDTHH") && !timeForm.MatchString(text):
		return fmt.Errorf("%s: must be a time of day as the specification writes it", at)
	case says("YYYY-MM-DD形式") && dateErr != nil:
		return fmt.Errorf("%s: must be a date", at)
	}
	return nil
}

// The validator must be able to fail, or every conformance test is void.
func TestTheContractCheckFindsWhatIsWrong(t *testing.T) {
	c, err := bankContract()
	require.NoError(t, err)
	good := `{"accountId":"101011234567","resultCode":"1","applyNo":"2018072902345678","applyEndDatetime":"2018-07-29T10:00:00+09:00"}`
	require.NoError(t, c.conforms("POST", "/transfer/request", 201, []byte(good)))
	for name, bad := range map[string]struct {
		status int
		body   string
	}{
		"status":   {202, good},
		"missing":  {201, `{"accountId":"101011234567","resultCode":"1"}`},
		"unknown":  {201, strings.Replace(good, `{`, `{"extra":"1",`, 1)},
		"null":     {201, strings.Replace(good, `"1"`, `null`, 1)},
		"number":   {201, strings.Replace(good, `"1"`, `1`, 1)},
		"length":   {201, strings.Replace(good, `78"`, `7"`, 1)},
		"digits":   {201, strings.Replace(good, `78"`, `7x"`, 1)},
		"time":     {201, strings.Replace(good, `+09:00`, `Z     `, 1)},
		"not JSON": {201, `<html>`},
	} {
		assert.Error(t, c.conforms("POST", "/transfer/request", bad.status, []byte(bad.body)), name)
	}
	assert.True(t, slices.Contains(c.Definitions["TransferRequestResponse"].Required, "applyNo"))
}
