package cli

import (
	"strings"

	"soukin/remittance"
)

// phrase is one text in the languages people read it in.
type phrase struct{ en, ja string }

func (p phrase) in(l remittance.Lang) string {
	if l == remittance.Ja {
		return p.ja
	}
	return p.en
}

// language is needed before the command line is parsed, because help itself is
// translated: --lang wins over the environment, which wins over English.
func language(args []string, env map[string]string) remittance.Lang {
	for i, arg := range args {
		value, found := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, found = args[i+1], true
		}
		if found {
			return parseLanguage(value)
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if env[name] != "" {
			return parseLanguage(env[name])
		}
	}
	return remittance.En
}

func parseLanguage(s string) remittance.Lang {
	if strings.HasPrefix(strings.ToLower(s), "ja") {
		return remittance.Ja
	}
	return remittance.En
}
