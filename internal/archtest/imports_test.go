package archtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brokenImports returns a sentence for every import that breaks a rule.
func brokenImports(list []pkg) []string {
	var out []string
	for _, p := range list {
		out = append(out, brokenLayer(p)...)
		out = append(out, brokenBans(p)...)
		for _, imported := range slices.Concat(p.Imports, p.testImports()) {
			if own, ok := ownPath(imported); ok && slices.Contains(mains, own) {
				out = append(out, fmt.Sprintf("%s imports the main %s: what both need belongs in a package", p.Path, own))
			}
		}
	}
	return out
}

func brokenLayer(p pkg) []string {
	i := slices.IndexFunc(layers, func(l layer) bool { return within(p.Path, l.path) })
	if i < 0 {
		return []string{fmt.Sprintf("%s has no place in the plan: add it to layers with what it may import and why", p.Path)}
	}
	var out []string
	for _, imported := range p.Imports {
		if own, ok := ownPath(imported); ok && !slices.Contains(mains, own) && !withinAny(own, layers[i].may) {
			out = append(out, fmt.Sprintf("%s imports %s: %s", p.Path, own, layers[i].because))
		}
	}
	return out
}

func brokenBans(p pkg) []string {
	var out []string
	for _, imported := range p.Imports {
		name := imported
		if own, ok := ownPath(imported); ok {
			name = own
		}
		for _, b := range bans {
			banned := len(b.in) == 0 || withinAny(p.Path, b.in)
			if banned && within(name, b.imported) && !withinAny(p.Path, b.except) {
				out = append(out, fmt.Sprintf("%s imports %s: %s", p.Path, name, b.because))
			}
		}
	}
	return out
}

func ownPath(imported string) (string, bool) {
	return strings.CutPrefix(imported, module+"/")
}

func TestImportsFollowThePlan(t *testing.T) {
	for _, broken := range brokenImports(all(t)) {
		t.Error(broken)
	}
}

func TestOnlyTheStandardLibraryIsBelowTheVocabulary(t *testing.T) {
	for _, p := range all(t) {
		if p.Path != "remittance" {
			continue
		}
		for _, imported := range p.Imports {
			assert.NotContains(t, imported, ".", "remittance imports %s: the vocabulary needs the standard library only", imported)
		}
	}
}

func TestServersDoNotLinkWhatIsNotForProduction(t *testing.T) {
	for _, p := range all(t) {
		if !slices.Contains(servers, p.Path) {
			continue
		}
		require.NotEmpty(t, p.Deps, p.Path)
		for _, rule := range notInServers {
			for _, dep := range p.Deps {
				assert.False(t, within(dep, rule.imported), "%s links %s: %s", p.Path, dep, rule.because)
			}
		}
	}
}

// TestImportRulesCanFail proves that each kind of rule finds what it is for.
func TestImportRulesCanFail(t *testing.T) {
	tests := []struct {
		name string
		give pkg
		want string
	}{
		{"layer", pkg{Path: "internal/rails/bank", Imports: []string{"soukin/internal/ledger"}}, "an adapter speaks to its counterparty"},
		{"ban in some packages", pkg{Path: "internal/ledger", Imports: []string{"go.temporal.io/sdk/client"}}, "without Temporal"},
		{"ban everywhere but", pkg{Path: "internal/app", Imports: []string{"github.com/go-oauth2/oauth2/v4/server"}}, "OAuth server"},
		{"determinism", pkg{Path: "workflows", Imports: []string{"math/rand/v2"}}, "does not replay"},
		{"test library", pkg{Path: "internal/orders", Imports: []string{"testing"}}, testsOnly},
		{"test package", pkg{Path: "internal/app", Imports: []string{"soukin/internal/ledger/ledgertest"}}, testsOnly},
		{"main", pkg{Path: "internal/app", Imports: []string{"soukin/worker"}}, "imports the main worker"},
		{"main from a test", pkg{Path: "internal/app", XTestImports: []string{"soukin/starter"}}, "imports the main starter"},
		{"no place", pkg{Path: "internal/helpers"}, "no place in the plan"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			broken := brokenImports([]pkg{tt.give})
			if assert.Len(t, broken, 1) {
				assert.Contains(t, broken[0], tt.want)
			}
		})
	}
	assert.Empty(t, brokenImports([]pkg{{
		Path: "internal/orders", TestImports: []string{"testing", "soukin/internal/ledger/ledgertest"},
		Imports: []string{"fmt", "soukin/remittance", "soukin/internal/vault", "go.temporal.io/sdk/client"},
	}}))
}

func TestEveryRuleHasAReasonAndAPlace(t *testing.T) {
	for _, l := range layers {
		assert.NotEmpty(t, l.because, l.path)
	}
	for _, b := range bans {
		assert.NotEmpty(t, b.because, b.imported)
	}
}
