package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func events(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

const (
	passes = `{"Action":"run","Package":"p/a","Test":"TestA"}
{"Action":"output","Package":"p/a","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p/a","Test":"TestA","Output":"    a_test.go:3: chatter\n"}
{"Action":"pass","Package":"p/a","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"p/a","Output":"PASS\n"}
{"Action":"output","Package":"p/a","Output":"ok  \tp/a\t0.010s\n"}
{"Action":"pass","Package":"p/a","Elapsed":0.01}`
	fails = `{"Action":"output","Package":"p/b","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"p/b","Test":"TestB","Output":"    b_test.go:7: want 1, got 2\n"}
{"Action":"output","Package":"p/b","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"fail","Package":"p/b","Test":"TestB","Elapsed":0}
{"Action":"output","Package":"p/b","Output":"FAIL\n"}
{"Action":"output","Package":"p/b","Output":"FAIL\tp/b\t0.010s\n"}
{"Action":"fail","Package":"p/b","Elapsed":0.01}`
	skips = `{"Action":"output","Package":"p/c","Test":"TestC","Output":"=== RUN   TestC\n"}
{"Action":"output","Package":"p/c","Test":"TestC","Output":"    c_test.go:9: no server here\n"}
{"Action":"output","Package":"p/c","Test":"TestC","Output":"--- SKIP: TestC (0.00s)\n"}
{"Action":"skip","Package":"p/c","Test":"TestC","Elapsed":0}
{"Action":"output","Package":"p/c","Output":"ok  \tp/c\t0.010s\n"}
{"Action":"pass","Package":"p/c","Elapsed":0.01}`
	empty = `{"Action":"output","Package":"p/d","Output":"?   \tp/d\t[no test files]\n"}
{"Action":"skip","Package":"p/d","Elapsed":0}`
	panics = `{"Action":"output","Package":"p/e","Test":"TestE","Output":"panic: oh\n"}
{"Action":"output","Package":"p/e","Output":"FAIL\tp/e\t0.010s\n"}
{"Action":"fail","Package":"p/e","Elapsed":0.01}`
	unbuilt = `{"ImportPath":"p/f","Action":"build-output","Output":"f.go:1:1: expected package\n"}
{"ImportPath":"p/f","Action":"build-fail"}
{"Action":"output","Package":"p/f","Output":"FAIL\tp/f [build failed]\n"}
{"Action":"fail","Package":"p/f","Elapsed":0,"FailedBuild":"p/f"}`
)

func TestReport(t *testing.T) {
	tests := []struct {
		name          string
		give          string
		code          int
		want, without []string
	}{
		{"all pass", events(passes, empty), 0, []string{"ok  \tp/a\t0.010s\n", "?   \tp/d\t[no test files]\n"}, []string{"chatter", "PASS", "skipped"}},
		{"one fails", events(passes, fails), 1, []string{"want 1, got 2", "--- FAIL: TestB", "FAIL\tp/b"}, []string{"=== RUN", "chatter"}},
		{"one is skipped", events(passes, skips), 1, []string{"skipped: p/c TestC: c_test.go:9: no server here", "1 skipped"}, nil},
		{"one panics", events(panics), 1, []string{"panic: oh", "FAIL\tp/e"}, nil},
		{"one does not build", events(unbuilt), 1, []string{"f.go:1:1: expected package", "[build failed]"}, nil},
		{"the go command fails", "go: no such module\n", 1, []string{"go: no such module", "no package was tested"}, nil},
		{"nothing", "", 1, []string{"no package was tested"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errOut strings.Builder
			if code := run(nil, strings.NewReader(tt.give), &out, &errOut); code != tt.code {
				t.Errorf("exit status %d, want %d\n%s%s", code, tt.code, out.String(), errOut.String())
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
			for _, not := range tt.without {
				if strings.Contains(out.String(), not) {
					t.Errorf("%q in\n%s", not, out.String())
				}
			}
		})
	}
}

func TestClosingLinesAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "closing.txt")
	for _, give := range []string{events(passes, fails), events(empty)} {
		var out strings.Builder
		run([]string{"-closing", path}, strings.NewReader(give), &out, &out)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = "ok  \tp/a\t0.010s\nFAIL\tp/b\t0.010s\n?   \tp/d\t[no test files]\n"
	if string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
}
