package app

import (
	"context"
	"time"

	"soukin/activities"
	"soukin/config"
	"soukin/internal/vault"
	"soukin/remittance"
)

// openRail is a rail whose adapter is ready, with the limits of its contract.
type openRail struct {
	rail        remittance.Rail
	port        activities.Rail
	honoursKeys bool
	rate        float64 // calls a second
	concurrency int
}

// railNeeds is what every adapter of a rail is made from.
type railNeeds struct {
	vault   *vault.Vault
	metrics *Metrics
	now     func() time.Time
}

// openRails makes the adapters of all rails.
func openRails(ctx context.Context, cfg config.Config, n railNeeds, open *closers) ([]openRail, error) {
	var rails []openRail
	for _, make := range []func(context.Context, config.Config, railNeeds, *closers) (openRail, error){
		openBankRail,
		openAmazonRail,
		openATMRail,
		openAuPayRail,
		openPrepaidRail,
	} {
		r, err := make(ctx, cfg, n, open)
		if err != nil {
			return nil, err
		}
		rails = append(rails, r)
	}
	return rails, nil
}

func openBankRail(ctx context.Context, cfg config.Config, n railNeeds, open *closers) (openRail, error) {
	observe, err := n.metrics.OnCall(remittance.RailBank)
	if err != nil {
		return openRail{}, err
	}
	client, err := NewBankClient(cfg.Bank, observe, n.now)
	if err != nil {
		return openRail{}, err
	}
	open.add(func() error { return client.Close(context.WithoutCancel(ctx)) })
	return openRail{remittance.RailBank, NewBankRail(cfg.Bank, client, n.vault), cfg.Bank.HonoursKeys, cfg.Bank.Rate, cfg.Bank.Concurrency}, nil
}
