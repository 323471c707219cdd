//go:build chaos

package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"soukin/contract"
	"soukin/internal/devserver"
	"soukin/remittance"
)

// answerLost makes the sandbox execute and never answer: the longest way a
// transfer can take, through every activity there is.
const answerLost = "9000005"

// lives is the boundary of a worker that is not to die by itself.
const lives = "0"

// TestKillAtEveryBoundary kills the worker before and after every activity of a
// transfer whose answer is lost, one run for each boundary, and starts another
// worker. Every run must end as paid, exactly once.
func TestKillAtEveryBoundary(t *testing.T) {
	server := devserver.ForTest(t, contract.SearchAttributes())
	passed := dryRun(t, server)
	t.Logf("%d boundaries: %v", len(passed), passed)
	require.Greater(t, len(passed), 10)
	for i := range passed {
		at := i + 1
		t.Run(fmt.Sprintf("%02d", at), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, server, fmt.Sprintf("boundary-%02d", at))
			victim := startChild(t, w.environ, strconv.Itoa(at))
			run := w.send(t, "R-1", answerLost)
			ended := outcome(t, run)
			select {
			case <-victim.done:
				require.True(t, victim.killed(), "the worker ended by itself")
				startChild(t, w.environ, lives)
			case got := <-ended:
				// Polls are as many as there is time for, so the last boundary of
				// the dry run may not be reached again.
				require.Greater(t, at, len(passed)-4, "boundary %d was never reached", at)
				ended <- got
			}
			requirePaidOnce(t, w, <-ended)
		})
	}
}

func dryRun(t *testing.T, server *devserver.Server) []string {
	t.Helper()
	w := newWorld(t, server, "dry-run")
	c := startChild(t, w.environ, lives)
	select {
	case <-c.done:
		t.Fatal("the worker ended by itself")
	case e := <-outcome(t, w.send(t, "R-1", answerLost)):
		requirePaidOnce(t, w, e)
	}
	return c.boundaries(t)
}

type ending struct {
	state contract.State
	err   error
}

func outcome(t *testing.T, run client.WorkflowRun) chan ending {
	ch := make(chan ending, 1)
	go func() {
		var e ending
		e.err = run.Get(t.Context(), &e.state)
		ch <- e
	}()
	return ch
}

func requirePaidOnce(t *testing.T, w *world, e ending) {
	t.Helper()
	require.NoError(t, e.err)
	require.Equal(t, remittance.Paid, e.state.Status)
	executed := 0
	for tr, err := range w.bank.Transfers(t.Context(), "") {
		require.NoError(t, err)
		executed += tr.ExecutedCount
	}
	require.Equal(t, 1, executed)
	w.agree(t)
}

// TestKillAtRandom kills the worker again and again while transfers of every
// kind are under way.
func TestKillAtRandom(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("CHAOS_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		require.NoError(t, err)
	}
	t.Logf("CHAOS_SEED=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t, devserver.ForTest(t, contract.SearchAttributes()), "random")
	want := map[string]remittance.Status{
		"1234567": remittance.Paid, answerLost: remittance.Paid, "9000006": remittance.Paid, "9000007": remittance.Paid,
		"9000008": remittance.Paid, "9000009": remittance.Paid, "9000010": remittance.Paid, "9000020": remittance.Paid,
		"9000002": remittance.Failed, "9000017": remittance.Failed, "9000022": remittance.Returned,
	}
	worker := startChild(t, w.environ, lives)
	endings := map[string]chan ending{}
	for number := range want {
		endings[number] = outcome(t, w.send(t, "R-"+number, number))
	}
	for range 6 {
		pause := time.NewTimer(time.Duration(300+rng.IntN(2500)) * time.Millisecond)
		<-pause.C
		worker.kill()
		require.True(t, worker.killed())
		worker = startChild(t, w.environ, lives)
	}
	for number, status := range want {
		e := <-endings[number]
		require.NoError(t, e.err, number)
		require.Equal(t, status, e.state.Status, number)
	}
	faults, err := w.bank.Faults(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, faults.Fired, "nothing was hurt")
	w.agree(t)
}
