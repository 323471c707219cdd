//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bank_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/rails/bank"
)

// The test binary plays another process of the same machine when it is told to.
const (
	playCounter = "SOUKIN_TEST_COUNT_IN_TOKEN_FILE"
	playHolder  = "SOUKIN_TEST_HOLD_TOKEN_FILE"
)

func TestMain(m *testing.M) {
	ctx := context.Background()
	if path := os.Getenv(playCounter); path != "" {
		for range 25 {
			if err := bank.NewFileStore(path).Update(ctx, increment); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		os.Exit(0)
	}
	if path := os.Getenv(playHolder); path != "" {
		bank.NewFileStore(path).Update(ctx, func(bank.Token) (bank.Token, error) {
			fmt.Println("held")
			io.Copy(io.Discard, os.Stdin) // until killed
			return bank.Token{AccessToken: "lost"}, nil
		})
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// increment counts in the access token: two updates at once would lose one.
func increment(old bank.Token) (bank.Token, error) {
	n, _ := strconv.Atoi(old.AccessToken)
	return bank.Token{AccessToken: strconv.Itoa(n + 1), RefreshToken: "r"}, nil
}

func tokenFile(t *testing.T) string { return filepath.Join(t.TempDir(), "bank-token.json") }

func TestFileStoreKeepsAToken(t *testing.T) {
	path := tokenFile(t)
	store := bank.NewFileStore(path)
	_, err := store.Load(t.Context())
	require.ErrorIs(t, err, bank.ErrNoToken)

	first := bank.Token{AccessToken: "a", RefreshToken: "r", ObtainedAt: now.UTC(), ExpiresAt: now.Add(time.Hour).UTC()}
	require.NoError(t, store.Update(t.Context(), func(old bank.Token) (bank.Token, error) {
		assert.Zero(t, old)
		return first, nil
	}))
	got, err := bank.NewFileStore(path).Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, first, got)

	refused := errors.New("the bank said no")
	require.ErrorIs(t, store.Update(t.Context(), func(bank.Token) (bank.Token, error) { return bank.Token{AccessToken: "b"}, refused }), refused)
	got, err = store.Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, first, got)

	for _, name := range []string{path, path + ".lock"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	left, err := filepath.Glob(path + ".new-*")
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestFileStoreRefusesWhatItCannotTrust(t *testing.T) {
	for name, tc := range map[string]struct {
		content string
		mode    os.FileMode
		says    string
	}{
		"open to others": {`{"access_token":"a"}`, 0o640, "chmod 600"},
		"not a token":    {`{"token":"a"}`, 0o600, "does not hold a token"},
		"cut":            {`{"access_token":"a`, 0o600, "does not hold a token"},
	} {
		t.Run(name, func(t *testing.T) {
			path := tokenFile(t)
			require.NoError(t, os.WriteFile(path, []byte(tc.content), tc.mode))
			require.NoError(t, os.Chmod(path, tc.mode))
			store := bank.NewFileStore(path)
			_, err := store.Load(t.Context())
			require.ErrorContains(t, err, tc.says)
			require.ErrorContains(t, store.Update(t.Context(), increment), tc.says)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, tc.content, string(content), "what an operator may still need must stay")
		})
	}
}

func TestFileStoreSaysWhereItCannotWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "bank-token.json")
	require.ErrorIs(t, bank.NewFileStore(path).Update(t.Context(), increment), os.ErrNotExist)
}

func TestFileStoreExcludesOtherProcesses(t *testing.T) {
	path := tokenFile(t)
	self, err := os.Executable()
	require.NoError(t, err)
	var others []*exec.Cmd
	for range 3 {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), playCounter+"="+path)
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		others = append(others, cmd)
	}
	for range 25 {
		require.NoError(t, bank.NewFileStore(path).Update(t.Context(), increment))
	}
	for _, cmd := range others {
		require.NoError(t, cmd.Wait())
	}
	got, err := bank.NewFileStore(path).Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "100", got.AccessToken)
}

// A process killed inside a renewal leaves the old token and no lock behind.
func TestFileStoreSurvivesTheDeathOfAHolder(t *testing.T) {
	path := tokenFile(t)
	store := bank.NewFileStore(path)
	require.NoError(t, store.Update(t.Context(), increment))
	self, err := os.Executable()
	require.NoError(t, err)
	holder := exec.Command(self)
	holder.Env = append(os.Environ(), playHolder+"="+path)
	stdin, err := holder.StdinPipe()
	require.NoError(t, err)
	defer stdin.Close()
	stdout, err := holder.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, holder.Start())
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held\n", line)

	waiting, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, store.Update(waiting, increment), "locked by another process")

	require.NoError(t, holder.Process.Kill())
	require.Error(t, holder.Wait(), "killed")
	require.NoError(t, store.Update(t.Context(), increment))
	got, err := store.Load(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "2", got.AccessToken)
}

// The real store under the real client: what one process renews, the next one uses.
func TestFileStoreUnderTheClient(t *testing.T) {
	a := newAuthServer(t)
	path := tokenFile(t)
	first := newClient(t, a.settings(), bank.NewFileStore(path))
	require.NoError(t, first.Exchange(t.Context(), "the-code"))
	a.access = "revoked"
	s := a.settings()
	s.Now = func() time.Time { return now.Add(time.Hour) }
	second := newClient(t, s, bank.NewFileStore(path))
	_, err := second.Accounts(t.Context())
	require.NoError(t, err)
	_, err = first.Accounts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, a.refreshes(), "one login and one renewal")
}
