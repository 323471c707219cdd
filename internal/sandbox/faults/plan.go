package faults

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// ErrPlan is wrapped by every error about a plan's content.
var ErrPlan = errors.New("fault plan")

// Plan says what goes wrong and how often. The zero Plan hurts nothing.
type Plan struct {
	Seed uint64 `json:"seed"`
	// Rates are probabilities from 0 to 1. The rates of the faults of a call
	// (latency apart) may not add up to more than 1, nor may those of the returns.
	Rates map[Kind]float64 `json:"rates,omitempty"`
	// MaxLatencyMillis bounds the wait of a call hit by latency, in
	// milliseconds of real time; the wait is spread evenly up to it.
	MaxLatencyMillis int `json:"max_latency_ms,omitempty"`
	// IncludeAuth extends the faults of a call to the OAuth endpoints. Apart
	// from the others because refresh tokens rotate without grace: a lost answer
	// there locks the client out until somebody logs in again, as at a bank.
	IncludeAuth bool `json:"include_auth,omitempty"`
}

// Even is a plan in which every fault of a call has the given rate, latency
// up to the given wait included, and every way to come back an even share of it.
func Even(seed uint64, rate float64, maxLatency time.Duration) Plan {
	p := Plan{Seed: seed, Rates: map[Kind]float64{}, MaxLatencyMillis: int(maxLatency.Milliseconds())}
	if maxLatency > 0 {
		p.Rates[Latency] = rate
	}
	for _, k := range CallKinds() {
		p.Rates[k] = rate
	}
	for _, r := range Returns() {
		p.Rates[r.Kind()] = rate / float64(len(Returns()))
	}
	return p
}

// Validate names the rate or setting that makes the plan unusable.
func (p Plan) Validate() error {
	known := Kinds()
	for kind, rate := range p.Rates {
		if !slices.Contains(known, kind) {
			return fmt.Errorf("%w: rates: unknown fault %q, write one of %v", ErrPlan, kind, known)
		}
		if math.IsNaN(rate) || rate < 0 || rate > 1 {
			return fmt.Errorf("%w: rates: %s is %v, must be from 0 to 1", ErrPlan, kind, rate)
		}
	}
	if sum := p.sum(CallKinds()); sum > 1 {
		return fmt.Errorf("%w: rates: the faults of a call add up to %v, must be at most 1", ErrPlan, sum)
	}
	if sum := p.sum(returnKinds()); sum > 1 {
		return fmt.Errorf("%w: rates: the returns add up to %v, must be at most 1", ErrPlan, sum)
	}
	if p.MaxLatencyMillis < 0 || p.Rates[Latency] > 0 && p.MaxLatencyMillis == 0 {
		return fmt.Errorf("%w: max_latency_ms is %d, must be above 0 where latency has a rate", ErrPlan, p.MaxLatencyMillis)
	}
	return nil
}

func (p Plan) sum(kinds []Kind) (sum float64) {
	for _, k := range kinds {
		sum += p.Rates[k]
	}
	return sum
}

func returnKinds() []Kind { return Kinds()[1+len(CallKinds()):] }

// Active reports whether the plan can hurt anything.
func (p Plan) Active() bool {
	for _, rate := range p.Rates {
		if rate > 0 {
			return true
		}
	}
	return false
}

// Call decides what happens to an attempt (from 1) at the call named by
// identity: a fault or [None], and how long it waits first.
func (p Plan) Call(identity string, attempt int) (Kind, time.Duration) {
	where := identity + "#" + strconv.Itoa(attempt)
	var wait time.Duration
	if p.uniform("latency?", where) < p.Rates[Latency] {
		share := p.uniform("latency", where)
		wait = time.Duration((1 - share) * float64(p.MaxLatencyMillis) * float64(time.Millisecond))
	}
	return p.pick("call", where, CallKinds()), wait
}

// Return decides whether line item (from 1) of the transfer named by identity
// comes back after it was executed. It does not depend on the attempt: a
// transfer is executed once however often it was asked for.
func (p Plan) Return(identity string, item int) (Return, bool) {
	kind := p.pick("return", identity+"#"+strconv.Itoa(item), returnKinds())
	for _, r := range Returns() {
		if r.Kind() == kind {
			return r, true
		}
	}
	return Return{}, false
}

func (p Plan) pick(purpose, where string, kinds []Kind) Kind {
	u := p.uniform(purpose, where)
	for _, k := range kinds {
		if u -= p.Rates[k]; u < 0 {
			return k
		}
	}
	return None
}

// uniform is a number in [0,1) that depends on nothing but its arguments and
// the seed.
func (p Plan) uniform(purpose, where string) float64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%s", p.Seed, purpose, where))
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}
