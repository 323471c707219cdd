-- +goose Up

-- A deleted item keeps its id and nothing else.
CREATE TABLE vault_items (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    merchant    TEXT   NOT NULL,
    sealed      BYTEA,
    key_id      BIGINT,
    fingerprint TEXT,
    created_at  BIGINT NOT NULL,
    deleted_at  BIGINT,
    UNIQUE (merchant, fingerprint),
    CHECK ((deleted_at IS NULL AND sealed IS NOT NULL AND key_id IS NOT NULL AND fingerprint IS NOT NULL)
        OR (deleted_at IS NOT NULL AND sealed IS NULL AND key_id IS NULL AND fingerprint IS NULL))
);

CREATE INDEX vault_items_of_merchant ON vault_items (merchant, kind, created_at, id);
CREATE INDEX vault_items_by_key ON vault_items (key_id, id);

-- The key of the fingerprints, itself sealed.
CREATE TABLE vault_keys (
    name   TEXT  NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);
