package app

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"soukin/config"
	"soukin/internal/app/health"
	"soukin/internal/keyring"
	"soukin/internal/orders"
	"soukin/internal/payload"
	"soukin/internal/web"
)

// codecPath is where the Web UI sends payloads to be decoded.
const codecPath = "/codec"

// RunGateway serves the recipients' pages and health, takes the ATM network's
// notices, and decodes payloads for the Web UI where that is set up, until ctx
// ends.
func RunGateway(ctx context.Context, cfg config.Config, opts ...Option) error {
	o, err := apply(cfg, opts)
	if err != nil {
		return err
	}
	var open closers
	defer func() { open.closeAll(o.log) }()
	store, err := OpenStore(ctx, cfg, o.now)
	if err != nil {
		return err
	}
	open.add(store.Close)
	ring, err := PayloadKeys(cfg)
	if err != nil {
		return err
	}
	c, err := dial(ctx, cfg, payload.ForClient(ring), o.log, nil)
	if err != nil {
		return err
	}
	open.add(func() error { c.Close(); return nil })
	mux := http.NewServeMux()
	mux.Handle("/", health.Handler(map[string]health.Check{"database": store.DB.Ping, "temporal": temporalCheck(c)}))
	if err := o.mountCodec(mux, cfg.Gateway, ring); err != nil {
		return err
	}
	service, err := newOrders(cfg, store, c, o.now)
	if err != nil {
		return err
	}
	if err := o.mountPages(mux, cfg, store, service); err != nil {
		return err
	}
	notices, err := atmNoticeDoor(cfg.ATM, store, c, o)
	if err != nil {
		return err
	}
	mux.Handle("POST "+ATMNoticePath, notices)
	return o.serveUntil(ctx, "SOUKIN_GATEWAY_LISTEN", cfg.Gateway.Listen, mux)
}

func (o options) mountPages(mux *http.ServeMux, cfg config.Config, store *Store, service *orders.Service) error {
	recipients, err := NewRecipients(cfg, store, service, o.now)
	if err != nil {
		return err
	}
	member, err := regexp.Compile(cfg.AuPay.MemberForm)
	if err != nil {
		return fmt.Errorf("SOUKIN_AUPAY_MEMBER_FORM: %w", err)
	}
	pages, err := web.Pages(recipients,
		web.Options{Log: o.log, HTTPS: strings.HasPrefix(cfg.Link.PublicURL, "https://"), Member: member,
			Limits: web.Limits{PerLink: cfg.Gateway.PerLink, PerAddress: cfg.Gateway.PerAddress}})
	if err != nil {
		return err
	}
	for _, path := range []string{"/r/", "/amazon/", "/assets/"} {
		mux.Handle(path, pages)
	}
	return nil
}

func (o options) mountCodec(mux *http.ServeMux, cfg config.Gateway, ring *keyring.Ring) error {
	if cfg.CodecOrigin == "" {
		return nil
	}
	operators, err := cfg.ParseOperators()
	if err != nil {
		return err
	}
	codec, err := payload.CodecHandler(payload.CodecOptions{Ring: ring, UIOrigin: cfg.CodecOrigin, Operators: operators, Log: o.log})
	if err != nil {
		return fmt.Errorf("SOUKIN_CODEC_UI_ORIGIN: %w", err)
	}
	mux.Handle(codecPath+"/", http.StripPrefix(codecPath, codec))
	return nil
}
