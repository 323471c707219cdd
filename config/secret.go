package config

import (
	"fmt"
	"log/slog"
	"strings"
)

// Secret is a value that must not be printed or logged. Reveal is the only way
// to it, so that every use can be found by its name.
type Secret string

const redacted = "(set, not shown)"

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String never shows the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString never shows the secret under %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue never shows the secret in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText never shows the secret in JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the content of a secret's file; the newline that editors
// add is not part of the secret.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(strings.TrimSpace(string(text)))
	return nil
}

// ParseOperators reads who may decode payloads: tokens to names.
func (g Gateway) ParseOperators() (map[string]string, error) {
	out := map[string]string{}
	for i, line := range strings.Split(g.CodecOperators.Reveal(), "\n") {
		fields := strings.Fields(line)
		switch len(fields) {
		case 0:
			continue
		case 2:
			out[fields[1]] = fields[0]
		default:
			return nil, fmt.Errorf("SOUKIN_CODEC_OPERATORS_FILE line %d: must be a name and a token", i+1)
		}
	}
	return out, nil
}
