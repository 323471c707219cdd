// Package vault keeps recipients' bank accounts and contacts. Everybody else
// refers to them by id: workflows, the record, the ledger and logs never see a
// name, an account number, an e-mail address or a telephone number.
//
// # Encryption
//
// Every item is sealed with the vault's own key ring (package keyring, one file
// in the keys directory). Merchant and id are part of what is authenticated, so
// a sealed item copied to another row or merchant does not open. [Vault.Rotate]
// adds a new primary key, [Vault.Reencrypt] brings the rows over.
//
// # Fingerprints
//
// The same account given twice by one merchant must get the same id, and a
// sealed item never looks the same twice. So each item also has a fingerprint:
// a keyed hash (tink PRF, HMAC-SHA-256) of merchant and content. The key is what
// keeps somebody who has the database from trying all ten million account
// numbers of a branch. It lies sealed in the database and is not rotated:
// fingerprints already stored, here and as request hashes in the record, could
// no longer be compared, and the content they were made from is not kept beside
// them. Being the first thing a process opens, it also proves that key ring and
// database belong together.
//
// # Deletion
//
// Deleting an item overwrites its sealed content and its fingerprint with
// nothing and keeps the id for ever, so that an id never comes to mean somebody
// else. What the database engine still has of the old row in free pages, logs
// and backups stays sealed.
package vault
