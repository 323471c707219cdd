package config

import (
	"fmt"
	"strings"
)

// Markdown is the text of docs/settings.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# Settings

<!-- Generated from package config: go test ./config -update -->

Every process reads the same settings from the environment, then from the file
` + "`soukin.env`" + ` in the home directory (one ` + "`NAME=value`" + ` a line), then takes the default. An empty
value counts as not set; a ` + "`SOUKIN_`" + ` name that is not listed here stops the process, so that a slip
of the keyboard cannot switch a limit off. Durations are written as 90s, 15m or 336h.

` + "`go run ./worker --print-config`" + ` (also gateway, sandbox, starter) shows what is in force and where each
value comes from, without secrets.
`)
	group := ""
	for _, s := range Settings() {
		if s.Group != group {
			group = s.Group
			heading(&b, group)
		}
		row(&b, s)
	}
	heading(&b, "Temporal")
	for _, s := range temporalSettings {
		row(&b, s)
	}
	return b.String()
}

func heading(b *strings.Builder, title string) {
	fmt.Fprintf(b, "\n## %s\n\n| name | default | unit | what it does |\n|---|---|---|---|\n", title)
}

func row(b *strings.Builder, s Setting) {
	def := "empty"
	if s.Default != "" {
		def = "`" + s.Default + "`"
	}
	doc := s.Doc
	if s.Secret {
		doc += " Never shown."
	}
	fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", s.Name, def, s.Unit, doc)
}
