// Command zengin turns an unpacked zengin-code package into the bank and branch
// table that internal/zengin embeds. docs/zengin.md shows how to run it.
//
//	go run -C tools/zengin . FOLDER [OUT]
//
// FOLDER is the unpacked package; OUT defaults to ../../internal/zengin/data.
// The same package always gives the same bytes.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// pinned is the only version the generator takes, so that a refresh of the
// table is a change of this line that somebody reviews.
const pinned = "1.0.0-p20260824"

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: go run -C tools/zengin . FOLDER [OUT]")
		os.Exit(2)
	}
	out := filepath.Join("..", "..", "internal", "zengin", "data")
	if len(os.Args) == 3 {
		out = os.Args[2]
	}
	if err := generate(os.Args[1], out, pinned); err != nil {
		fmt.Fprintln(os.Stderr, "zengin:", err)
		os.Exit(1)
	}
}

// meta is what internal/zengin tells about the table.
type meta struct {
	Package     string `json:"package"`
	Version     string `json:"version"`
	DataDate    string `json:"data_date"`
	Licence     string `json:"licence"`
	LicenceText string `json:"licence_text"`
	Banks       int    `json:"banks"`
	Branches    int    `json:"branches"`
}

func generate(folder, out, version string) error {
	m, err := readMeta(folder, version)
	if err != nil {
		return err
	}
	banks, err := readBanks(folder)
	if err != nil {
		return err
	}
	m.Banks, m.Branches = len(banks), countBranches(banks)
	if err := plausible(m); err != nil {
		return err
	}
	table, err := pack(banks)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "banks.tsv.gz"), table, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "meta.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d banks, %d branches, %d bytes\n", m.Version, m.Banks, m.Branches, len(table))
	return nil
}

// plausible refuses a table that lost a large part of Japan: the source
// deletes closed branches instead of marking them, so a broken release would
// otherwise look like many closures.
func plausible(m meta) error {
	if m.Banks < 1000 || m.Branches < 25000 {
		return fmt.Errorf("only %d banks and %d branches: the package looks incomplete", m.Banks, m.Branches)
	}
	return nil
}
