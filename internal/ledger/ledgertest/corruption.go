package ledgertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/remittance"
)

// plantedCorruption damages one sound book after the other, each in one way,
// and expects the audit to name the invariant and no other merchant.
func plantedCorruption(t *testing.T, b books) {
	merchants := make([]remittance.MerchantID, len(corruptions))
	for i := range merchants {
		merchants[i] = soundBook(b)
	}
	b.sound()
	thaw(t, b)
	b.sound() // taking the constraints away changes nothing by itself

	covered := map[audit.Rule]bool{}
	for i, c := range corruptions {
		t.Run(string(c.rule)+": "+c.name, func(t *testing.T) {
			require.NoError(t, b.sql(strings.ReplaceAll(c.sql, "$M", string(merchants[i]))))
			report := b.audited()
			assert.False(t, report.OK)
			damaged := merchants[:i+1]
			rules := map[audit.Rule]bool{}
			for _, f := range report.Findings {
				assert.Contains(t, damaged, f.Merchant, "a sound book is not accused")
				assert.Equal(t, "ledger", f.Check)
				assert.NotEmpty(t, f.Sentence)
				rules[f.Rule] = rules[f.Rule] || f.Merchant == merchants[i]
			}
			assert.True(t, rules[c.rule], "want %s among %+v", c.rule, report.Findings)
			covered[c.rule] = true
		})
	}
	for _, rule := range audit.Rules() {
		assert.True(t, covered[rule], "no corruption is planted for %s", rule)
	}
}

// soundBook makes a book in which R-1 is paid (entries 2 to 4), R-2 in flight
// (5, 6), R-3 released (7, 8) and R-4 held (9); 1 and 10 are deposits.
func soundBook(b books) remittance.MerchantID {
	m := b.funded(4 * amount)
	paid, flying, released, held := refOf(m, "R-1"), refOf(m, "R-2"), refOf(m, "R-3"), refOf(m, "R-4")
	b.must(
		must(ledger.Hold(paid, amount)), must(ledger.Instruct(keyOf(paid, 1), rail, amount)), must(ledger.Settle(keyOf(paid, 1), rail, amount)),
		must(ledger.Hold(flying, amount)), must(ledger.Instruct(keyOf(flying, 1), rail, amount)),
		must(ledger.Hold(released, amount)), must(ledger.Release(released, amount)),
		must(ledger.Hold(held, amount)),
		must(ledger.Fund(m, "second", amount)),
	)
	return m
}

// thaw replaces the tables by copies without constraints and triggers, as
// somebody who is determined to change the books could.
func thaw(t *testing.T, b books) {
	t.Helper()
	for _, table := range []string{"ledger_line", "ledger_entry", "ledger_balance", "ledger_remittance", "ledger_book"} {
		require.NoError(t, b.sql(fmt.Sprintf("CREATE TABLE thawed AS SELECT * FROM %[1]s; DROP TABLE %[1]s; ALTER TABLE thawed RENAME TO %[1]s", table)))
	}
}

// corruptions are SQL on the book of $M.
var corruptions = []struct {
	rule audit.Rule
	name string
	sql  string
}{
	{audit.RuleUnbalanced, "a yen is made from nothing", "UPDATE ledger_line SET amount = amount + 1 WHERE book = '$M' AND seq = 3 AND line = 2"},
	{audit.RuleLines, "an instruction pays at once", "UPDATE ledger_line SET account = 'rail:bank:paid' WHERE book = '$M' AND seq = 3 AND line = 2"},
	{audit.RuleLines, "money goes to another merchant", "UPDATE ledger_line SET account = 'merchant:thief:available' WHERE book = '$M' AND seq = 10 AND line = 2"},
	{audit.RuleLines, "debit and credit change places", "UPDATE ledger_line SET amount = -amount WHERE book = '$M' AND seq = 10"},
	{audit.RuleLines, "an entry without lines", "DELETE FROM ledger_line WHERE book = '$M' AND seq = 10"},
	{audit.RuleLines, "an account nobody knows", "UPDATE ledger_line SET account = 'merchant:$M:secret' WHERE book = '$M' AND seq = 10 AND line = 2"},
	{audit.RuleKey, "a key of another remittance", "UPDATE ledger_entry SET key = 'hold:$M/R-9' WHERE book = '$M' AND seq = 2"},
	{audit.RuleDuplicateKey, "a deposit counted twice", "UPDATE ledger_entry SET key = 'fund:deposit' WHERE book = '$M' AND seq = 10"},
	{audit.RuleHash, "a deposit made larger", "UPDATE ledger_line SET amount = amount * 2 WHERE book = '$M' AND seq = 10"},
	{audit.RuleHash, "another hash", "UPDATE ledger_entry SET hash = chain WHERE book = '$M' AND seq = 10"},
	{audit.RuleGap, "an entry taken out", "DELETE FROM ledger_line WHERE book = '$M' AND seq = 9; DELETE FROM ledger_entry WHERE book = '$M' AND seq = 9"},
	{audit.RuleChain, "another date", "UPDATE ledger_entry SET posted_at = posted_at - 1 WHERE book = '$M' AND seq = 4"},
	{audit.RuleHead, "the last entry taken off", "DELETE FROM ledger_line WHERE book = '$M' AND seq = 10; DELETE FROM ledger_entry WHERE book = '$M' AND seq = 10"},
	{audit.RuleHead, "no row of the book", "DELETE FROM ledger_book WHERE book = '$M'"},
	{audit.RuleHead, "no entries at all", "DELETE FROM ledger_line WHERE book = '$M'; DELETE FROM ledger_entry WHERE book = '$M'"},
	{audit.RuleOrphanLine, "lines without an entry", "DELETE FROM ledger_entry WHERE book = '$M' AND seq = 10"},
	{audit.RuleNegative, "more held than was paid in", "UPDATE ledger_line SET amount = amount / 4 WHERE book = '$M' AND seq = 1"},
	{audit.RuleBalance, "a balance a yen higher", "UPDATE ledger_balance SET amount = amount + 1 WHERE book = '$M' AND account = 'merchant:$M:available'"},
	{audit.RuleBalance, "a balance forgotten", "DELETE FROM ledger_balance WHERE book = '$M' AND account = 'rail:bank:paid'"},
	{audit.RulePosition, "in flight shown as held", "UPDATE ledger_remittance SET place = 'held', instruction = '', rail = '' WHERE book = '$M' AND remittance = 'R-2'"},
	{audit.RulePosition, "a remittance forgotten", "DELETE FROM ledger_remittance WHERE book = '$M' AND remittance = 'R-4'"},
	{audit.RuleHeldTwice, "two holds of one remittance", "UPDATE ledger_entry SET remittance = 'R-2' WHERE book = '$M' AND seq = 9"},
	{audit.RulePartial, "half is settled", "UPDATE ledger_line SET amount = amount / 2 WHERE book = '$M' AND seq = 4"},
	{audit.RuleTwoInFlight, "a second instruction while one is out", added("instruct", "R-2", "$M/R-2/transfer/2", "merchant:$M:held", "rail:bank:in_flight")},
	{audit.RuleNotInFlight, "settled without an instruction", added("settle", "R-4", "$M/R-4/transfer/1", "rail:bank:in_flight", "rail:bank:paid")},
	{audit.RuleNotInFlight, "given back after it was paid", added("give_back", "R-1", "$M/R-1/transfer/1", "rail:bank:in_flight", "merchant:$M:held")},
	{audit.RulePaidTwice, "instructed again after it was paid", added("instruct", "R-1", "$M/R-1/transfer/2", "merchant:$M:held", "rail:bank:in_flight")},
	{audit.RulePaidTwice, "settled under a second instruction", added("settle", "R-1", "$M/R-1/transfer/2", "rail:bank:in_flight", "rail:bank:paid")},
	{audit.RuleNotPaid, "back from the recipient who never had it", added("late_return", "R-2", "$M/R-2/transfer/1", "rail:bank:paid", "merchant:$M:available")},
	{audit.RuleAfterEnd, "sent after the hold was released", added("instruct", "R-3", "$M/R-3/transfer/1", "merchant:$M:held", "rail:bank:in_flight")},
	{audit.RuleFee, "a fee for nothing", added("fee", "R-4", "$M/R-4/transfer/1", "merchant:$M:fees_due", "income:fees")},
	{audit.RuleRemittanceDebt, "paid from another one's hold", added("instruct", "R-3", "$M/R-3/transfer/1", "merchant:$M:held", "rail:bank:in_flight")},
}

// added is an eleventh entry, put in past the ledger.
func added(event, id, instruction, debit, credit string) string {
	return fmt.Sprintf(`INSERT INTO ledger_entry (book, seq, key, event, remittance, instruction, posted_at, hash, chain)
		VALUES ('$M', 11, '%[1]s:%[3]s', '%[1]s', '%[2]s', '%[3]s', 0, '', '');
		INSERT INTO ledger_line (book, seq, line, account, amount) VALUES ('$M', 11, 1, '%[4]s', -%[6]d), ('$M', 11, 2, '%[5]s', %[6]d)`,
		event, id, instruction, debit, credit, int64(amount))
}
