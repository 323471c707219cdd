package amazon

import (
	"sync"
	"time"
)

// throttle answers at most so many calls in any second of real time.
type throttle struct {
	most int // 0 for no limit

	mu   sync.Mutex
	last []time.Time // when the latest calls were let in
}

func (t *throttle) admits(now time.Time) bool {
	if t.most == 0 {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.last) > 0 && now.Sub(t.last[0]) >= time.Second {
		t.last = t.last[1:]
	}
	if len(t.last) >= t.most {
		return false
	}
	t.last = append(t.last, now)
	return true
}
