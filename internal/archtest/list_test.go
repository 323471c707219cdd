package archtest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "soukin"

// buildTags make every file of the module visible.
const buildTags = "integration,browser,chaos"

// pkg is what `go list -json` says about a package; Path is relative to the module.
type pkg struct {
	Path         string `json:"-"`
	ImportPath   string
	Name         string
	Dir          string
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
	Deps         []string
	TestImports  []string
	XTestImports []string
}

func (p pkg) testFiles() []string   { return slices.Concat(p.TestGoFiles, p.XTestGoFiles) }
func (p pkg) testImports() []string { return slices.Concat(p.TestImports, p.XTestImports) }

// packages lists the module once for all tests.
var packages = sync.OnceValues(func() ([]pkg, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "list", "-e", "-tags", buildTags, "-json=ImportPath,Name,Dir,GoFiles,TestGoFiles,XTestGoFiles,Imports,Deps,TestImports,XTestImports", "./...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	return decodePackages(strings.NewReader(string(out)))
})

func decodePackages(r io.Reader) ([]pkg, error) {
	var all []pkg
	for d := json.NewDecoder(r); ; {
		var p pkg
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		p.Path = strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		all = append(all, p)
	}
}

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	return filepath.Dir(strings.TrimSpace(string(out))), err
}

func all(t *testing.T) []pkg {
	t.Helper()
	list, err := packages()
	require.NoError(t, err)
	require.Greater(t, len(list), 10, "go list does not see the module")
	return list
}

// within says whether path is under pattern, which is a path, or a path with "/..." for everything below as well.
func within(path, pattern string) bool {
	prefix, deep := strings.CutSuffix(pattern, "/...")
	return path == prefix || (deep && strings.HasPrefix(path, prefix+"/"))
}

func withinAny(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return within(path, pattern) })
}

// source is a parsed file of the module.
type source struct {
	path string
	fset *token.FileSet
	file *ast.File
}

func parse(t *testing.T, p pkg, names []string) []source {
	t.Helper()
	var out []source
	for _, name := range names {
		path := filepath.Join(p.Dir, name)
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		require.NoError(t, err)
		out = append(out, source{path: filepath.Join(p.Path, name), fset: fset, file: file})
	}
	return out
}
