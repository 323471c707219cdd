package config

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"soukin/remittance"
)

// Setting describes one variable, for people.
type Setting struct {
	Name    string
	Default string
	Unit    string
	Doc     string
	Secret  bool
	Group   string

	field  string // name of the Go field
	redact string
	index  []int
}

// Settings lists our own variables in the order of the documentation.
func Settings() []Setting { return collect(reflect.TypeFor[Config](), "Installation", nil) }

func collect(t reflect.Type, group string, at []int) []Setting {
	var out []Setting
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int{}, at...), i)
		name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
		if name != "" {
			s := describe(f, name, index)
			s.Group = group
			out = append(out, s)
		} else if inner := f.Tag.Get("group"); inner != "" {
			out = append(out, collect(f.Type, inner, index)...)
		}
	}
	return out
}

func describe(f reflect.StructField, name string, index []int) Setting {
	s := Setting{
		Name: name, Unit: f.Tag.Get("unit"), Doc: f.Tag.Get("doc"),
		field: f.Name, redact: f.Tag.Get("redact"), index: index,
	}
	s.Secret = s.redact != ""
	for _, tag := range []string{"envDefault", "derived", "default"} {
		if v, ok := f.Tag.Lookup(tag); ok {
			s.Default = v
			break
		}
	}
	return s
}

func settingOfField(field string) Setting {
	for _, s := range Settings() {
		if s.field == field {
			return s
		}
	}
	return Setting{Name: field}
}

// Value is the setting as loaded, without secrets: what --print-config shows.
func (c Config) Value(s Setting) string {
	v := reflect.ValueOf(c).FieldByIndex(s.index).Interface()
	return redact(s.redact, text(v))
}

// text writes a value the way its variable is written.
func text(v any) string {
	switch v := v.(type) {
	case remittance.Yen:
		return strconv.FormatInt(int64(v), 10)
	case []string:
		return strings.Join(v, " ")
	case map[string]string:
		pairs := make([]string, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, k+"="+v[k])
		}
		return strings.Join(pairs, ",")
	}
	return fmt.Sprint(v)
}

func redact(how, value string) string {
	switch {
	case value == "" || how == "":
		return value
	case how == "url":
		u, err := url.Parse(value)
		if err != nil {
			return redacted
		}
		return redactURL(u)
	case how == "tail":
		return strings.Repeat("*", max(0, len(value)-3)) + value[max(0, len(value)-3):]
	}
	return redacted
}

// redactURL hides the password wherever PostgreSQL accepts one.
func redactURL(u *url.URL) string {
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// Print writes every setting as "NAME=value  # where from", secrets hidden.
func (c Config) Print(w io.Writer) error {
	var b strings.Builder
	for _, s := range Settings() {
		origin := c.origins[s.Name]
		if origin == "" {
			origin = "default"
		}
		fmt.Fprintf(&b, "%s=%s  # %s\n", s.Name, c.Value(s), origin)
	}
	fmt.Fprintf(&b, "TEMPORAL_ADDRESS=%s\nTEMPORAL_NAMESPACE=%s\n", c.Temporal.Address(), c.Temporal.Namespace())
	_, err := io.WriteString(w, b.String())
	return err
}
