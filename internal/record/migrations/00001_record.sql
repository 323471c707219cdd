-- +goose Up

CREATE TABLE merchants (
    id           TEXT   NOT NULL PRIMARY KEY,
    display_name TEXT   NOT NULL,
    settings     TEXT   NOT NULL, -- JSON, see record.Settings
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

CREATE TABLE remittances (
    merchant        TEXT    NOT NULL,
    remittance_id   TEXT    NOT NULL,
    pattern         TEXT    NOT NULL,
    amount          BIGINT  NOT NULL CHECK (amount > 0),
    fee             BIGINT  NOT NULL CHECK (fee >= 0),
    request_hash    TEXT    NOT NULL CHECK (request_hash <> ''),
    owner           TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    final           BOOLEAN NOT NULL,
    seq             INTEGER NOT NULL CHECK (seq >= 1),
    generation      INTEGER NOT NULL CHECK (generation >= 1),
    instructed      INTEGER NOT NULL CHECK (instructed >= 0 AND instructed <= generation),
    account         TEXT    NOT NULL,
    rail_ref        TEXT    NOT NULL,
    code            TEXT    NOT NULL,
    deadline        BIGINT,
    needs_attention BOOLEAN NOT NULL,
    shortfall       BIGINT  NOT NULL CHECK (shortfall >= 0),
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    PRIMARY KEY (merchant, remittance_id)
);

CREATE INDEX remittances_newest ON remittances (created_at, merchant, remittance_id);
CREATE INDEX remittances_newest_of_merchant ON remittances (merchant, created_at, remittance_id);
CREATE INDEX remittances_by_status ON remittances (status, merchant, created_at);
CREATE INDEX remittances_needing_attention ON remittances (created_at) WHERE needs_attention;
CREATE INDEX remittances_open_by_account ON remittances (merchant, account) WHERE NOT final;

-- Rows are only ever added.
CREATE TABLE timeline (
    merchant        TEXT    NOT NULL,
    remittance_id   TEXT    NOT NULL,
    seq             INTEGER NOT NULL CHECK (seq >= 1),
    happened_at     BIGINT  NOT NULL,
    from_status     TEXT    NOT NULL,
    to_status       TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    actor           TEXT    NOT NULL,
    final           BOOLEAN NOT NULL,
    generation      INTEGER NOT NULL CHECK (generation >= 1),
    account         TEXT    NOT NULL,
    rail_ref        TEXT    NOT NULL,
    code            TEXT    NOT NULL,
    deadline        BIGINT,
    needs_attention BOOLEAN NOT NULL,
    evidence        TEXT    NOT NULL,
    note            TEXT    NOT NULL,
    postings        TEXT    NOT NULL, -- in order, separated by commas
    move_hash       TEXT    NOT NULL,
    PRIMARY KEY (merchant, remittance_id, seq),
    FOREIGN KEY (merchant, remittance_id) REFERENCES remittances (merchant, remittance_id)
);

CREATE TABLE notices (
    source      TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    verdict     TEXT   NOT NULL,
    sealed      BYTEA  NOT NULL, -- the body, sealed by the vault
    PRIMARY KEY (source, id)
);
