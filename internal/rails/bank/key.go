package bank

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"

	"soukin/remittance"
)

// ReferenceLength is the most that applyComment and ediInfo hold (corporate
// API v1.1.12: 20 characters each).
const ReferenceLength = 20

const referenceAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// IdempotencyKey is the value of the Idempotency-Key header for a key: a UUID
// whose bits come from SHA-256 of the key's text, marked as version 4 because
// the bank asks for that form.
func IdempotencyKey(k remittance.Key) string {
	id := sha256.Sum256([]byte("soukin idempotency key\n" + k.String()))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

// Reference is the mark that a transfer carries at the bank, so that it can be
// found again when the answer to its request was lost: 20 characters of A-Z
// and 2-7, which every bank's character set allows. It holds 100 bits of
// SHA-256 of the key's text, so it names nobody, although the recipient's
// bank may show it.
func Reference(k remittance.Key) string {
	sum := sha256.Sum256([]byte("soukin reference\n" + k.String()))
	return base32.NewEncoding(referenceAlphabet).EncodeToString(sum[:])[:ReferenceLength]
}

// isReference reports whether a text has the form of a [Reference].
func isReference(s string) bool {
	return len(s) == ReferenceLength && strings.Trim(s, referenceAlphabet) == ""
}
