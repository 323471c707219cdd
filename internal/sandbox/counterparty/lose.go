package counterparty

// Lose says whether a magic value loses the answer to what was executed.
type Lose int

// When answers get lost.
const (
	LoseNever Lose = iota
	LoseOnce
	LoseAlways
)

// At reports whether the answer to the nth call, from 1, gets lost.
func (l Lose) At(n int) bool { return l == LoseAlways || l == LoseOnce && n == 1 }
