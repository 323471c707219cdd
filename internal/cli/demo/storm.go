package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"soukin/internal/app"
	"soukin/internal/cli/batch"
	"soukin/internal/orders"
	"soukin/internal/sandbox/faults"
	"soukin/remittance"
)

// The weather of a storm: of a hundred calls to each counterparty three are met
// by each kind of fault, and three wait before anything happens.
const (
	faultRate  = 0.03
	maxLatency = 300 * time.Millisecond
)

const (
	// ordersAtOnce is how many orders are taken at the same time.
	ordersAtOnce = 4
	// stormLook is how often the records of a crowd are read.
	stormLook = 500 * time.Millisecond
)

// Waits are those of a storm where they differ from the demo's: links and ATM
// numbers stay open long enough that everybody who acts is played before, and
// those who never act are waited for once.
func (c Crowd) Waits() map[string]string {
	open := max(time.Minute, time.Duration(c.Remittances)*300*time.Millisecond)
	return map[string]string{
		"SOUKIN_LINK_WINDOW": open.String(), "SOUKIN_LINK_REOPEN_WINDOW": open.String(), "SOUKIN_LINK_REMINDERS": (open / 2).String(),
		"SOUKIN_ATM_TERM":             open.String(),
		"SOUKIN_BANK_ATTENTION_AFTER": "10m", "SOUKIN_RAILS_ATTENTION_AFTER": "10m", "SOUKIN_BANK_SUBMIT_WINDOW": "5m", "SOUKIN_RAILS_SUBMIT_WINDOW": "5m",
	}
}

// StormSettings are the settings of a storm beside the demo's. A person is not 500
// people, so the limit of page requests from one address is off.
func (c Crowd) StormSettings() map[string]string {
	out := c.Waits()
	maps.Copy(out, map[string]string{
		"SOUKIN_BANK_RATE": "200", "SOUKIN_ATM_RATE": "100", "SOUKIN_AUPAY_RATE": "100", "SOUKIN_PREPAID_RATE": "100", "SOUKIN_PAGES_PER_ADDRESS": "-1",
	})
	return out
}

// Patience is how long a storm may last before what is still open counts as stuck.
func (c Crowd) Patience() time.Duration {
	return 10*time.Minute + time.Duration(c.Remittances)*time.Second
}

// kills says after how many ended remittances the worker is killed, three times
// or more.
func (c Crowd) kills() []int {
	r := rand.New(rand.NewPCG(c.Seed, 1<<63)) //nolint:gosec // repeatable on purpose
	n := 3 + r.IntN(3)
	span := c.Remittances * 3 / 4 / n // the last quarter waits for those who never act
	out := make([]int, n)
	for i := range out {
		out[i] = i*span + r.IntN(max(1, span))
	}
	return out
}

// weather is the fault plan: returns that come days after the transfer are left
// out, because nobody waits for them.
func (c Crowd) weather() faults.Plan {
	plan := faults.Even(c.Seed, faultRate, maxLatency)
	for _, r := range faults.Returns() {
		plan.Rates[r.Kind()] *= 2
		if r.Later {
			delete(plan.Rates, r.Kind())
		}
	}
	return plan
}

// StormWatcher is told how far a storm is.
type StormWatcher interface {
	Watcher
	// Ended: so many remittances of all have ended.
	Ended(n, all int)
	// Killed: the worker was killed and another one runs.
	Killed(times int)
	// Revived: the Temporal server did nothing any more and was started again.
	Revived(times int)
}

// Weather sends a crowd's remittances through the system while every counterparty
// fails as the seed has it and the worker is killed again and again, plays the
// recipients, and compares all books in the end. What is still open after
// [Crowd.Patience] is listed as stuck. The system must have been started with a
// worker's command and the crowd's settings.
func (s *System) Weather(ctx context.Context, c Crowd, w StormWatcher) (StormSummary, error) {
	desk, err := app.OpenDesk(ctx, s.Config, s.log.With("process", "starter"), time.Now)
	if err != nil {
		return StormSummary{}, err
	}
	sum, err := s.weather(ctx, c, desk, w)
	return sum, errors.Join(err, desk.Close())
}

func (s *System) weather(ctx context.Context, c Crowd, desk *app.Desk, w StormWatcher) (StormSummary, error) {
	day, err := beganAt(ctx, desk)
	if err != nil {
		return StormSummary{}, err
	}
	rows, who := c.split(day)
	b := batch.New(Merchant, rows)
	var funds remittance.Yen
	for _, r := range b.Rows() {
		funds += r.Amount
	}
	if err := s.prepare(ctx, desk, funds, w); err != nil {
		return StormSummary{}, err
	}
	if _, err := s.Sandbox.SetFaults(ctx, c.weather()); err != nil {
		return StormSummary{}, fmt.Errorf("set the sandbox's fault plan: %w", err)
	}
	r := s.newRecipients(desk, rows, who)
	r.stubborn = true
	st := storm{s: s, c: c, desk: desk, b: b, r: r, w: w, kills: c.kills(), began: time.Now()}
	if err := st.run(ctx); err != nil {
		return StormSummary{}, err
	}
	return st.summarize(ctx)
}

func (c Crowd) split(day time.Time) (rows []orders.Row, who map[string]person) {
	who = map[string]person{}
	for _, o := range c.make(day) {
		rows = append(rows, o.row)
		if o.acts {
			who[o.row.Request.RemittanceID] = o.who
		}
	}
	return rows, who
}

// storm is one run.
type storm struct {
	s     *System
	c     Crowd
	desk  *app.Desk
	b     *batch.Batch
	r     *recipients
	w     StormWatcher
	kills []int // still to come
	dead  int
	saved int // revivals of the Temporal server
	began time.Time
	took  time.Duration
}

// run follows everything until it has ended, or patience has.
func (st *storm) run(ctx context.Context) error {
	ctx, cancel := st.s.broken(ctx)
	defer cancel(nil)
	stopped, err := st.s.pulse(ctx)
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	send := func() { sent <- st.b.Send(ctx, st.desk.Orders, ordersAtOnce, nil) }
	go send()
	defer st.r.wait()
	tick := time.NewTicker(stormLook)
	defer tick.Stop()
	till := till{s: st.s, desk: st.desk, w: st.w}
	for sending := true; ; {
		settled, err := st.look(ctx)
		if err == nil {
			err = till.look(ctx, st.b)
		}
		if err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		st.took = time.Since(st.began)
		if settled && !sending || st.took > st.c.Patience() {
			return nil
		}
		select {
		case <-tick.C:
		case <-stopped:
			if err := st.s.ReviveTemporal(ctx); err != nil {
				return errors.Join(context.Cause(ctx), err)
			}
			st.saved++
			st.w.Revived(st.saved)
		case err := <-sent:
			if err != nil {
				return errors.Join(context.Cause(ctx), err)
			}
			if sending = st.lost(); sending {
				go send()
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// lost reports whether orders did not get through: they are sent again.
func (st *storm) lost() bool {
	for _, r := range st.b.Rows() {
		if r.Status == batch.NotSent {
			return true
		}
	}
	return false
}

// look reads where everything stands, lets recipients act and kills the worker
// when its time has come.
func (st *storm) look(ctx context.Context) (settled bool, err error) {
	if err := st.b.Refresh(ctx, st.desk.Record); err != nil {
		return false, err
	}
	rows := st.b.Rows()
	ended := 0
	for _, r := range rows {
		if r.Final {
			ended++
		}
	}
	st.w.Ended(ended, len(rows))
	for len(st.kills) > 0 && ended >= st.kills[0] {
		st.kills = st.kills[1:]
		if err := st.s.KillWorker(ctx); err != nil {
			return false, err
		}
		st.dead++
		st.w.Killed(st.dead)
	}
	if err := st.r.act(ctx, rows); err != nil {
		return false, err
	}
	return ended == len(rows) && st.r.idle(rows), nil
}

// StormSummary is what became of a storm: its JSON document.
type StormSummary struct {
	Summary
	Seed uint64 `json:"seed"`
	// Endings counts statuses by pattern.
	Endings map[remittance.Pattern]map[string]int `json:"endings"`
	// Faults counts those of the plan by kind, and magic values as "magic:<name>".
	Faults        map[faults.Kind]int `json:"faults"`
	WorkersKilled int                 `json:"workers_killed"`
	// TemporalRevived counts how often Temporal's development server was started
	// again because its database connection had broken.
	TemporalRevived int     `json:"temporal_revived,omitempty"`
	Seconds         float64 `json:"seconds"`
	PerSecond       float64 `json:"remittances_per_second"`
	Stuck           []Stuck `json:"stuck,omitempty"`
}

// Stuck is a remittance that was still open at the end, and why.
type Stuck struct {
	RemittanceID string `json:"remittance_id"`
	Status       string `json:"status"`
	Reason       string `json:"reason,omitempty"`
	Why          string `json:"why"`
}

// Struck counts the faults of the plan that fired, magic values apart: those come
// with the orders.
func (s StormSummary) Struck() (n int) {
	for kind, fired := range s.Faults {
		if !strings.HasPrefix(string(kind), string(faults.Magic(""))) {
			n += fired
		}
	}
	return n
}

func (st *storm) summarize(ctx context.Context) (StormSummary, error) {
	fired, err := st.s.Sandbox.Faults(ctx)
	if err != nil {
		return StormSummary{}, fmt.Errorf("read the sandbox's faults: %w", err)
	}
	if _, err := st.s.Sandbox.SetFaults(ctx, faults.Plan{}); err != nil {
		return StormSummary{}, fmt.Errorf("clear the sandbox's fault plan: %w", err)
	}
	sum, err := st.s.summarize(ctx, st.desk, st.b)
	if err != nil {
		return StormSummary{}, err
	}
	out := StormSummary{
		Summary: sum, Seed: st.c.Seed, Endings: map[remittance.Pattern]map[string]int{}, Faults: fired.Fired, WorkersKilled: st.dead, TemporalRevived: st.saved,
		Seconds: st.took.Seconds(), PerSecond: float64(st.c.Remittances) / st.took.Seconds(), Stuck: st.stuck(),
	}
	for _, r := range sum.Remittances {
		if out.Endings[r.Pattern] == nil {
			out.Endings[r.Pattern] = map[string]int{}
		}
		out.Endings[r.Pattern][r.Status]++
		if r.Status == batch.Refused && r.Expected != batch.Refused {
			out.AsExpected = false // every order of a crowd but those is a good one
		}
	}
	out.AsExpected = out.AsExpected && len(out.Stuck) == 0 && out.Struck() > 0 && len(st.kills) == 0
	return out, nil
}

// stuck lists what is open, with the reason and what keeps its recipient away.
func (st *storm) stuck() []Stuck {
	var out []Stuck
	for _, r := range st.b.Rows() {
		if r.Final {
			continue
		}
		why := "nothing moves"
		switch failed := st.r.failure(r.RemittanceID); {
		case r.NeedsAttention:
			why = "waits for an operator"
		case failed != nil:
			why = "its recipient cannot go on: " + failed.Error()
		case r.Err != nil:
			why = "it was not sent: " + r.Err.Error()
		}
		out = append(out, Stuck{r.RemittanceID, r.Status, r.Reason, why})
	}
	return out
}
