// Package books keeps the books of the sandbox's bank: accounts whose balances
// move, the statement, and transfers with their whole life. It knows nothing of
// HTTP; package ganb speaks the bank's contract over it.
//
// # The life of a transfer
//
//	POST ─▶ 依頼中 ─▶ 2 申請中 ─▶ 11 予約中 ─▶ 12 手続中 ─▶ 20 手続済 ─▶ 22 資金返却
//	         │         │           │          13 リトライ中  │
//	         ▼         ▼           ▼            │            ▼
//	       期限切   3 / 4 / 5      8            ▼          24 ─▶ 25 / 26
//	                                        40 手続不成立
//
// A request that is still 依頼中 has no status: enquiries by status do not show
// it. Steps that depend on time wait in the table due and are taken, in order
// and dated with the time they were due, before anybody looks at the books or
// changes them. Nothing runs in the background, so a restart loses nothing.
//
// # Money
//
// A line of a transfer is debited once, with its fee, when it becomes 手続済. A
// return credits the amount, never the fee. Between 手続中 and 手続済 the money
// is withheld: the balance stays, the withdrawable amount falls. At all times
// balance = opening + deposits − executed − fees + returned.
package books
