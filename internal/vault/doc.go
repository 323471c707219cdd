// Package vault keeps recipients' bank accounts and contacts. Everybody else
// refers to them by id: workflows, the record, the ledger and logs never see a
// name, an account number, an e-mail address or a telephone number.
//
// # Encryption
//
// Every item is sealed with an AEAD key set (tink, AES-256-GCM); merchant and id
// are its associated data, so a sealed item copied to another row or merchant
// does not open. [Vault.Rotate] adds a new primary key, [Vault.Reencrypt] brings
// the rows over. Old keys stay in the key set: a backup, or a process that has
// not read the new key set yet, may still need them.
//
// # Fingerprints
//
// The same account given twice by one merchant must get the same id, and a
// sealed item never looks the same twice. So each item also has a fingerprint:
// a keyed hash (tink PRF, HMAC-SHA-256) of merchant and content. The key is what
// keeps somebody who has the database from trying all ten million account
// numbers of a branch. It is not rotated: fingerprints already stored, here and
// as request hashes in the record, could no longer be compared, and the content
// they were made from is not kept beside them.
//
// # Deletion
//
// Deleting an item overwrites its sealed content and its fingerprint with
// nothing and keeps the id for ever, so that an id never comes to mean somebody
// else. What the database engine still has of the old row in free pages, logs
// and backups stays sealed.
package vault
