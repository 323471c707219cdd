package faults

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"

	"soukin/internal/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	planPrefix  = "plan:"
	magicPrefix = "magic:"
)

// Injector holds the plan in force and counts. It is safe for use by many
// goroutines.
type Injector struct {
	db   *database.DB
	plan atomic.Pointer[Plan]
}

// Open loads the plan that the database holds; a database without one starts
// with initial.
func Open(ctx context.Context, db *database.DB, initial Plan) (*Injector, error) {
	if err := initial.Validate(); err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, "faults", files); err != nil {
		return nil, err
	}
	in := &Injector{db: db}
	var stored string
	err = db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT plan FROM fault_plan WHERE id = 1").Scan(&stored)
	})
	if errors.Is(err, sql.ErrNoRows) {
		in.plan.Store(&initial)
		return in, nil
	}
	var plan Plan
	if err == nil {
		err = json.Unmarshal([]byte(stored), &plan)
	}
	if err != nil {
		return nil, fmt.Errorf("load fault plan: %w", err)
	}
	in.plan.Store(&plan)
	return in, nil
}

// Plan is the plan in force.
func (in *Injector) Plan() Plan { return *in.plan.Load() }

// Set puts a plan in force. Its counters and attempts start at zero, so that
// the same plan over the same calls does the same again; what magic values
// count stays. Errors about the plan wrap [ErrPlan].
func (in *Injector) Set(ctx context.Context, plan Plan) error {
	if err := plan.Validate(); err != nil {
		return err
	}
	text, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPlan, err)
	}
	err = in.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, q := range []struct {
			query string
			args  []any
		}{
			{"INSERT INTO fault_plan (id, plan) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET plan = excluded.plan", []any{string(text)}},
			{"DELETE FROM fault_counts WHERE kind NOT LIKE $1", []any{magicPrefix + "%"}},
			{"DELETE FROM fault_attempts WHERE identity LIKE $1", []any{planPrefix + "%"}},
		} {
			if _, err := tx.Exec(ctx, q.query, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("set fault plan: %w", err)
	}
	in.plan.Store(&plan)
	return nil
}

// Attempt counts one more attempt at a call under the plan and gives its number, from 1.
func (in *Injector) Attempt(ctx context.Context, identity string) (int, error) {
	return in.attempt(ctx, planPrefix+identity)
}

// MagicAttempt counts one more attempt at a call with a magic value, from 1.
func (in *Injector) MagicAttempt(ctx context.Context, identity string) (int, error) {
	return in.attempt(ctx, magicPrefix+identity)
}

func (in *Injector) attempt(ctx context.Context, identity string) (n int, err error) {
	err = in.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "INSERT INTO fault_attempts (identity, n) VALUES ($1, 1) ON CONFLICT (identity) DO UPDATE SET n = fault_attempts.n + 1 RETURNING n", identity).Scan(&n)
	})
	return n, err
}

// Fired counts a fault of the plan that struck.
func (in *Injector) Fired(ctx context.Context, kind Kind) error {
	return in.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error { return FiredIn(ctx, tx, kind) })
}

// FiredIn is [Injector.Fired] inside a running transaction, for faults that
// happen in the books.
func FiredIn(ctx context.Context, tx *database.Tx, kind Kind) error {
	_, err := tx.Exec(ctx, "INSERT INTO fault_counts (kind, n) VALUES ($1, 1) ON CONFLICT (kind) DO UPDATE SET n = fault_counts.n + 1", string(kind))
	return err
}

// Magic is the counter of a magic value.
func Magic(name string) Kind { return Kind(magicPrefix + name) }

// Counts is how often each fault fired: those of the plan by kind since it was
// set, magic values as "magic:<name>" since the database was made.
func (in *Injector) Counts(ctx context.Context) (map[Kind]int, error) {
	counts := map[Kind]int{}
	err := in.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT kind, n FROM fault_counts")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind Kind
			var n int
			if err := rows.Scan(&kind, &n); err != nil {
				return err
			}
			counts[kind] = n
		}
		return rows.Err()
	})
	return counts, err
}
