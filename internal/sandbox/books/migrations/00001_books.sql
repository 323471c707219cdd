-- +goose Up
-- Times are UTC microseconds since 1970, amounts whole yen.
CREATE TABLE sandbox_clock (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    moved_us BIGINT NOT NULL CHECK (moved_us >= 0)
);

CREATE TABLE numbers (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE accounts (
    account_id  TEXT PRIMARY KEY,
    branch_code TEXT NOT NULL,
    branch_name TEXT NOT NULL,
    type_code   TEXT NOT NULL,
    number      TEXT NOT NULL,
    is_primary  BIGINT NOT NULL,
    name        TEXT NOT NULL,
    name_kana   TEXT NOT NULL,
    daily_limit BIGINT NOT NULL,
    balance     BIGINT NOT NULL CHECK (balance >= 0),
    last_us     BIGINT NOT NULL DEFAULT 0
);

-- What was asked for on one day, against the daily limit.
CREATE TABLE requested (
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    day        TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    PRIMARY KEY (account_id, day)
);

-- kind is opening, deposit, transfer, fee or return.
CREATE TABLE statement (
    account_id TEXT NOT NULL REFERENCES accounts (account_id),
    posted_us  BIGINT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('opening', 'deposit', 'transfer', 'fee', 'return')),
    amount     BIGINT NOT NULL CHECK (amount > 0),
    balance    BIGINT NOT NULL,
    remarks    TEXT NOT NULL,
    applicant  TEXT NOT NULL DEFAULT '',
    bank_kana  TEXT NOT NULL DEFAULT '',
    branch_kana TEXT NOT NULL DEFAULT '',
    edi_info   TEXT NOT NULL DEFAULT '',
    apply_no   TEXT NOT NULL DEFAULT '',
    item_no    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, posted_us)
);
CREATE INDEX statement_of_transfer ON statement (apply_no, item_no);

CREATE TABLE transfers (
    apply_no      TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES accounts (account_id),
    client_id     TEXT NOT NULL,
    idem_key      TEXT NOT NULL,
    remitter_name TEXT NOT NULL,
    apply_comment TEXT NOT NULL,
    designated    TEXT NOT NULL,
    approval      TEXT NOT NULL,
    requested_us  BIGINT NOT NULL,
    requested_day TEXT NOT NULL,
    result        TEXT NOT NULL,
    result_us     BIGINT NOT NULL DEFAULT 0,
    apply_status  TEXT NOT NULL DEFAULT '',
    status        BIGINT NOT NULL DEFAULT 0,
    accept_no     TEXT NOT NULL DEFAULT '',
    accepted_us   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX transfers_by_request ON transfers (account_id, requested_day, apply_no);
CREATE INDEX transfers_by_designation ON transfers (account_id, designated, apply_no);

CREATE TABLE lines (
    apply_no     TEXT NOT NULL REFERENCES transfers (apply_no),
    item_no      BIGINT NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount > 0),
    fee          BIGINT NOT NULL CHECK (fee >= 0),
    edi_info     TEXT NOT NULL,
    bank_code    TEXT NOT NULL,
    branch_code  TEXT NOT NULL,
    bank_kana    TEXT NOT NULL,
    branch_kana  TEXT NOT NULL,
    bank_kanji   TEXT NOT NULL,
    branch_kanji TEXT NOT NULL,
    account_type TEXT NOT NULL,
    number       TEXT NOT NULL,
    payee        TEXT NOT NULL,
    fate         TEXT NOT NULL,
    return_code  TEXT NOT NULL,
    fault        TEXT NOT NULL,
    status       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (apply_no, item_no)
);
CREATE INDEX lines_withheld ON lines (status, apply_no);

CREATE TABLE history (
    apply_no    TEXT NOT NULL REFERENCES transfers (apply_no),
    seq         BIGINT NOT NULL,
    at_us       BIGINT NOT NULL,
    status      BIGINT NOT NULL,
    item_no     BIGINT NOT NULL,
    return_code TEXT NOT NULL,
    PRIMARY KEY (apply_no, seq)
);

-- What is to happen by itself, and when.
CREATE TABLE due (
    seq      BIGINT PRIMARY KEY,
    due_us   BIGINT NOT NULL,
    apply_no TEXT NOT NULL REFERENCES transfers (apply_no),
    item_no  BIGINT NOT NULL,
    step     TEXT NOT NULL
);
CREATE INDEX due_by_time ON due (due_us, seq);
CREATE INDEX due_of_transfer ON due (apply_no);

CREATE TABLE cancels (
    apply_no     TEXT NOT NULL REFERENCES transfers (apply_no),
    seq          BIGINT NOT NULL,
    result       TEXT NOT NULL,
    result_us    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (apply_no, seq)
);

CREATE TABLE answers (
    client_id  TEXT NOT NULL,
    idem_key   TEXT NOT NULL,
    hash       TEXT NOT NULL,
    apply_no   TEXT NOT NULL,
    result     TEXT NOT NULL,
    result_us  BIGINT NOT NULL,
    given_us   BIGINT NOT NULL,
    PRIMARY KEY (client_id, idem_key)
);
