-- +goose Up

-- Everything before this went to bank accounts.
ALTER TABLE remittances ADD COLUMN rail TEXT NOT NULL DEFAULT 'bank';       -- of the latest instruction, or of the only way; empty before a recipient chose
ALTER TABLE remittances ADD COLUMN in_flight BOOLEAN NOT NULL DEFAULT FALSE; -- a rail may pay it
ALTER TABLE remittances ADD COLUMN ways TEXT NOT NULL DEFAULT '';            -- what the recipient may choose from, separated by commas
UPDATE remittances SET in_flight = TRUE WHERE status IN ('processing', 'checking', 'sent');
UPDATE remittances SET ways = 'bank' WHERE pattern = 'account-link';

ALTER TABLE timeline ADD COLUMN rail TEXT NOT NULL DEFAULT 'bank';
ALTER TABLE timeline ADD COLUMN fee BIGINT NOT NULL DEFAULT 0; -- of an executed attempt under this step's instruction
UPDATE timeline SET fee = (SELECT r.fee FROM remittances r WHERE r.merchant = timeline.merchant AND r.remittance_id = timeline.remittance_id);
