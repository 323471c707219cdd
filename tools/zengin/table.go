package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

type bank struct {
	Code     string            `json:"code"`
	Name     string            `json:"name"`
	Kana     string            `json:"kana"`
	Branches map[string]branch `json:"branches"`
}

type branch struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kana string `json:"kana"`
}

var (
	bankCode    = regexp.MustCompile(`^\d{4}$`)
	branchCode  = regexp.MustCompile(`^\d{3}$`)
	versionDate = regexp.MustCompile(`-p(\d{8})$`)
	// kanaForm is what the source's kana column holds: large katakana, the
	// full-width hyphen for a long vowel, full-width Latin, point and space.
	kanaForm = regexp.MustCompile(`^[ア-ヴ－．　Ａ-Ｚ０-９]+$`)
	smallOne = regexp.MustCompile(`[ァィゥェォッャュョヮヵヶ]`)
)

func readMeta(folder, version string) (meta, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return meta{}, err
	}
	var p struct{ Name, Version, License string }
	if err := json.Unmarshal(raw, &p); err != nil {
		return meta{}, fmt.Errorf("package.json: %w", err)
	}
	if p.Name != "zengin-code" || p.Version != version {
		return meta{}, fmt.Errorf("package is %s %s, but this generator is pinned to zengin-code %s", p.Name, p.Version, version)
	}
	stamp := versionDate.FindStringSubmatch(p.Version)
	if stamp == nil {
		return meta{}, fmt.Errorf("version %q does not end in the data's date, as in -p20260824", p.Version)
	}
	day, err := time.Parse("20060102", stamp[1])
	if err != nil {
		return meta{}, fmt.Errorf("version %q: %w", p.Version, err)
	}
	licence, err := os.ReadFile(filepath.Join(folder, "LICENSE.txt"))
	if err != nil {
		return meta{}, err
	}
	return meta{
		Package: p.Name, Version: p.Version, DataDate: day.Format(time.DateOnly),
		Licence: p.License, LicenceText: strings.TrimSpace(string(licence)),
	}, nil
}

// readBanks reads lib/zengin-data.js, which is one JSON object behind
// "module.exports =", and gives the banks in order of their codes.
func readBanks(folder string) ([]bank, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "lib", "zengin-data.js"))
	if err != nil {
		return nil, err
	}
	from, to := bytes.IndexByte(raw, '{'), bytes.LastIndexByte(raw, '}')
	if from < 0 || to < from {
		return nil, errors.New("zengin-data.js holds no object")
	}
	var byCode map[string]bank
	if err := json.Unmarshal(raw[from:to+1], &byCode); err != nil {
		return nil, fmt.Errorf("zengin-data.js: %w", err)
	}
	banks := make([]bank, 0, len(byCode))
	for code, b := range byCode {
		if err := check(code, b); err != nil {
			return nil, err
		}
		banks = append(banks, b)
	}
	slices.SortFunc(banks, func(a, b bank) int { return strings.Compare(a.Code, b.Code) })
	return banks, nil
}

func check(code string, b bank) error {
	if code != b.Code || !bankCode.MatchString(b.Code) {
		return fmt.Errorf("bank %q is filed under %q: a bank code is 4 digits", b.Code, code)
	}
	if err := checkNames("bank "+b.Code, b.Name, b.Kana); err != nil {
		return err
	}
	for code, r := range b.Branches {
		if code != r.Code || !branchCode.MatchString(r.Code) {
			return fmt.Errorf("bank %s: branch %q is filed under %q: a branch code is 3 digits", b.Code, r.Code, code)
		}
		if err := checkNames("branch "+b.Code+"-"+r.Code, r.Name, r.Kana); err != nil {
			return err
		}
	}
	return nil
}

func checkNames(who, name, kana string) error {
	if name == "" || strings.ContainsAny(name, "\t\r\n") {
		return fmt.Errorf("%s: name %q is empty or holds a control character", who, name)
	}
	if !kanaForm.MatchString(kana) || smallOne.MatchString(kana) {
		return fmt.Errorf("%s: kana %q is not large katakana", who, kana)
	}
	return nil
}

func countBranches(banks []bank) (n int) {
	for _, b := range banks {
		n += len(b.Branches)
	}
	return n
}

// pack writes "=code name kana" for a bank and "code name kana" for each of its
// branches, tab-separated, and compresses the whole. No time stamp goes in, so
// equal input gives equal output.
func pack(banks []bank) ([]byte, error) {
	var text bytes.Buffer
	for _, b := range banks {
		fmt.Fprintf(&text, "=%s\t%s\t%s\n", b.Code, narrow(b.Name), readable(b.Kana))
		codes := make([]string, 0, len(b.Branches))
		for code := range b.Branches {
			codes = append(codes, code)
		}
		slices.Sort(codes)
		for _, code := range codes {
			r := b.Branches[code]
			fmt.Fprintf(&text, "%s\t%s\t%s\n", r.Code, narrow(r.Name), readable(r.Kana))
		}
	}
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(text.Bytes()); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// narrow writes full-width Latin, digits and space as people type them.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// readable is narrow with the long vowel as kana writes it: the source uses the
// hyphen of bank files.
func readable(kana string) string {
	return narrow(strings.ReplaceAll(kana, "－", "ー"))
}
