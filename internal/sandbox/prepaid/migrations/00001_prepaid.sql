-- +goose Up

-- Cards and wallets by the number on them.
CREATE TABLE prepaid_cards (
    issuer  TEXT   NOT NULL,
    number  TEXT   NOT NULL,
    balance BIGINT NOT NULL CHECK (balance >= 0), -- whole yen
    PRIMARY KEY (issuer, number)
);

-- What was paid with a card. Nothing here says who paid.
CREATE TABLE prepaid_purchases (
    id       TEXT    NOT NULL PRIMARY KEY,
    issuer   TEXT    NOT NULL,
    card     TEXT    NOT NULL,
    amount   BIGINT  NOT NULL CHECK (amount > 0),
    at       BIGINT  NOT NULL, -- UTC microseconds: when it was processed
    kind     TEXT    NOT NULL,
    captured BOOLEAN NOT NULL,
    order_id TEXT    UNIQUE    -- of the shop; with it a purchase is made once
);

-- One row for each refund_id for ever, refused ones too.
CREATE TABLE prepaid_refunds (
    refund_id   TEXT   NOT NULL PRIMARY KEY,
    issuer      TEXT   NOT NULL,
    purchase    TEXT   NOT NULL,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    state       TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    refund_no   TEXT   NOT NULL,
    refunded_at BIGINT NOT NULL -- UTC microseconds; 0 if refused
);

-- What went back onto cards, in order.
CREATE TABLE prepaid_credits (
    id        BIGINT NOT NULL PRIMARY KEY,
    purchase  TEXT   NOT NULL,
    refund_id TEXT   NOT NULL,
    amount    BIGINT NOT NULL,
    at        BIGINT NOT NULL -- UTC microseconds
);

CREATE INDEX prepaid_purchases_of_card ON prepaid_purchases (issuer, card);
CREATE INDEX prepaid_credits_of_purchase ON prepaid_credits (purchase);
CREATE INDEX prepaid_credits_of_refund ON prepaid_credits (refund_id);
