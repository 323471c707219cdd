package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"soukin/internal/database"
)

// secrets are what recipients saw that has the worth of money: claim codes and
// numbers for the ATM. They are kept in memory alone, to find out afterwards
// whether anybody else kept them. It is safe for concurrent use.
type secrets struct {
	mu        sync.Mutex
	codes     map[string]bool
	customers map[string]bool
	read      readFiles
}

func newSecrets() *secrets {
	return &secrets{codes: map[string]bool{}, customers: map[string]bool{}, read: readFiles{}}
}

// code takes a claim code.
func (s *secrets) code(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = true
}

// numbers takes the three numbers for an ATM. Only the customer number is looked
// for: it is new for each issue, while four and six digits turn up by chance in
// every log.
func (s *secrets) numbers(shown []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.customers[shown[1]] = true
}

// Searched says what was looked for on disk after a run, and how often it was
// found.
type Searched struct {
	Codes   int   `json:"claim_codes"` // that recipients saw
	Numbers int   `json:"atm_numbers"`
	Files   int   `json:"files"`
	Bytes   int64 `json:"bytes"`
	// Found names the files, or tables of a database elsewhere, that hold one of
	// them, each once for each secret.
	Found []string `json:"found,omitempty"`
}

// needles are the forms in which a file may hold what is looked for.
func (s *secrets) needles() *needles {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := &needles{byStart: map[uint64][]needle{}, block: 1 << 20}
	for code := range s.codes {
		for _, text := range []string{code, strings.ReplaceAll(code, "-", "")} {
			for _, form := range spellings(text) {
				n.add(needle{text: form})
			}
		}
	}
	for number := range s.customers {
		n.add(needle{text: number, alone: true})
		for _, form := range spellings(number)[1:] {
			n.add(needle{text: form})
		}
	}
	return n
}

// search looks into every file below a directory but those that are the
// sandbox's: its ATM network must know the numbers that it pays out for.
func (s *secrets) search(home string, spared ...string) (Searched, error) {
	s.mu.Lock()
	out := Searched{Codes: len(s.codes), Numbers: len(s.customers)}
	s.mu.Unlock()
	n := s.needles()
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a database that was closed takes its log away
		}
		if err != nil || !d.Type().IsRegular() || isSpared(path, spared) {
			return err
		}
		found, size, err := s.read.search(n, path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		out.Files++
		out.Bytes += size
		for range found {
			out.Found = append(out.Found, path)
		}
		return err
	})
	return out, err
}

const (
	tablesOf = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`
	// rowsOf shows what is binary in hexadecimal digits.
	rowsOf = `SELECT CAST(t AS text) FROM %s t`
)

// searchTables looks into every row of a database that keeps no file here. Found
// names tables.
func (s *secrets) searchTables(ctx context.Context, db *database.DB, out *Searched) error {
	n := s.needles()
	return db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		tables, err := texts(ctx, tx, tablesOf)
		if err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := texts(ctx, tx, fmt.Sprintf(rowsOf, `"`+strings.ReplaceAll(table, `"`, `""`)+`"`))
			if err != nil {
				return err
			}
			for _, row := range rows {
				out.Bytes += int64(len(row))
				for range n.in([]byte(row), 0, len(row)) {
					out.Found = append(out.Found, table)
				}
			}
		}
		return nil
	})
}

func texts(ctx context.Context, tx *database.Tx, query string) (out []string, err error) {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// isSpared knows a database by its name, with or without what SQLite appends.
func isSpared(path string, spared []string) bool {
	return slices.ContainsFunc(spared, func(s string) bool { return path == s || path == s+"-wal" || path == s+"-shm" })
}
