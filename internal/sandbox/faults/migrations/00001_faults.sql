-- +goose Up
CREATE TABLE fault_plan (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    plan TEXT NOT NULL
);
-- What fired: kinds of the plan, and "magic:<name>" for magic values.
CREATE TABLE fault_counts (
    kind TEXT PRIMARY KEY,
    n    BIGINT NOT NULL CHECK (n > 0)
);
CREATE TABLE fault_attempts (
    identity TEXT PRIMARY KEY,
    n        BIGINT NOT NULL CHECK (n > 0)
);
