package cli

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	"soukin/internal/cli/batch"
	"soukin/internal/cli/demo"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

func aStorm() demo.StormSummary {
	return demo.StormSummary{
		Summary: demo.Summary{Remittances: make([]batch.Row, 3), Searched: demo.Searched{Codes: 2, Numbers: 1, Files: 9}, AsExpected: true},
		Endings: map[remittance.Pattern]map[string]int{remittance.AuPay: {"paid": 2}, remittance.Choice: {"expired": 1}},
		Faults:  map[faults.Kind]int{faults.AnswerLost: 41, faults.Magic("hidden"): 7}, WorkersKilled: 4, Seconds: 2, PerSecond: 1.5,
	}
}

func TestAStormSaysWhatFiredAndHowAllEnded(t *testing.T) {
	s := &session{stdout: io.Discard, lang: remittance.En}
	text := s.stormSummary(aStorm())
	for _, want := range []string{"3 remittances in 2 s, 1.5 a second", "killed 4 times", "answer_lost", "41", "magic:hidden", "expired", "found: 0", "nothing was paid twice"} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "STUCK")
}

func TestAStormSaysWhatIsStuckAndWhereSecretsAre(t *testing.T) {
	sum := aStorm()
	sum.AsExpected = false
	sum.Stuck = []demo.Stuck{{RemittanceID: "F1-0007", Status: "checking", Reason: "waits_for_enquiry", Why: "waits for an operator"}}
	sum.Searched.Found = []string{"/home/logs/soukin.log"}
	text := (&session{stdout: io.Discard, lang: remittance.Ja}).stormSummary(sum)
	for _, want := range []string{"F1-0007", "waits_for_enquiry", "waits for an operator", "見つかった数: 1", "/home/logs/soukin.log"} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "二重払いはありませんでした")
}

// What the plan does is told from what came with the orders: a storm in which only
// magic values fired has hurt nothing.
func TestMagicValuesAreNoWeather(t *testing.T) {
	assert.Equal(t, 41, aStorm().Struck())
	assert.Zero(t, demo.StormSummary{Faults: map[faults.Kind]int{faults.Magic("hidden"): 7}}.Struck())
}
