package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/internal/ledger"
	"soukin/remittance"
)

var (
	ref = remittance.Ref{Merchant: "shop", Remittance: "R-1"}
	key = remittance.Key{Ref: ref, Step: "transfer", Generation: 1}
)

func TestConstructorsRefuseWhatCannotBePosted(t *testing.T) {
	const bank = remittance.RailBank
	badRef := remittance.Ref{Merchant: "shop", Remittance: "R/1"}
	noMerchant := remittance.Ref{Remittance: "R-1"}
	for name, tt := range map[string]struct {
		make  func() (ledger.Entry, error)
		cause error
		want  string
	}{
		"fund nobody":             {func() (ledger.Entry, error) { return ledger.Fund("Shop", "i", 1) }, remittance.ErrID, "fund: identifier: merchant"},
		"fund without an item":    {func() (ledger.Entry, error) { return ledger.Fund("shop", "", 1) }, remittance.ErrID, `item ""`},
		"fund with a strange key": {func() (ledger.Entry, error) { return ledger.Fund("shop", "a b", 1) }, remittance.ErrID, `item "a b"`},
		"fund nothing":            {func() (ledger.Entry, error) { return ledger.Fund("shop", "i", 0) }, remittance.ErrAmount, "fund: amount 0"},
		"fund beyond counting": {func() (ledger.Entry, error) {
			return ledger.Fund("shop", "i", remittance.LegalCap*1_000_000_000+1)
		}, remittance.ErrAmount, "must be 1 to 1000000000000000 yen"},
		"hold a negative amount":  {func() (ledger.Entry, error) { return ledger.Hold(ref, -1) }, remittance.ErrAmount, "hold: amount -1"},
		"hold above the cap":      {func() (ledger.Entry, error) { return ledger.Hold(ref, remittance.LegalCap+1) }, remittance.ErrAmount, "must be 1 to 1000000 yen"},
		"hold for a bad id":       {func() (ledger.Entry, error) { return ledger.Hold(badRef, 1) }, remittance.ErrID, "remittance_id"},
		"release for no merchant": {func() (ledger.Entry, error) { return ledger.Release(noMerchant, 1) }, remittance.ErrID, "merchant"},
		"instruct generation 0": {func() (ledger.Entry, error) {
			return ledger.Instruct(remittance.Key{Ref: ref, Step: "transfer"}, bank, 1)
		}, remittance.ErrID, "generation"},
		"instruct no rail":     {func() (ledger.Entry, error) { return ledger.Instruct(key, "", 1) }, remittance.ErrID, `rail ""`},
		"settle on a bad rail": {func() (ledger.Entry, error) { return ledger.Settle(key, "a:b", 1) }, remittance.ErrID, `rail "a:b"`},
		"give back nothing":    {func() (ledger.Entry, error) { return ledger.GiveBack(key, bank, 0) }, remittance.ErrAmount, "give_back"},
		"late return of a step": {func() (ledger.Entry, error) {
			return ledger.LateReturn(remittance.Key{Ref: ref, Generation: 1}, bank, 1)
		}, remittance.ErrID, "step"},
		"no fee": {func() (ledger.Entry, error) { return ledger.Fee(key, 0) }, remittance.ErrAmount, "fee: amount 0"},
		"fee for a bad key": {func() (ledger.Entry, error) {
			return ledger.Fee(remittance.Key{Ref: badRef, Step: "transfer", Generation: 1}, 1)
		}, remittance.ErrID, "fee"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := tt.make()
			require.ErrorIs(t, err, ledger.ErrEntry)
			require.ErrorIs(t, err, tt.cause)
			assert.ErrorContains(t, err, tt.want)
			assert.Zero(t, e)
		})
	}
}

// The stored hash decides whether an entry posted again is the same one. If
// this test fails, every open remittance would meet a conflict after an update.
func TestHashNeverChanges(t *testing.T) {
	assert.Equal(t, "864d827783a870a8249c698f22de1469fb54f6e03bfd3cc029149b6e8d3aa62c", must(ledger.Hold(ref, 3000)).Content().Hash())
	assert.Equal(t, "57841ab44f7773a9de1def74ed2fd75add94a9a8b52811b8c348757718b592e9", must(ledger.Settle(key, remittance.RailBank, 3000)).Content().Hash())
	assert.Equal(t, "c07de4798ae1a2a4e25b65e9da9476201592e64cf06464279ff8d05165c81f7d", ledger.NextChain("", "abc", 1, time.UnixMicro(1_700_000_000_000_001)))
}

func TestHashCoversEverything(t *testing.T) {
	content := must(ledger.Settle(key, remittance.RailBank, 3000)).Content()
	hashes := map[string]string{content.Hash(): "as it is"}
	for name, change := range map[string]func(*ledger.Content){
		"book":        func(c *ledger.Content) { c.Book = "other" },
		"key":         func(c *ledger.Content) { c.Key += "1" },
		"event":       func(c *ledger.Content) { c.Event = ledger.EventGiveBack },
		"remittance":  func(c *ledger.Content) { c.Remittance = "R-2" },
		"instruction": func(c *ledger.Content) { c.Instruction += "1" },
		"account":     func(c *ledger.Content) { c.Lines[0].Account = ledger.Held("shop") },
		"amount":      func(c *ledger.Content) { c.Lines[1].Amount++ },
		"order":       func(c *ledger.Content) { c.Lines[0], c.Lines[1] = c.Lines[1], c.Lines[0] },
		"lines":       func(c *ledger.Content) { c.Lines = c.Lines[:1] },
	} {
		changed := content
		changed.Lines = append([]ledger.Line{}, content.Lines...)
		change(&changed)
		other, taken := hashes[changed.Hash()]
		assert.False(t, taken, "a change of %s gives the hash of %s", name, other)
		hashes[changed.Hash()] = name
	}
}

// A field must not be able to run over into the next one.
func TestHashKeepsFieldsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("1:,a")), 0, 6, -1)
		a := ledger.Content{Key: text.Draw(t, "key"), Instruction: text.Draw(t, "instruction")}
		b := ledger.Content{Key: text.Draw(t, "other key"), Instruction: text.Draw(t, "other instruction")}
		same := a.Key == b.Key && a.Instruction == b.Instruction
		assert.Equal(t, same, a.Hash() == b.Hash())
	})
}

func TestAccountParts(t *testing.T) {
	for account, want := range map[ledger.Account]struct {
		kind     ledger.Kind
		owner    string
		negative bool
	}{
		ledger.BankFunding:          {ledger.KindFunding, "", true},
		ledger.IncomeFees:           {ledger.KindIncome, "", false},
		ledger.Available("my-shop"): {ledger.KindAvailable, "my-shop", false},
		ledger.Held("my-shop"):      {ledger.KindHeld, "my-shop", false},
		ledger.FeesDue("my-shop"):   {ledger.KindFeesDue, "my-shop", true},
		ledger.InFlight("bank"):     {ledger.KindInFlight, "bank", false},
		ledger.Paid("au-pay"):       {ledger.KindPaid, "au-pay", false},
	} {
		kind, owner, err := account.Parts()
		require.NoError(t, err, account)
		assert.Equal(t, want.kind, kind, account)
		assert.Equal(t, want.owner, owner, account)
		assert.Equal(t, want.negative, kind.MayBeNegative(), account)
	}
	for _, account := range []ledger.Account{"", "bank:other", "merchant::held", "merchant:shop:paid", "rail:bank:held", "merchant:a:b:held", "rail:Bank:paid", "merchant:shop:held "} {
		_, _, err := account.Parts()
		assert.ErrorIs(t, err, ledger.ErrAccount, string(account))
	}
}

func TestRefusalsTellAPersonWhatHappened(t *testing.T) {
	short := &ledger.InsufficientError{Merchant: "shop", Available: 2000, Wanted: 3000, Shortfall: 1000}
	assert.Equal(t, "insufficient balance: shop has ¥2,000, the hold needs ¥3,000, ¥1,000 short", short.Error())

	refusal := &ledger.NotAllowedError{
		Entry:    must(ledger.Release(ref, 3000)).Content(),
		Position: ledger.Position{Place: ledger.PlaceInFlight, Amount: 3000, Rail: "bank", Instruction: key.String()},
		Why:      "release needs the money held",
	}
	assert.Equal(t, "not allowed by the ledger: release:shop/R-1: release needs the money held, but it is 3000 yen, in flight as shop/R-1/transfer/1 on rail bank", refusal.Error())
}
