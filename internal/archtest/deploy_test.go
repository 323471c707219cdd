package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/devserver"
)

// compose is the part of docker-compose.yml that can contradict itself or the product.
type compose struct {
	Services map[string]struct {
		Image       string
		Build       string
		Restart     string
		Entrypoint  []string
		Command     []string
		Environment map[string]string
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
		Volumes     []string
		Healthcheck map[string]any
	}
	Volumes map[string]any
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	root, err := moduleRoot()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	require.NoError(t, err)
	return string(text)
}

func readCompose(t *testing.T) compose {
	t.Helper()
	var c compose
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "docker-compose.yml")), &c))
	require.NotEmpty(t, c.Services)
	return c
}

func TestComposeNamesOnlySettingsAndProgramsThatExist(t *testing.T) {
	var known []string
	for _, s := range config.Settings() {
		known = append(known, s.Name)
	}
	require.Contains(t, known, "SOUKIN_DATABASE")
	for name, service := range readCompose(t).Services {
		for variable := range service.Environment {
			if strings.HasPrefix(variable, "SOUKIN_") {
				assert.Contains(t, known, variable, "%s: a process that is given an unknown setting stops", name)
			}
		}
		if service.Build == "" {
			continue
		}
		program := slices.Concat(service.Entrypoint, service.Command)[0]
		if program != "/bin/sh" {
			assert.Contains(t, mains, program, "%s runs a program that the image does not have", name)
			assert.Regexp(t, `\./`+program+`\b`, read(t, "Dockerfile"), "the image must hold %s", program)
		}
	}
}

func TestComposeWaitsOnlyForWhatCanBecomeReady(t *testing.T) {
	c := readCompose(t)
	for name, service := range c.Services {
		for other, wait := range service.DependsOn {
			target, ok := c.Services[other]
			if !assert.True(t, ok, "%s depends on %s, which does not exist", name, other) {
				continue
			}
			if wait.Condition == "service_healthy" {
				assert.NotEmpty(t, target.Healthcheck, "%s waits for the health of %s, which has no check", name, other)
			}
		}
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(source, "./") {
				root, err := moduleRoot()
				require.NoError(t, err)
				assert.DirExists(t, filepath.Join(root, source), "%s mounts it", name)
				continue
			}
			assert.Contains(t, c.Volumes, source, "%s mounts it", name)
		}
	}
}

// TestComposeStartsInOneCommand: `docker compose up --wait` takes a service that
// ends for a failure unless one that stays waits for its success.
func TestComposeStartsInOneCommand(t *testing.T) {
	c := readCompose(t)
	adopted := map[string]bool{}
	for _, service := range c.Services {
		for other, wait := range service.DependsOn {
			if service.Restart == "unless-stopped" && wait.Condition == "service_completed_successfully" {
				adopted[other] = true
			}
		}
	}
	for name, service := range c.Services {
		if strings.HasPrefix(service.Restart, "on-failure") {
			assert.True(t, adopted[name], "nobody that stays waits for %s to succeed", name)
		}
	}
}

func TestDeployedNamespaceHasTheSearchAttributesOfTheContract(t *testing.T) {
	got := map[string]string{}
	for _, m := range regexp.MustCompile(`--name (\w+) --type (\w+)`).FindAllStringSubmatch(read(t, "deploy", "temporal", "namespace.sh"), -1) {
		got[m[1]] = m[2]
	}
	want := map[string]string{}
	for name, kind := range contract.SearchAttributes() {
		want[name] = kind.String()
	}
	assert.Equal(t, want, got)
}

func TestDynamicConfigIsValid(t *testing.T) {
	var values map[string][]struct{ Value any }
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "deploy", "temporal", "dynamicconfig", "soukin.yaml")), &values))
	require.NotEmpty(t, values)
	for key, constrained := range values {
		assert.Len(t, constrained, 1, key)
	}
}

func TestCachedServerIsNamedAfterThePinnedVersion(t *testing.T) {
	assert.Contains(t, read(t, "tools", "temporal", "go.mod"), "github.com/temporalio/cli v"+devserver.CLIVersion+" ",
		"a new pin under the old name would never be built")
}
