-- +goose Up
CREATE TABLE oauth_tokens (
    code    TEXT UNIQUE,
    access  TEXT UNIQUE,
    refresh TEXT UNIQUE,
    info    TEXT NOT NULL
);
