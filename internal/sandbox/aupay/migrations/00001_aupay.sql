-- +goose Up

-- Members come up by themselves when first charged, changed or spending.
CREATE TABLE aupay_members (
    number      TEXT    NOT NULL PRIMARY KEY,
    balance     BIGINT  NOT NULL CHECK (balance >= 0), -- whole yen
    verified    BOOLEAN NOT NULL,
    daily_limit BIGINT  NOT NULL CHECK (daily_limit >= 0)
);

-- One row for each charge_id for ever, refused ones too.
CREATE TABLE aupay_charges (
    charge_id      TEXT   NOT NULL PRIMARY KEY,
    member         TEXT   NOT NULL,
    amount         BIGINT NOT NULL CHECK (amount > 0),
    state          TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    transaction_no TEXT   NOT NULL,
    executed_at    BIGINT NOT NULL -- UTC microseconds; 0 if refused
);

-- What moved on members' balances, in order.
CREATE TABLE aupay_entries (
    id        BIGINT NOT NULL PRIMARY KEY,
    member    TEXT   NOT NULL,
    at        BIGINT NOT NULL, -- UTC microseconds
    kind      TEXT   NOT NULL,
    amount    BIGINT NOT NULL, -- added; negative when spent
    balance   BIGINT NOT NULL, -- after it
    charge_id TEXT   NOT NULL  -- empty but for charges
);

CREATE INDEX aupay_entries_of_member ON aupay_entries (member, id);
CREATE INDEX aupay_entries_of_charge ON aupay_entries (charge_id);
