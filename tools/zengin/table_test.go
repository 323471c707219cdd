package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writePackage(t *testing.T, version, data string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"package.json":       fmt.Sprintf(`{"name":"zengin-code","version":%q,"license":"MIT"}`, version),
		"LICENSE.txt":        "The licence\n",
		"lib/zengin-data.js": "module.exports = " + data + ";\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func bankJSON(code, name, kana, branches string) string {
	return fmt.Sprintf(`{%q:{"code":%q,"name":%q,"kana":%q,"branches":{%s}}}`, code, code, name, kana, branches)
}

func TestPackIsReadableAndTheSameEveryTime(t *testing.T) {
	dir := writePackage(t, pinned, bankJSON("0005", "三菱ＵＦＪ", "ミツビシユ－エフジエイ",
		`"002":{"code":"002","name":"丸の内","kana":"マルノウチ"},"001":{"code":"001","name":"本店","kana":"ホンテン"}`))
	banks, err := readBanks(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, err := pack(banks)
	if err != nil {
		t.Fatal(err)
	}
	second, err := pack(banks)
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("two runs differ (%v)", err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	want := "=0005\t三菱UFJ\tミツビシユーエフジエイ\n001\t本店\tホンテン\n002\t丸の内\tマルノウチ\n"
	if string(text) != want {
		t.Fatalf("got %q, want %q", text, want)
	}
}

func TestBrokenPackagesAreRefused(t *testing.T) {
	good := `"001":{"code":"001","name":"本店","kana":"ホンテン"}`
	for name, c := range map[string]struct{ version, data, want string }{
		"other version":     {"1.0.0-p20250101", bankJSON("0001", "あ", "ア", good), "pinned"},
		"bank code":         {pinned, bankJSON("001", "あ", "ア", good), "4 digits"},
		"branch code":       {pinned, bankJSON("0001", "あ", "ア", `"1":{"code":"1","name":"本","kana":"ホ"}`), "3 digits"},
		"misfiled branch":   {pinned, bankJSON("0001", "あ", "ア", `"002":{"code":"001","name":"本","kana":"ホ"}`), "filed under"},
		"tab in a name":     {pinned, bankJSON("0001", "あ\t", "ア", good), "control character"},
		"small kana":        {pinned, bankJSON("0001", "あ", "キョ", good), "large katakana"},
		"no kana":           {pinned, bankJSON("0001", "あ", "", good), "large katakana"},
		"no object":         {pinned, "null", "no object"},
		"far too few banks": {pinned, bankJSON("0001", "あ", "ア", good), "incomplete"},
	} {
		t.Run(name, func(t *testing.T) {
			err := generate(writePackage(t, c.version, c.data), t.TempDir(), pinned)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}
