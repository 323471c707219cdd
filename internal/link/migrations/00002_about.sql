-- +goose Up

-- What the merchant says to the recipient. It names nobody.
ALTER TABLE links ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN lang    TEXT NOT NULL DEFAULT 'ja';
