package cli

import (
	"context"
	"strconv"

	urfave "github.com/urfave/cli/v3"

	"soukin/config"
	"soukin/internal/app"
	"soukin/internal/keyring"
)

func (s *session) keysCommand() *urfave.Command {
	return s.under("keys", phrase{"keys that encrypt what is stored", "保存データの暗号鍵"},
		s.command("new", phrase{"make the keys of a new installation", "新しい導入先の鍵を作る"}, "", phrase{
			"Makes the key sets in SOUKIN_KEYS where there are none. Back them up apart from\nthe database: without them nothing stored can be read.\n\nExample:\n  starter keys new --home /srv/soukin",
			"SOUKIN_KEYS に鍵がなければ作ります。データベースとは別に保管してください。失うと\n保存データは読めません。\n\n例:\n  starter keys new --home /srv/soukin",
		}, nil, s.newKeys),
		s.command("list", phrase{"which keys there are", "鍵の一覧"}, "", phrase{
			"Shows the ids of the keys of Temporal's payloads, never the keys.\n\nExample:\n  starter keys list",
			"Temporal に保存するデータの鍵の番号を表示します。鍵そのものは表示しません。\n\n例:\n  starter keys list",
		}, nil, s.listKeys),
		s.command("rotate", phrase{"encrypt with new keys from now on", "以後の暗号化を新しい鍵に切り替える"}, "", phrase{
			"Adds a key to each set and seals with it from now on; accounts and contacts\nalready stored are sealed anew. Old keys stay, because Temporal's\nhistories need them. Running processes find the new keys by themselves.\n\nExample:\n  starter keys rotate",
			"各鍵束に新しい鍵を加え、以後はそれで暗号化します。保存済みの口座と連絡先は\n暗号化し直します。Temporal の履歴のため古い鍵も残します。稼働中のプロセスは自動で\n新しい鍵を使います。\n\n例:\n  starter keys rotate",
		}, nil, s.rotateKeys),
	)
}

func (s *session) newKeys(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	// Opening the store makes the vault's keys.
	return s.withStore(ctx, func(cfg config.Config, _ *app.Store) error {
		ring, err := app.CreatePayloadKeys(cfg)
		if err != nil {
			return err
		}
		keys, err := ring.Keys()
		if err != nil {
			return err
		}
		return s.showKeys(cfg, keys)
	})
}

func (s *session) listKeys(_ context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	cfg, err := s.load()
	if err != nil {
		return err
	}
	ring, err := app.PayloadKeys(cfg)
	if err != nil {
		return err
	}
	keys, err := ring.Keys()
	if err != nil {
		return err
	}
	return s.showKeys(cfg, keys)
}

type keyView struct {
	ID      string `json:"id"`
	Primary bool   `json:"primary"`
	Enabled bool   `json:"enabled"`
}

func (s *session) showKeys(cfg config.Config, keys []keyring.Key) error {
	views := make([]keyView, len(keys))
	rows := make([][]string, len(keys))
	for i, k := range keys {
		views[i] = keyView{k.ID.String(), k.Primary, k.Enabled}
		rows[i] = []string{k.ID.String(), s.keyUse(k)}
	}
	return s.show(map[string]any{"directory": cfg.Keys, "payload_keys": views}, func() string {
		return s.sheet([]pair{{phrase{"keys in", "鍵の場所"}, cfg.Keys}}) + "\n" +
			s.grid([]column{{title: phrase{"KEY", "鍵"}}, {title: phrase{"USE", "用途"}}}, rows)
	})
}

func (s *session) keyUse(k keyring.Key) string {
	switch {
	case k.Primary:
		return s.say(phrase{"encrypts and decrypts", "暗号化と復号"})
	case k.Enabled:
		return s.say(phrase{"decrypts", "復号のみ"})
	}
	return s.say(phrase{"disabled", "無効"})
}

// rotated says what a rotation did.
type rotated struct {
	PayloadKey string `json:"payload_key"`
	VaultKey   string `json:"vault_key"`
	Items      int    `json:"items_sealed_anew"`
}

func (s *session) rotateKeys(ctx context.Context, cmd *urfave.Command) error {
	if _, err := s.exactArgs(cmd); err != nil {
		return err
	}
	return s.withStore(ctx, func(cfg config.Config, store *app.Store) error {
		r, err := rotate(ctx, cfg, store)
		if err != nil {
			return err
		}
		return s.show(r, func() string {
			return s.sheet([]pair{
				{phrase{"new key for Temporal", "Temporal 用の新しい鍵"}, r.PayloadKey},
				{phrase{"new key of the vault", "保管庫の新しい鍵"}, r.VaultKey},
				{phrase{"items sealed anew", "暗号化し直した件数"}, strconv.Itoa(r.Items)},
			})
		})
	})
}

func rotate(ctx context.Context, cfg config.Config, store *app.Store) (rotated, error) {
	ring, err := app.PayloadKeys(cfg)
	if err != nil {
		return rotated{}, err
	}
	payloadKey, err := ring.Rotate()
	if err != nil {
		return rotated{}, err
	}
	vaultKey, err := store.Vault.Rotate()
	if err != nil {
		return rotated{}, err
	}
	items, err := store.Vault.Reencrypt(ctx)
	return rotated{payloadKey.String(), vaultKey.String(), items}, err
}
