package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// From these numbers of lines on a file surely holds more than one idea; tables make tests longer.
const (
	maxLines     = 450
	maxTestLines = 600
)

// catchAlls are names that say nothing, so that anything ends up under them.
var catchAlls = []string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "types"}

func TestPackagesHaveOneCommentAndAName(t *testing.T) {
	for _, p := range all(t) {
		var documented []string
		for _, s := range parse(t, p, p.GoFiles) {
			if s.file.Doc != nil {
				documented = append(documented, filepath.Base(s.path))
				assert.True(t, wellOpened(p, s.file.Doc.Text()), "%s: the package comment opens with %q", s.path, docOpening(p))
			}
		}
		want := []string{"doc.go"}
		if len(p.GoFiles) == 1 {
			want = p.GoFiles
		}
		assert.Equal(t, want, documented, "%s: one package comment, in doc.go or the only file, is where people look", p.Path)
		assert.NotContains(t, catchAlls, p.Name, "%s: name a package after what it holds", p.Path)
	}
}

func docOpening(p pkg) string {
	if p.Name == "main" {
		return "Command " + filepath.Base(p.Path)
	}
	return "Package " + p.Name
}

func wellOpened(p pkg, doc string) bool { return strings.HasPrefix(doc, docOpening(p)+" ") }

func TestMainsHoldNoLogic(t *testing.T) {
	for _, p := range all(t) {
		if p.Name != "main" {
			continue
		}
		assert.Contains(t, mains, p.Path, "%s: a new program needs a place in the plan", p.Path)
		assert.Equal(t, []string{"main.go"}, p.GoFiles, "%s: a main is one file", p.Path)
		for _, s := range parse(t, p, p.GoFiles) {
			for _, broken := range brokenMain(s.file) {
				t.Errorf("%s: %s: logic in a main cannot be used by the demo or by tests", s.path, broken)
			}
		}
	}
}

// brokenMain returns what a main file holds beside one short func main.
func brokenMain(file *ast.File) []string {
	var out []string
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.Name != "main" {
				out = append(out, "func "+d.Name.Name)
			}
			if len(d.Body.List) > 5 {
				out = append(out, fmt.Sprintf("%d statements in func %s", len(d.Body.List), d.Name.Name))
			}
			ast.Inspect(d.Body, func(n ast.Node) bool {
				switch n.(type) {
				case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.GoStmt, *ast.FuncLit:
					out = append(out, fmt.Sprintf("%T", n))
				}
				return true
			})
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				out = append(out, d.Tok.String()+" declaration")
			}
		}
	}
	return out
}

func TestMainRuleCanFail(t *testing.T) {
	parseText := func(text string) *ast.File {
		file, err := parser.ParseFile(token.NewFileSet(), "main.go", "package main\n"+text, 0)
		require.NoError(t, err)
		return file
	}
	assert.Empty(t, brokenMain(parseText(`import "os"; func main() { os.Exit(run()) }`)))
	for _, text := range []string{"func main() { for {} }", "func help() {}", "var x = 1", "func main() { go f() }", "func main() { a(); b(); c(); d(); e(); f() }"} {
		assert.NotEmpty(t, brokenMain(parseText(text)), text)
	}
}

// unfinished finds marks of work that was put off. It is spelled in pieces so that it does not find itself.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

func TestNothingIsLeftUnfinished(t *testing.T) {
	for _, p := range all(t) {
		for _, s := range parse(t, p, slices.Concat(p.GoFiles, p.testFiles())) {
			for _, group := range s.file.Comments {
				assert.NotRegexp(t, unfinished, group.Text(), "%s: finish it, or say in docs/ why not", s.fset.Position(group.Pos()))
			}
			lines, limit := s.fset.File(s.file.Pos()).LineCount(), maxLines
			if strings.HasSuffix(s.path, "_test.go") {
				limit = maxTestLines
			}
			assert.True(t, lines <= limit || ast.IsGenerated(s.file), "%s has %d lines: split it by idea", s.path, lines)
		}
	}
}

func TestTestsSayWhyTheySkipAndNeverSleep(t *testing.T) {
	for _, p := range all(t) {
		for _, s := range parse(t, p, p.testFiles()) {
			for _, broken := range brokenTest(s.file) {
				t.Errorf("%s: %s", s.path, broken)
			}
		}
	}
}

// brokenTest finds silent skips, and sleeps outside testing/synctest, where time is not real.
func brokenTest(file *ast.File) []string {
	var out []string
	fakeTime := slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"testing/synctest"` })
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		receiver, _ := selector.X.(*ast.Ident)
		switch {
		case selector.Sel.Name == "SkipNow", selector.Sel.Name == "Skip" && len(call.Args) == 0:
			out = append(out, "a skipped test says why, or nobody notices what is not tested")
		case receiver != nil && receiver.Name == "time" && selector.Sel.Name == "Sleep" && !fakeTime:
			out = append(out, "a test that sleeps is slow or flaky: wait for the condition, or use testing/synctest")
		}
		return true
	})
	return out
}

func TestTestRulesCanFail(t *testing.T) {
	parseText := func(text string) *ast.File {
		file, err := parser.ParseFile(token.NewFileSet(), "a_test.go", "package a\n"+text, 0)
		require.NoError(t, err)
		return file
	}
	const sleep = `import "time"; func f() { time.Sleep(1) }`
	assert.Len(t, brokenTest(parseText("func f() { t.Skip() }")), 1)
	assert.Len(t, brokenTest(parseText("func f() { t.SkipNow() }")), 1)
	assert.Len(t, brokenTest(parseText(sleep)), 1)
	assert.Empty(t, brokenTest(parseText(`import _ "testing/synctest"; `+sleep)))
	assert.Empty(t, brokenTest(parseText(`func f() { t.Skip("no browser here") }`)))
	assert.Regexp(t, unfinished, "// TO"+"DO: later")
	assert.False(t, wellOpened(pkg{Name: "ledger"}, "Ledger counts."))
	assert.True(t, wellOpened(pkg{Name: "main", Path: "worker"}, "Command worker polls."))
}
