// Package keyring keeps the AEAD keys (tink, AES-256-GCM) that seal data at
// rest, in one key set file: one key seals, all enabled keys open.
//
// # The file
//
// A tink JSON key set that only its owner may change and others may not read.
// In production it is a mounted secret, or a file that a start-up step unwraps
// with the KMS before the process starts; the processes themselves never call a
// KMS, so that reading a history does not depend on one.
//
// # Rotation
//
// [Ring.Rotate] adds a key and seals with it from then on. On one machine that
// is all: a process that meets a key it does not know reads the file again.
// Where every host has its own copy of the file, rotate in two steps, or a host
// will meet data it cannot open: [Ring.Add] and distribute the file, then
// [Ring.Promote] and distribute it again.
//
// Old keys stay, because histories and rows sealed with them stay. [Ring.Disable]
// takes one out of use when nothing needs it any more, or at once when it leaked;
// [Ring.Enable] takes that back. Keys are never deleted here.
package keyring
