-- +goose Up

CREATE TABLE mailbox_messages (
    id          TEXT    NOT NULL PRIMARY KEY, -- UUID version 7: in the order of arrival
    kind        TEXT    NOT NULL,
    sender      TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    received_at BIGINT  NOT NULL,             -- UTC microseconds
    encrypted   BOOLEAN NOT NULL,
    raw         BYTEA   NOT NULL,
    idempotency TEXT    UNIQUE
);

CREATE INDEX mailbox_messages_of_recipient ON mailbox_messages (recipient, id);
