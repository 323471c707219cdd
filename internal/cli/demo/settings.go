package demo

import (
	"maps"

	"soukin/config"
)

// waits are the settings that the demo shortens so that nobody waits for days.
var waits = map[string]string{
	"SOUKIN_BANK_FINALITY":          "6s",
	"SOUKIN_BANK_VISIBILITY_DELAY":  "3s",
	"SOUKIN_BANK_ENQUIRE_EVERY":     "1s",
	"SOUKIN_BANK_WATCH_EVERY":       "2s",
	"SOUKIN_BANK_CORRECTION_WINDOW": "5s",
	"SOUKIN_BANK_SUBMIT_WINDOW":     "1m",
	"SOUKIN_BANK_ATTENTION_AFTER":   "3m",
	"SOUKIN_FUNDING_WINDOW":         "30m",
	"SOUKIN_FUNDING_RECHECK":        "10s",
	"SOUKIN_RAILS_SUBMIT_WINDOW":    "1m",
	"SOUKIN_RAILS_VISIBILITY_DELAY": "2s",
	"SOUKIN_RAILS_ENQUIRE_EVERY":    "1s",
	"SOUKIN_RAILS_WATCH_EVERY":      "2s",
	"SOUKIN_RAILS_ATTENTION_AFTER":  "3m",
	"SOUKIN_AMAZON_CODE_RECALL":     "6s",
}

// linkWaits are those of recipients whom the demo plays. A person needs the time
// that production gives.
var linkWaits = map[string]string{
	"SOUKIN_LINK_WINDOW":    "15s",
	"SOUKIN_LINK_REMINDERS": "7s",
	"SOUKIN_ATM_TERM":       "15s",
}

// others are the settings of the demo that are no waits: the sandbox bears more
// calls than a bank, and takes a moment for each transfer so that the table
// has something to show. Amazon's limit is played, and stays.
var others = map[string]string{
	"SOUKIN_ATM_RATE":             "50",
	"SOUKIN_AUPAY_RATE":           "50",
	"SOUKIN_PREPAID_RATE":         "50",
	"SOUKIN_BANK_RATE":            "50",
	"SOUKIN_BANK_SUBMIT_ATTEMPTS": "3",
	"SOUKIN_SANDBOX_PROCESSING":   "1500ms",
	"SOUKIN_SANDBOX_BOUNCE":       "3s",
}

// Wait is a setting that the demo shortened.
type Wait struct {
	Setting string
	Default string
	Here    string
}

// Waits lists what the demo shortens, in the order of the documentation. handsOn
// is [Options].HandsOn; others are waits that differ from the demo's own, as
// [Crowd.Waits] gives them.
func Waits(handsOn bool, others map[string]string) []Wait {
	var out []Wait
	short := shortened(handsOn)
	maps.Copy(short, others)
	for _, s := range config.Settings() {
		if here, ok := short[s.Name]; ok {
			out = append(out, Wait{s.Name, s.Default, here})
		}
	}
	return out
}

func shortened(handsOn bool) map[string]string {
	out := maps.Clone(waits)
	if !handsOn {
		maps.Copy(out, linkWaits)
	}
	return out
}

func settings(handsOn bool, places map[string]string) map[string]string {
	out := shortened(handsOn)
	maps.Copy(out, others)
	maps.Copy(out, places)
	return out
}
