-- +goose Up
CREATE TABLE amazon_users (
    user_id TEXT   NOT NULL PRIMARY KEY,
    magic   TEXT   NOT NULL, -- the part of the login before the @ that makes the account special, or ''
    since   BIGINT NOT NULL  -- UTC microseconds
);

CREATE TABLE amazon_gifts (
    request_id  TEXT   NOT NULL PRIMARY KEY,
    operation   TEXT   NOT NULL, -- LoadAmazonBalance or CreateGiftCard
    user_id     TEXT   NOT NULL, -- '' for a claim code
    amount      BIGINT NOT NULL, -- yen
    state       TEXT   NOT NULL, -- loaded, created, claimed or cancelled
    executed    BIGINT NOT NULL, -- how often money was given
    executed_at BIGINT NOT NULL  -- UTC microseconds of the sandbox's clock
);

CREATE INDEX amazon_gifts_of_user ON amazon_gifts (user_id);

CREATE TABLE amazon_tokens (
    code   TEXT UNIQUE,
    access TEXT UNIQUE,
    info   TEXT NOT NULL
);
