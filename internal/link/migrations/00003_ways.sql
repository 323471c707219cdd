-- +goose Up

-- The ways to have the money that the page shows, as bank,atm,amazon:code.
-- Empty is a bank account alone.
ALTER TABLE links ADD COLUMN ways TEXT NOT NULL DEFAULT '';
