package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"soukin/internal/cli/batch"
	"soukin/remittance"
)

func TestRowsThatHaveEndedGiveWay(t *testing.T) {
	row := func(id string, final bool) batch.Row { return batch.Row{RemittanceID: id, Final: final} }
	rows := []batch.Row{row("a", true), row("b", false), row("c", true), row("d", false), row("e", true)}
	ids := func(room int) (out []string) {
		for _, r := range openOnes(rows, room) {
			out = append(out, r.RemittanceID)
		}
		return out
	}
	assert.Equal(t, []string{"a", "b", "c", "d", "e"}, ids(5))
	assert.Equal(t, []string{"b", "d", "e"}, ids(3))
	assert.Equal(t, []string{"b", "d"}, ids(1), "open ones are never left out")
}

func TestPatternsAreNamedWhereThereAreSeveral(t *testing.T) {
	s := &session{lang: remittance.En}
	plain := batch.Row{RemittanceID: "D-01", Pattern: remittance.BankTransfer, Status: string(remittance.Paid)}
	asked := batch.Row{RemittanceID: "L-01", Pattern: remittance.AccountLink, Status: string(remittance.AwaitingRecipient)}
	assert.NotContains(t, s.rowTable([]batch.Row{plain}, false), "PATTERN")
	both := s.rowTable([]batch.Row{plain, asked}, false)
	assert.Contains(t, both, "account link")
	assert.Contains(t, both, "bank transfer")
}
