package examples_test

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/examples"
	"soukin/internal/orders"
	"soukin/internal/zengin"
)

// What the file promises about each row is checked against the real bank data,
// so that a merged branch shows here and not in front of a newcomer.
func TestRowsAreWhatTheySay(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(examples.Remittances)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 21, "a header and twenty remittances")
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	endings := map[string]int{}
	for _, row := range rows[1:] {
		get := func(name string) string { return row[at[name]] }
		number := get("number")
		if number == "" {
			number = get("jp_number")
		}
		_, _, err := zengin.ParseAccount(zengin.Input{
			Bank: get("bank"), Branch: get("branch"), Type: get("type"), Number: number, Symbol: get("symbol"), Name: get("name"),
		})
		if get("expect") == "refused" && get("amount") != "1,200,000" {
			assert.Error(t, err, get("remittance_id"))
		} else {
			assert.NoError(t, err, get("remittance_id"))
		}
		endings[get("expect")]++
	}
	assert.Equal(t, map[string]int{"paid": 14, "refused": 4, "failed": 1, "returned": 1}, endings)
}

func TestLinksAreWhatTheySay(t *testing.T) {
	rows, err := orders.ParseCSV(bytes.NewReader(examples.Links))
	require.NoError(t, err)
	endings := map[string]int{}
	for _, row := range rows {
		assert.Empty(t, row.Faults, row.Request.RemittanceID)
		assert.Equal(t, "account-link", row.Request.Pattern)
		assert.Equal(t, orders.Payee{}, row.Request.Payee, "the recipient names the account")
		endings[row.Expect]++
	}
	assert.Equal(t, map[string]int{"paid": 4, "expired": 1, "cancelled": 2}, endings)
}
