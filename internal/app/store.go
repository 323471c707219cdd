package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"soukin/config"
	"soukin/internal/books"
	"soukin/internal/database"
	"soukin/internal/keyring"
	"soukin/internal/ledger"
	"soukin/internal/link"
	"soukin/internal/record"
	"soukin/internal/vault"
)

// payloadKeys is the key set that encrypts what Temporal stores.
const payloadKeys = "payload.json"

// Store is our own database with what lives in it.
type Store struct {
	DB     *database.DB
	Vault  *vault.Vault
	Record *record.Record
	Ledger *ledger.Ledger
	Books  *books.Books
	Links  *link.Links
}

// OpenStore opens the database and brings its tables up to date. Several
// processes may do so at once. now is the clock of everything in it.
func OpenStore(ctx context.Context, cfg config.Config, now func() time.Time) (*Store, error) {
	if path, ok := strings.CutPrefix(cfg.Database, string(database.SQLite)+":"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("SOUKIN_DATABASE: %w", err)
		}
	}
	db, err := database.Open(ctx, cfg.Database)
	if err != nil {
		return nil, fmt.Errorf("SOUKIN_DATABASE: %w", err)
	}
	s := &Store{DB: db, Record: record.New(db, now), Ledger: ledger.New(db, now)}
	s.Books = books.New(db, s.Ledger)
	for _, migrate := range []func(context.Context, *database.DB) error{ledger.Migrate, record.Migrate, vault.Migrate, link.Migrate} {
		if err := migrate(ctx, db); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	if s.Vault, err = vault.Open(ctx, db, cfg.Keys, now); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.Links, err = link.New(db, s.Vault.Fingerprint, now, link.DefaultSettings()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.DB.Close() }

// PayloadKeys loads the key set of Temporal's payloads. It must exist:
// 'starter keys new' and the demo make one, and a new one made in silence would
// only hide that the old one is lost.
func PayloadKeys(cfg config.Config) (*keyring.Ring, error) {
	return keyring.Load(filepath.Join(cfg.Keys, payloadKeys))
}

// CreatePayloadKeys makes the key set of Temporal's payloads where there is none.
func CreatePayloadKeys(cfg config.Config) (*keyring.Ring, error) {
	return keyring.LoadOrCreate(filepath.Join(cfg.Keys, payloadKeys))
}
