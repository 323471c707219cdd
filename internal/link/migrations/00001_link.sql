-- +goose Up

-- Times are UTC microseconds. Hashes of tokens and proofs are SHA-256, hashes of
-- codes are keyed; all are hexadecimal.
CREATE TABLE links (
    merchant      TEXT    NOT NULL,
    remittance_id TEXT    NOT NULL,
    issued        INTEGER NOT NULL CHECK (issued >= 0), -- tokens ever issued; the number of the newest
    wrong         INTEGER NOT NULL CHECK (wrong >= 0),  -- tries since the last right one or unlocking
    last_wrong_at BIGINT  NOT NULL,                     -- 0: never
    created_at    BIGINT  NOT NULL,
    PRIMARY KEY (merchant, remittance_id)
);

CREATE TABLE link_codes (
    merchant      TEXT    NOT NULL,
    remittance_id TEXT    NOT NULL,
    position      INTEGER NOT NULL CHECK (position BETWEEN 0 AND 2),
    label         TEXT    NOT NULL,
    hash          TEXT    NOT NULL,
    PRIMARY KEY (merchant, remittance_id, position),
    FOREIGN KEY (merchant, remittance_id) REFERENCES links (merchant, remittance_id)
);

CREATE TABLE link_tokens (
    hash          TEXT    NOT NULL PRIMARY KEY,
    merchant      TEXT    NOT NULL,
    remittance_id TEXT    NOT NULL,
    number        INTEGER NOT NULL CHECK (number >= 1),
    issued_at     BIGINT  NOT NULL,
    revoked       BOOLEAN NOT NULL,
    UNIQUE (merchant, remittance_id, number),
    FOREIGN KEY (merchant, remittance_id) REFERENCES links (merchant, remittance_id)
);

CREATE TABLE link_proofs (
    hash          TEXT   NOT NULL PRIMARY KEY,
    merchant      TEXT   NOT NULL,
    remittance_id TEXT   NOT NULL,
    expires_at    BIGINT NOT NULL,
    FOREIGN KEY (merchant, remittance_id) REFERENCES links (merchant, remittance_id)
);

CREATE INDEX link_proofs_of_link ON link_proofs (merchant, remittance_id);

-- Who helped a locked-out recipient. Rows are only ever added.
CREATE TABLE link_unlocks (
    merchant      TEXT    NOT NULL,
    remittance_id TEXT    NOT NULL,
    number        INTEGER NOT NULL CHECK (number >= 1),
    unlocked_at   BIGINT  NOT NULL,
    actor         TEXT    NOT NULL,
    wrong         INTEGER NOT NULL, -- tries that were forgiven
    PRIMARY KEY (merchant, remittance_id, number),
    FOREIGN KEY (merchant, remittance_id) REFERENCES links (merchant, remittance_id)
);
