package ledger_test

import (
	"testing"

	"soukin/internal/database/databasetest"
	"soukin/internal/ledger/ledgertest"
)

func TestLedger(t *testing.T) { ledgertest.Run(t, databasetest.Each) }
