-- +goose Up

CREATE TABLE atm_issues (
    issue_id   TEXT    NOT NULL PRIMARY KEY,
    serial     BIGINT  NOT NULL UNIQUE,           -- receipt number
    amount     BIGINT  NOT NULL CHECK (amount > 0),
    expires_at BIGINT  NOT NULL,                  -- UTC microseconds, as all times
    state      TEXT    NOT NULL,
    reissues   BIGINT  NOT NULL DEFAULT 0,        -- the numbers in force
    wrong      BIGINT  NOT NULL DEFAULT 0,        -- wrong entries since they were issued
    ended_at   BIGINT,                            -- withdrawn, cancelled or expired
    due        TEXT    NOT NULL DEFAULT '',       -- what happens by itself: lock or pay
    due_at     BIGINT  NOT NULL DEFAULT 0,
    dispensing BOOLEAN NOT NULL DEFAULT FALSE     -- the ATM is counting the notes
);

-- What may happen by itself is looked for every moment.
CREATE INDEX atm_issues_open ON atm_issues (state, issue_id);

-- No customer number is ever given twice.
CREATE TABLE atm_numbers (
    customer     TEXT   NOT NULL PRIMARY KEY,
    confirmation TEXT   NOT NULL,
    issue_id     TEXT   NOT NULL REFERENCES atm_issues (issue_id),
    n            BIGINT NOT NULL,
    UNIQUE (issue_id, n)
);

-- The cash that went out of the machine, written beside the state and not
-- derived from it. The primary key makes paying twice impossible.
CREATE TABLE atm_payouts (
    issue_id TEXT   NOT NULL PRIMARY KEY REFERENCES atm_issues (issue_id),
    amount   BIGINT NOT NULL,
    paid_at  BIGINT NOT NULL
);

CREATE TABLE atm_notices (
    id   TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    fate TEXT NOT NULL DEFAULT ''                 -- empty while it is to be delivered
);
