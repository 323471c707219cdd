package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"soukin/activities"
	"soukin/config"
	"soukin/internal/app/railtest"
	"soukin/internal/rails/prepaid"
	"soukin/internal/refund"
	issuers "soukin/internal/sandbox/prepaid"
	"soukin/internal/vault"
	"soukin/remittance"
)

// prepaidRefunds refunds parts of purchases that exist by themselves, one for
// each instruction, made today unless the window is the matter.
func prepaidRefunds(t *testing.T, c *counter) railtest.Subject {
	s := c.subject(t, remittance.RailPrepaid)
	refund := func(t railtest.T, issuer, purchase string, amount remittance.Yen) activities.Instruction {
		key := c.key(remittance.RailPrepaid)
		purchase = strings.ReplaceAll(purchase, "#", strings.TrimPrefix(string(key.Remittance), "R-"))
		id, err := c.vault.PutWallet(t.Context(), key.Merchant, vault.NewWallet(remittance.RailPrepaid, issuer, purchase))
		require.NoError(t, err)
		return activities.Instruction{Key: key, Amount: amount, Account: id, At: c.clock()}
	}
	today := func() string { return c.clock().Format("20060102") }
	// The purchase is worth what makes its id one of its own.
	s.New = func(t railtest.T) activities.Instruction {
		return refund(t, "webmoney", fmt.Sprintf("WM-%s-5#-1", today()), 5)
	}
	for _, r := range []struct {
		name, issuer, purchase string
		amount                 remittance.Yen
		reason                 remittance.Reason
	}{
		{"too late by months", "webmoney", "WM-20260731-3000-1", 3000, remittance.RefundWindowPassed},
		{"too late by days", "jcb-premo", "JP-20261024-3000-1", 3000, remittance.RefundWindowPassed},
		{"unknown", "webmoney", "WM-20261101-3000-901", 3000, remittance.PurchaseUnknown},
		{"of another issuer", "bitcash", "WM-20261101-3000-1", 3000, remittance.PurchaseUnknown},
		{"more than was paid", "webmoney", "WM-20261101-3000-1", 3001, remittance.OverPurchase},
		{"a part, where only the whole is refunded", "netcash", "NC-20261101-3000-1", 2999, remittance.NoPartialRefund},
		{"never captured", "webmoney", "WM-20261101-3000-902", 3000, remittance.RefusedByRail},
	} {
		s.Refusals = append(s.Refusals, railtest.Refusal{Name: r.name, Reason: r.reason, New: func(t railtest.T) activities.Instruction {
			return refund(t, r.issuer, r.purchase, r.amount)
		}})
	}
	s.Books = func(t railtest.T, in activities.Instruction) railtest.Books {
		return c.books(t, remittance.RailPrepaid, prepaid.Reference(in.Key))
	}
	s.Secrets = c.walletSecrets
	return s
}

// The window that orders are judged by and that of the sandbox's issuers were
// written apart: what they do not agree on is a mistake of one of them.
func TestWindowsOfTheSettingsAreThoseOfTheIssuers(t *testing.T) {
	c := newCounter(t)
	windows, err := refund.ParseIssuers(c.cfg.Prepaid.Issuers)
	require.NoError(t, err)
	require.Len(t, windows, len(issuers.Issuers()))
	rapid.Check(t, func(rt *rapid.T) {
		issuer := rapid.SampledFrom(issuers.Issuers()).Draw(rt, "issuer")
		day := aTuesday.AddDate(0, 0, -rapid.IntRange(0, 9000).Draw(rt, "days ago"))
		purchase := fmt.Sprintf("%s-%s-500-1", issuer.Prefix, day.Format("20060102"))
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.cfg.Prepaid.APIURL+"/purchases/"+issuer.Code+"/"+purchase, nil)
		require.NoError(rt, err)
		req.Header.Set("Authorization", "Bearer "+config.SandboxPrepaidToken.Reveal())
		res, err := http.DefaultClient.Do(req)
		require.NoError(rt, err)
		defer res.Body.Close()
		var told struct {
			Until   string `json:"refundable_until"`
			Partial bool   `json:"partial"`
		}
		require.NoError(rt, json.NewDecoder(res.Body).Decode(&told))
		window := windows[issuer.Code]
		require.Equal(rt, window.LastDay(day).Format(time.DateOnly), told.Until)
		require.Equal(rt, window.Partial, told.Partial)
	})
}
