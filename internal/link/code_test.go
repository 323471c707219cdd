package link_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/database"
	"soukin/internal/link"
)

func TestCodesAreComparedAsPeopleMeanThem(t *testing.T) {
	each(t, link.DefaultSettings(), func(t *testing.T, f fixture) {
		token := f.issued(t, code(t, "会員番号", "AB-123 456"), code(t, "電話番号の下4桁", "0042"), code(t, "カナ氏名", "ヤマダ ジロー"))
		for name, tt := range map[string]struct {
			typed []string
			right bool
		}{
			"as given":            {[]string{"AB-123 456", "0042", "ヤマダ ジロー"}, true},
			"plain":               {[]string{"AB123456", "0042", "ヤマダジロー"}, true},
			"small letters":       {[]string{"ab123456", "0042", "ヤマダジロー"}, true},
			"full width":          {[]string{"ＡＢ－１２３　４５６", "００４２", "ヤマダ　ジロー"}, true},
			"half-width kana":     {[]string{"AB123456", " 0042 ", "ﾔﾏﾀﾞ ｼﾞﾛｰ"}, true},
			"Japanese hyphens":    {[]string{"AB−123ー456", "00‐42", "ヤマダジロー"}, true},
			"first wrong":         {[]string{"AB123457", "0042", "ヤマダジロー"}, false},
			"second wrong":        {[]string{"AB123456", "0043", "ヤマダジロー"}, false},
			"third wrong":         {[]string{"AB123456", "0042", "ヤマダタロウ"}, false},
			"leading zeros count": {[]string{"AB123456", "42", "ヤマダジロー"}, false},
			"other order":         {[]string{"0042", "AB123456", "ヤマダジロー"}, false},
			"one missing":         {[]string{"AB123456", "0042"}, false},
			"one too many":        {[]string{"AB123456", "0042", "ヤマダジロー", "0042"}, false},
			"empty":               {[]string{"", "", ""}, false},
			"none":                {nil, false},
			"endless":             {[]string{strings.Repeat("AB123456", 1<<16), "0042", "ヤマダジロー"}, false},
			"not UTF-8":           {[]string{"AB123456\xff", "0042", "ヤマダジロー"}, false},
		} {
			require.NoError(t, f.Unlock(t.Context(), ref, "operator"))
			_, _, err := f.Prove(t.Context(), token, answers(tt.typed...))
			if tt.right {
				assert.NoError(t, err, name)
			} else {
				assert.ErrorIs(t, err, link.ErrWrong, name)
			}
		}
	})
}

func TestCodesThatCannotBe(t *testing.T) {
	for name, tt := range map[string]struct{ label, value, want string }{
		"no label":         {"", "1234", "label must be 1 to 40 characters"},
		"long label":       {strings.Repeat("番", 41), "1234", "label must be 1 to 40 characters"},
		"label of lines":   {"会員\n番号", "1234", "in one line"},
		"short value":      {"会員番号", "123", "4 to 64 characters"},
		"only separators":  {"会員番号", "----- ー", "4 to 64 characters"},
		"long value":       {"会員番号", strings.Repeat("1", 65), "4 to 64 characters"},
		"very long value":  {"会員番号", strings.Repeat("1", 1<<20), "4 to 64 characters"},
		"empty value":      {"会員番号", "", "4 to 64 characters"},
		"short when plain": {"会員番号", "1-2-3", "not counting spaces and hyphens"},
	} {
		_, err := link.NewCode(tt.label, tt.value)
		require.ErrorIs(t, err, link.ErrCode, name)
		assert.ErrorContains(t, err, tt.want, name)
		if tt.value != "" {
			assert.NotContains(t, err.Error(), tt.value, name)
		}
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*link.Settings)
		want   string
	}{
		"no token":        {func(s *link.Settings) { s.MaxTokens = 0 }, "MaxTokens is 0"},
		"no try":          {func(s *link.Settings) { s.Tries = -1 }, "Tries is -1"},
		"empty lock":      {func(s *link.Settings) { s.Locks = []time.Duration{0} }, "Locks has 0s in place 1"},
		"shrinking locks": {func(s *link.Settings) { s.Locks = []time.Duration{time.Hour, time.Minute} }, "Locks has 1m0s in place 2"},
		"no proof":        {func(s *link.Settings) { s.ProofLife = 0 }, "ProofLife is 0s"},
	} {
		set := link.DefaultSettings()
		tt.change(&set)
		_, err := link.New(nil, nil, nil, set)
		assert.ErrorContains(t, err, tt.want, name)
	}
	assert.NoError(t, link.DefaultSettings().Validate())
}

func TestWhateverPrintsSecretsShowsThemMasked(t *testing.T) {
	f := open(t, sqlite(t, filepath.Join(t.TempDir(), "soukin.db")), link.DefaultSettings())
	c := code(t, "会員番号", "SECRET-4711")
	token := f.issued(t, c)
	proof, _, err := f.Prove(t.Context(), token, answers("secret4711"))
	require.NoError(t, err)
	answer := link.NewAnswer("secret4711")
	secrets := []string{token.Reveal(), proof.Reveal(), "4711"}
	inside := struct {
		Token  link.Token
		proof  link.Proof
		answer link.Answer
		code   link.Code
		all    []any
	}{token, proof, answer, c, []any{token, &proof, answer, c}}

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		for _, value := range []any{token, &token, proof, answer, c, []link.Answer{answer}, inside, &inside, errors.Join(fmt.Errorf("%v", token))} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("m", "token", token, "proof", proof, "answer", answer, "code", c, "inside", inside)
	}
	require.NoError(t, json.NewEncoder(&out).Encode([]any{token, proof, answer, c, inside}))
	for _, s := range secrets {
		assert.NotContains(t, out.String(), s)
		assert.NotContains(t, strings.ToLower(out.String()), fmt.Sprintf("%x", s))
	}
	assert.Contains(t, out.String(), "(secret)")
	assert.NotPanics(t, func() { _ = fmt.Sprint(link.Token{}, link.Token{}.Reveal(), link.Code{}) })
}

func sqlite(t *testing.T, path string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), "sqlite:"+path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestNothingThatOpensALinkIsOnDisk(t *testing.T) {
	dir := t.TempDir()
	f := open(t, sqlite(t, filepath.Join(dir, "soukin.db")), link.DefaultSettings())
	token := f.issued(t, code(t, "会員番号", "UNMISTAKABLE"))
	proof, _, err := f.Prove(t.Context(), token, answers("UNMISTAKABLE"))
	require.NoError(t, err)
	seen := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, s := range []string{token.Reveal(), proof.Reveal(), "UNMISTAKABLE"} {
			assert.False(t, bytes.Contains(content, []byte(s)), path)
		}
		seen += bytes.Count(content, []byte("会員番号"))
		return err
	}))
	assert.Positive(t, seen, "the search must have read the rows")
}
