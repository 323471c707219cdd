package zengin

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the table and its description are part of the program
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Info says where the directory's data come from.
type Info struct {
	Package     string `json:"package"`      // the published data set
	Version     string `json:"version"`      // its exact version
	DataDate    string `json:"data_date"`    // the day the data describe, YYYY-MM-DD
	Licence     string `json:"licence"`      // its licence's short name
	LicenceText string `json:"licence_text"` // the licence in full, with its copyright line
	Banks       int    `json:"banks"`
	Branches    int    `json:"branches"`
}

//go:embed data/banks.tsv.gz
var packedTable []byte

//go:embed data/meta.json
var metaText []byte

// Version describes the embedded data. It panics if the program was built with
// a description that is not JSON, which the package's tests exclude.
func Version() Info { return version() }

var version = sync.OnceValue(func() Info {
	var info Info
	if err := json.Unmarshal(metaText, &info); err != nil {
		panic("zengin: data/meta.json: " + err.Error())
	}
	return info
})

// Load gives the directory of all banks and branches. The first call unpacks
// it (some tens of milliseconds); later calls, from any goroutine, give the
// same directory at once. An error means that the program was built with a
// damaged table; no input can cause it.
func Load() (*Directory, error) { return load() }

var load = sync.OnceValues(func() (*Directory, error) {
	return unpack(packedTable, Version())
})

func unpack(packed []byte, info Info) (*Directory, error) {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("bank table: %w", err)
	}
	// Reading to the end checks the checksum.
	text, err := io.ReadAll(zip)
	if err != nil {
		return nil, fmt.Errorf("bank table: %w", err)
	}
	d := &Directory{
		banks:    make([]bankEntry, 0, info.Banks),
		branches: make([]Branch, 0, info.Branches),
		byCode:   make(map[string]int, info.Banks),
	}
	for line := range strings.Lines(string(text)) {
		if err := d.add(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, fmt.Errorf("bank table: %w", err)
		}
	}
	if len(d.banks) != info.Banks || len(d.branches) != info.Branches {
		return nil, fmt.Errorf("bank table: %d banks and %d branches, but its description says %d and %d",
			len(d.banks), len(d.branches), info.Banks, info.Branches)
	}
	return d, nil
}

// add takes one line of the table: "=code name kana" opens a bank, "code name
// kana" is one of its branches, both in order of their codes.
func (d *Directory) add(line string) error {
	code, rest, ok := strings.Cut(line, "\t")
	name, kana, ok2 := strings.Cut(rest, "\t")
	if !ok || !ok2 {
		return fmt.Errorf("line %q does not have three columns", line)
	}
	if bank, opens := strings.CutPrefix(code, "="); opens {
		d.byCode[bank] = len(d.banks)
		d.banks = append(d.banks, bankEntry{
			Bank:  Bank{Code: bank, Name: fullName(bank, name), Kana: kana},
			short: name, from: len(d.branches), to: len(d.branches),
		})
		return nil
	}
	if len(d.banks) == 0 {
		return fmt.Errorf("branch %q stands before any bank", line)
	}
	owner := &d.banks[len(d.banks)-1]
	d.branches = append(d.branches, Branch{Bank: owner.Code, Code: code, Name: name, Kana: kana})
	owner.to = len(d.branches)
	return nil
}
