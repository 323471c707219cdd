package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, in io.Reader, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("testreport", flag.ContinueOnError)
	flags.SetOutput(errOut)
	closing := flags.String("closing", "", "`file` to append the closing line of each package to")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	r := newReport(out)
	if err := r.read(in); err != nil {
		fmt.Fprintln(errOut, "testreport:", err)
		return 2
	}
	if *closing != "" {
		if err := appendLines(*closing, r.closing); err != nil {
			fmt.Fprintln(errOut, "testreport:", err)
			return 2
		}
	}
	return r.finish()
}

func appendLines(path string, lines []string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Join(lines, ""))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

type testName struct{ pkg, test string }

// report turns events back into lines. A package's lines come out together
// when it ends, because events of several packages are interleaved.
type report struct {
	out     io.Writer
	outputs map[testName][]string
	failed  map[string][]testName
	skipped []skip
	closing []string
	broken  bool
}

type skip struct {
	name   testName
	reason string
}

func newReport(out io.Writer) *report {
	return &report{out: out, outputs: map[testName][]string{}, failed: map[string][]testName{}}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) line(line string) {
	var e event
	// The go command itself writes plain lines when it cannot even begin.
	if err := json.Unmarshal([]byte(line), &e); err != nil || e.Action == "" {
		fmt.Fprint(r.out, line)
		return
	}
	name := testName{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "build-fail":
		r.broken = true
	case "output":
		r.outputs[name] = append(r.outputs[name], e.Output)
	case "pass", "fail", "skip":
		if e.Test != "" {
			r.endTest(name, e.Action)
			return
		}
		r.endPackage(e.Package, e.Action)
	}
}

func (r *report) endTest(name testName, action string) {
	switch action {
	case "fail":
		r.failed[name.pkg] = append(r.failed[name.pkg], name)
		return
	case "skip":
		r.skipped = append(r.skipped, skip{name, reason(r.outputs[name])})
	}
	delete(r.outputs, name)
}

// reason is what the test printed, which is the text given to t.Skip.
func reason(outputs []string) string {
	var said []string
	for _, line := range outputs {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

func (r *report) endPackage(pkg, action string) {
	if action == "fail" {
		r.broken = true
		for _, name := range r.failed[pkg] {
			r.print(name)
		}
		// A test that never ended, as after a panic or a timeout, has only output.
		for name := range r.outputs {
			if name.pkg == pkg && name.test != "" {
				r.print(name)
			}
		}
	}
	whole := testName{pkg, ""}
	for _, line := range r.outputs[whole] {
		closes := strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "? ") || strings.HasPrefix(line, "FAIL\t")
		if closes {
			r.closing = append(r.closing, line)
		}
		if closes || action == "fail" {
			fmt.Fprint(r.out, line)
		}
	}
	delete(r.outputs, whole)
	delete(r.failed, pkg)
}

func (r *report) print(name testName) {
	for _, line := range r.outputs[name] {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(r.out, line)
		}
	}
	delete(r.outputs, name)
}

func (r *report) finish() int {
	for _, s := range r.skipped {
		fmt.Fprintf(r.out, "skipped: %s %s: %s\n", s.name.pkg, s.name.test, s.reason)
	}
	if len(r.skipped) > 0 {
		fmt.Fprintf(r.out, "%d skipped: nothing may be skipped here; give this machine what the tests need\n", len(r.skipped))
	}
	if len(r.closing) == 0 {
		fmt.Fprintln(r.out, "no package was tested")
	}
	if r.broken || len(r.skipped) > 0 || len(r.closing) == 0 {
		return 1
	}
	return 0
}
