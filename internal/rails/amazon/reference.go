package amazon

import (
	"crypto/sha256"
	"encoding/base32"

	"soukin/remittance"
)

// ReferenceLength is the most that a request id may have (digital-gift-cards:
// 40 alphanumeric characters, starting with the partner id).
const ReferenceLength = 40

// Reference is the request id of a key: the partner id, then A-Z and 2-7 up to
// [ReferenceLength].
//
// With a partner id of 5 characters that leaves 35, which hold 175 bits of
// SHA-256 of the key's text. Two keys with the same id would be one gift for
// two remittances: among 10¹² instructions, far more than ever will be, the
// chance of one such pair is below 10⁻²⁸. The hash also keeps merchants'
// names and ids from Amazon.
func Reference(partnerID string, k remittance.Key) string {
	sum := sha256.Sum256([]byte("soukin amazon request\n" + k.String()))
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return partnerID + text[:ReferenceLength-len(partnerID)]
}
