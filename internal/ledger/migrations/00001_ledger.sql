-- +goose Up

-- A book is a merchant's part of the ledger. Its row is what writers of the
-- book lock, so entries are numbered without gaps in the order they commit.
CREATE TABLE ledger_book (
    book     TEXT   PRIMARY KEY,
    last_seq BIGINT NOT NULL,
    chain    TEXT   NOT NULL
);

-- Every table starts with the book: a large installation partitions by it.
CREATE TABLE ledger_entry (
    book        TEXT   NOT NULL REFERENCES ledger_book (book),
    seq         BIGINT NOT NULL CHECK (seq > 0),
    key         TEXT   NOT NULL CHECK (key <> ''),
    event       TEXT   NOT NULL CHECK (event IN ('fund', 'hold', 'instruct', 'settle', 'give_back', 'release', 'late_return', 'fee')),
    remittance  TEXT   NOT NULL CHECK ((remittance = '') = (event = 'fund')),
    instruction TEXT   NOT NULL CHECK ((instruction = '') = (event IN ('fund', 'hold', 'release'))),
    posted_at   BIGINT NOT NULL, -- microseconds since 1970, UTC
    hash        TEXT   NOT NULL,
    chain       TEXT   NOT NULL,
    PRIMARY KEY (book, seq),
    UNIQUE (book, key)
);

CREATE INDEX ledger_entry_remittance ON ledger_entry (book, remittance, seq);

CREATE TABLE ledger_line (
    book    TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    line    BIGINT NOT NULL CHECK (line > 0),
    account TEXT   NOT NULL CHECK (account <> ''),
    amount  BIGINT NOT NULL CHECK (amount <> 0), -- credit above zero, debit below
    PRIMARY KEY (book, seq, line),
    FOREIGN KEY (book, seq) REFERENCES ledger_entry (book, seq)
);

-- The rest is derived from the entries and can be recomputed; the audit does.
-- Shared accounts such as rail:bank:in_flight have one row in each book, so
-- that merchants never wait for each other; the account stands at the sum.
CREATE TABLE ledger_balance (
    book    TEXT   NOT NULL REFERENCES ledger_book (book),
    account TEXT   NOT NULL,
    amount  BIGINT NOT NULL CHECK (amount >= 0 OR account = 'bank:funding' OR account LIKE 'merchant:%:fees_due'),
    PRIMARY KEY (book, account)
);

CREATE TABLE ledger_remittance (
    book        TEXT   NOT NULL REFERENCES ledger_book (book),
    remittance  TEXT   NOT NULL CHECK (remittance <> ''),
    place       TEXT   NOT NULL CHECK (place IN ('held', 'in_flight', 'paid', 'released', 'returned_late')),
    amount      BIGINT NOT NULL CHECK (amount > 0),
    rail        TEXT   NOT NULL,
    instruction TEXT   NOT NULL,
    PRIMARY KEY (book, remittance),
    CHECK ((instruction = '') = (place IN ('held', 'released')))
);
