package counterparty

import (
	"context"
	"fmt"
	"io/fs"

	"soukin/internal/database"
)

// Migrate makes a counterparty's tables from the folder "migrations" of files.
func (e Env) Migrate(ctx context.Context, name string, files fs.FS) error {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	return e.DB.Migrate(ctx, name, migrations)
}

// ReadExecutions reads a page of books. query takes the reference to begin after
// and the most lines, and gives reference, amount, times executed and state.
func (e Env) ReadExecutions(ctx context.Context, query, after string, limit int) (found []Execution, err error) {
	err = e.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		found = []Execution{}
		rows, err := tx.Query(ctx, query, after, limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x Execution
			if err := rows.Scan(&x.Reference, &x.Amount, &x.Executed, &x.State); err != nil {
				return err
			}
			found = append(found, x)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read executions: %w", err)
	}
	return found, nil
}
