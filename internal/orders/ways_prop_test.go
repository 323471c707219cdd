package orders_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/remittance"
)

// TestAChoiceOffersExactlyWhatCanCarryTheAmount: whatever the caps, the amount and
// the rails, the link offers those that can carry it, in the order that was asked
// for, with a word on each of the others; where none can, the order is refused.
func TestAChoiceOffersExactlyWhatCanCarryTheAmount(t *testing.T) {
	f := newFixture(t)
	f.fund(1_000_000)
	rapid.Check(t, func(t *rapid.T) {
		rails := rapid.Permutation(remittance.ChoosableRails()).Draw(t, "rails")[:rapid.IntRange(1, 4).Draw(t, "many")]
		amount := remittance.Yen(rapid.IntRange(1, 1_000).Draw(t, "amount")) * rapid.SampledFrom([]remittance.Yen{1, 7, 1000}).Draw(t, "unit")
		own := map[remittance.Rail]record.Terms{}
		for _, r := range rails {
			if rapid.Bool().Draw(t, "own cap of "+string(r)) {
				limit := remittance.Yen(rapid.IntRange(1, 1_000_000).Draw(t, "cap of "+string(r)))
				own[r] = record.Terms{Cap: &limit}
			}
		}
		if err := f.record.SaveMerchant(t.Context(), record.Merchant{ID: shop, DisplayName: "Shop", Settings: record.Settings{Rails: own}}); err != nil {
			t.Fatal(err)
		}
		var fits, names []string
		for _, r := range rails {
			names = append(names, string(r))
			limit := settings().Rails[r].Cap
			if own[r].Cap != nil {
				limit = min(limit, *own[r].Cap)
			}
			if amount <= limit && (r != remittance.RailATM || amount%1000 == 0) {
				fits = append(fits, string(r))
			}
		}
		order := choice("R-1", strings.Join(names, ","))
		order.Amount = amount.String()[len("¥"):]
		quote, err := f.service.Check(t.Context(), order)
		if len(fits) == 0 {
			if faults := orders.FaultsOf(err); len(faults) != 1 || faults[0].Field != "amount" {
				t.Fatalf("no way carries it, but: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var offered []string
		for _, w := range quote.Ways {
			offered = append(offered, string(w.Rail))
		}
		if !slices.Equal(fits, offered) || len(quote.Notices) != len(rails)-len(fits) {
			t.Fatalf("offered %v with %d notices, of %v only %v carry %s", offered, len(quote.Notices), names, fits, amount)
		}
	})
	assert.Empty(t, f.temporal.starts, "a check starts nothing")
}
