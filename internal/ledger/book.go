package ledger

import (
	"errors"
	"fmt"
	"math"
	"time"

	"soukin/remittance"
)

// book is the part of a merchant's book that one call needs, locked, with what
// the call adds to it.
type book struct {
	merchant  remittance.MerchantID
	lastSeq   int64
	chain     string
	hashes    map[string]string // by key: of entries posted, as far as the call asks for them
	balances  map[Account]remittance.Yen
	positions map[remittance.RemittanceID]Position

	added            []Posted
	touchedBalances  map[Account]bool
	touchedPositions map[remittance.RemittanceID]bool
}

// errDisagrees should never be seen: the stored balances contradict the
// positions of the remittances.
var errDisagrees = errors.New("stored balances disagree with the entries: run the audit")

func (b *book) post(e Entry, now time.Time) error {
	c, hash := e.content, e.content.Hash()
	if known, posted := b.hashes[c.Key]; posted {
		if known != hash {
			return fmt.Errorf("%w: %s of %s is taken by an entry with another content", ErrConflict, c.Key, c.Book)
		}
		return nil
	}
	if err := b.allow(e); err != nil {
		return err
	}
	for _, line := range c.Lines {
		if err := b.move(line); err != nil {
			return fmt.Errorf("%s: %w", c.Key, err)
		}
	}
	b.append(c, hash, now)
	return nil
}

// allow checks the rules of the event and moves the remittance on.
func (b *book) allow(e Entry) error {
	c := e.content
	switch c.Event {
	case EventFund:
		return nil
	case EventFee:
		if b.hashes[keyOf(EventInstruct, c.Instruction)] == "" {
			return &NotAllowedError{c, b.positions[c.Remittance], "a fee is due only for an instruction that was given to a rail"}
		}
		return nil
	}
	next, err := b.positions[c.Remittance].after(e)
	if err != nil {
		return err
	}
	if available := b.balances[Available(b.merchant)]; c.Event == EventHold && available < e.amount {
		return &InsufficientError{b.merchant, available, e.amount, e.amount - available}
	}
	b.positions[c.Remittance] = next
	b.touchedPositions[c.Remittance] = true
	return nil
}

func (b *book) move(line Line) error {
	kind, _, err := line.Account.Parts()
	if err != nil {
		return err
	}
	balance := b.balances[line.Account]
	if line.Amount > 0 && balance > math.MaxInt64-line.Amount || line.Amount < 0 && balance < math.MinInt64-line.Amount {
		return fmt.Errorf("%w: %s would be too large to count", remittance.ErrAmount, line.Account)
	}
	balance += line.Amount
	if balance < 0 && !kind.MayBeNegative() {
		return fmt.Errorf("%s would stand at %d: %w", line.Account, balance, errDisagrees)
	}
	b.balances[line.Account] = balance
	b.touchedBalances[line.Account] = true
	return nil
}

func (b *book) append(c Content, hash string, now time.Time) {
	now = now.UTC().Truncate(time.Microsecond)
	b.lastSeq++
	b.chain = NextChain(b.chain, hash, b.lastSeq, now)
	b.hashes[c.Key] = hash
	b.added = append(b.added, Posted{Content: c, Seq: b.lastSeq, PostedAt: now, Hash: hash, Chain: b.chain})
}
