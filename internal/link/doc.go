// Package link keeps what opens a recipient's page: the tokens in the links that
// are sent out, the codes the recipient must know, and the proofs that they knew
// them. It decides nothing about money or deadlines; the workflow does.
//
// # Tokens
//
// A link belongs to one remittance and may have several tokens: every mail
// carries a new one, because only hashes are stored and an old one cannot be
// sent again. A token has 256 random bits, so a plain SHA-256 hash is enough to
// keep somebody with the database from using it. The newest
// [Settings.MaxTokens] open the link; older ones have ended. [Links.Open]
// changes nothing: mail scanners open links before people do.
//
// # Codes
//
// The merchant may ask for up to three codes that the recipient knows from
// elsewhere, such as a member number (the Auth_Code 1 to 3 of GMO-PG's
// remittance service). A code may be as short as four digits, so no unkeyed hash
// protects it: ten thousand guesses at a tenth of a second each are a quarter of
// an hour. Codes are therefore hashed with the vault's fingerprint key, which is
// not in the database. They are compared in constant time and all together, so
// that nobody learns which of them was wrong.
//
// # Locks
//
// Wrong tries are counted for each link, in the database, whatever address or
// token they come from. [Settings.Tries] of them lock the link for the first of
// [Settings.Locks], every further one for the next, and after the last only
// [Links.Unlock] helps. With the defaults somebody has nine tries at a link, a
// chance of 9 in 10,000 against one four-digit code. While a link is locked no
// code is compared, so a right one is refused too and says nothing. Whoever
// proved themselves before the lock can go on.
//
// # Proofs
//
// After the right codes [Links.Prove] gives a proof: a second random token that
// the page carries in its forms, so that it works without cookies and without
// JavaScript. Alone it opens nothing; [Links.Check] wants the link's own token
// beside it.
package link
