package cli

import (
	"context"
	"errors"
	"time"

	"soukin/config"
	"soukin/internal/app"
)

// withStore runs do on the database of the system this invocation works on.
func (s *session) withStore(ctx context.Context, do func(config.Config, *app.Store) error) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	store, err := app.OpenStore(ctx, cfg, time.Now)
	if err != nil {
		return exit(ExitUnavailable, err)
	}
	return errors.Join(do(cfg, store), store.Close())
}
