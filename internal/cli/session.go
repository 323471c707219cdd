package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"soukin/remittance"
)

// session is one invocation of the command line.
type session struct {
	environ []string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	lang    remittance.Lang
	asJSON  bool
	asCSV   bool   // only of commands whose result is rows, see rowsAsCSV
	home    string // --home; empty: SOUKIN_HOME, then the newest demo
	width   int    // of the terminal that shows the result; 0 when it is none
	color   bool
}

func (s *session) say(p phrase) string { return p.in(s.lang) }

func (s *session) sayf(p phrase, args ...any) string { return fmt.Sprintf(p.in(s.lang), args...) }

// note tells people something that is not the result. It goes to standard error.
func (s *session) note(p phrase, args ...any) {
	// A message that cannot be written has no other way to its reader.
	_, _ = fmt.Fprintln(s.stderr, s.sayf(p, args...))
}

// show gives the result of a command: v as one JSON document, or what draw
// makes of it.
func (s *session) show(v any, draw func() string) error {
	if !s.asJSON {
		_, err := io.WriteString(s.stdout, draw())
		return err
	}
	enc := json.NewEncoder(s.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// terminal gives the size of the terminal behind w, and zeros when it is none.
func terminal(w io.Writer) (width, height int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, 0
	}
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return width, height
}

func columns(w io.Writer) int {
	width, _ := terminal(w)
	return width
}
