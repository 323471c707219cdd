package vault

import "crypto/rand"

// alphabet is Crockford's base 32: digits and capitals without I, L, O and U,
// which people misread.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const idLength = 26 // 130 random bits: two ids never meet

func newID(prefix string) string {
	random := make([]byte, idLength)
	rand.Read(random) // never fails, see its documentation
	for i, b := range random {
		random[i] = alphabet[b%byte(len(alphabet))]
	}
	return prefix + string(random)
}

// ContactID refers to a contact in the vault: "ctc_" and 26 characters.
type ContactID string
