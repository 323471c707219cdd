package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"time"

	"soukin/remittance"
)

// Event is what an entry is about. Its text is stored, so it never changes.
type Event string

// The events.
const (
	EventFund       Event = "fund"        // a merchant's money arrived at our bank
	EventHold       Event = "hold"        // set aside before anything leaves
	EventInstruct   Event = "instruct"    // committed before the rail is called
	EventSettle     Event = "settle"      // final: the recipient has it
	EventGiveBack   Event = "give_back"   // the rail refused or returned it
	EventRelease    Event = "release"     // the hold ends, for good
	EventLateReturn Event = "late_return" // came back after it was final
	EventFee        Event = "fee"         // an attempt was executed
)

// Line is one side of an entry: a credit when Amount is positive, a debit when
// it is negative.
type Line struct {
	Account Account        `json:"account"`
	Amount  remittance.Yen `json:"amount"`
}

// Content is everything about an entry that its hash covers: what the caller
// wants, without when and where it was written.
type Content struct {
	Book       remittance.MerchantID   `json:"book"`
	Key        string                  `json:"key"` // unique in the book
	Event      Event                   `json:"event"`
	Remittance remittance.RemittanceID `json:"remittance_id,omitempty"` // empty for fund
	// Instruction is the key of the instruction to the rail that the entry is
	// about; empty for fund, hold and release.
	Instruction string `json:"instruction,omitempty"`
	Lines       []Line `json:"lines"`
}

// Entry is a validated entry that can be posted. Only the constructors of the
// events make one; the zero Entry is refused by [Ledger.Post].
type Entry struct {
	content Content
	amount  remittance.Yen
	rail    remittance.Rail // set for instruct, settle, give_back and late_return
}

// Content gives what the entry says.
func (e Entry) Content() Content { return e.content }

// Posted is an entry as it stands in the book.
type Posted struct {
	Content
	Seq      int64     `json:"seq"`       // 1, 2, 3 … in the book
	PostedAt time.Time `json:"posted_at"` // UTC, microseconds
	Hash     string    `json:"hash"`      // of Content
	Chain    string    `json:"chain"`     // over this and every earlier entry of the book
}

// Hash is the SHA-256 of the content, as 64 hexadecimal digits. It tells the
// same entry posted again from another one under the same key.
func (c Content) Hash() string {
	h := sha256.New()
	writeFields(h, "soukin ledger entry 1", string(c.Book), c.Key, string(c.Event), string(c.Remittance), c.Instruction)
	for _, line := range c.Lines {
		writeFields(h, string(line.Account), strconv.FormatInt(int64(line.Amount), 10))
	}
	return hexSum(h)
}

// NextChain is the chain value of an entry that follows the one with chain
// value previous ("" for the first). A book whose last value was noted
// elsewhere cannot be rewritten without it showing.
func NextChain(previous, contentHash string, seq int64, postedAt time.Time) string {
	h := sha256.New()
	writeFields(h, "soukin ledger chain 1", previous, contentHash, strconv.FormatInt(seq, 10), strconv.FormatInt(postedAt.UnixMicro(), 10))
	return hexSum(h)
}

// writeFields puts the length before each field, so that no two lists of
// fields give the same bytes.
func writeFields(w io.Writer, fields ...string) {
	for _, f := range fields {
		fmt.Fprintf(w, "%d:%s,", len(f), f) //nolint:errcheck // a hash never fails
	}
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
