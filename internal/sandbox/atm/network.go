package atm

import (
	"context"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"soukin/internal/database"
	"soukin/internal/sandbox/counterparty"
	"soukin/remittance"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Network is the ATM network. Close it before the database.
type Network struct {
	env  counterparty.Env
	set  Settings
	stop context.CancelFunc
	work sync.WaitGroup
	// sending are the notices that a goroutine of this process has in hand.
	sending sync.Map
}

// New makes the tables and begins to send notices, those left from earlier
// too. The error wraps [ErrSettings] where a setting is wrong.
func New(ctx context.Context, env counterparty.Env, set Settings) (*Network, error) {
	if err := set.validate(); err != nil {
		return nil, err
	}
	if err := env.Migrate(ctx, "atm", migrations); err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	n := &Network{env: env, set: set, stop: stop}
	n.work.Go(func() { n.watch(running) })
	return n, nil
}

// Close stops sending; what was not taken yet is sent after the next start.
func (n *Network) Close() error {
	n.stop()
	n.work.Wait()
	return nil
}

// order asks for numbers.
type order struct {
	IssueID   string         `json:"issue_id"`
	Amount    remittance.Yen `json:"amount"`
	ExpiresAt time.Time      `json:"expires_at"`
}

// issue books an order once: the same id and order find the issue as it stands.
func (n *Network) issue(ctx context.Context, o order) (i *issue, fresh bool, err error) {
	err = n.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		i, err = n.load(ctx, tx, issueByID, o.IssueID)
		switch {
		case err == nil && (i.amount != o.Amount || !i.expiresAt.Equal(o.ExpiresAt)):
			return codeConflict
		case !errors.Is(err, errNoIssue):
			return err
		}
		if err := n.check(o); err != nil {
			return err
		}
		fresh = true
		i, err = n.open(ctx, tx, o)
		return err
	})
	return i, fresh, err
}

func (n *Network) open(ctx context.Context, tx *database.Tx, o order) (*issue, error) {
	m := magicOf(o.Amount)
	i := &issue{id: o.IssueID, amount: o.Amount, expiresAt: o.ExpiresAt.UTC(), state: Issued, due: m.due, dueAt: n.env.Now()}
	if m.due == duePay {
		i.dueAt = i.dueAt.Add(n.set.Moment)
	}
	if err := n.insert(ctx, tx, i); err != nil {
		return nil, err
	}
	return i, fired(ctx, tx, m)
}

// check is what the network refuses by its rules.
func (n *Network) check(o order) error {
	switch {
	case o.Amount > n.set.MaxAmount:
		return codeOverLimit
	case !n.set.Coins && o.Amount%1_000 != 0, o.Amount < 1_000:
		return codeThousands
	case !o.ExpiresAt.After(n.env.Now()):
		return codeExpiryPassed
	case magicOf(o.Amount).refused:
		return codeRefused
	}
	return nil
}

func (n *Network) enquire(ctx context.Context, id string) (i *issue, err error) {
	err = n.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		i, err = n.load(ctx, tx, issueByID, id)
		return err
	})
	return i, err
}

// cancel ends an open issue. What is over without payment stays as it is. The
// refusal is given beside the issue, because the books may have moved with it.
func (n *Network) cancel(ctx context.Context, id string) (i *issue, refused *refusal, err error) {
	err = n.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		i, err = n.load(ctx, tx, issueByID, id)
		if err != nil {
			return err
		}
		refused = i.endsNoMore()
		if i.dispensing || !i.open() {
			return nil
		}
		if magicOf(i.amount).atEnd && i.state == Issued {
			i.startDispensing(n.env.Now(), n.set.Moment)
			refused = codeDispensing
			return n.record(ctx, tx, i)
		}
		i.end(Cancelled, n.env.Now())
		return n.record(ctx, tx, i)
	})
	return i, refused, err
}

// endsNoMore says why nothing can keep the cash from the recipient any more.
func (i *issue) endsNoMore() *refusal {
	switch {
	case i.state == Withdrawn:
		return codeWithdrawn
	case i.dispensing:
		return codeDispensing
	}
	return nil
}

// reissue gives the nth numbers in the place of earlier ones.
func (n *Network) reissue(ctx context.Context, id string, count int) (i *issue, refused *refusal, err error) {
	err = n.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		i, err = n.load(ctx, tx, issueByID, id)
		if err != nil {
			return err
		}
		refused = i.keepsNumbers(count)
		if refused == nil && count > i.reissues {
			// Only the first numbers are locked by magic.
			i.state, i.reissues, i.wrong, i.due = Issued, count, 0, dueNothing
			return errors.Join(n.giveNumbers(ctx, tx, i), n.record(ctx, tx, i))
		}
		return nil
	})
	return i, refused, err
}

// keepsNumbers says why the nth numbers are not given.
func (i *issue) keepsNumbers(count int) *refusal {
	switch {
	case i.state == Cancelled:
		return codeCancelled
	case i.state == Expired:
		return codeExpired
	case i.open() && count < i.reissues:
		return codeSuperseded
	}
	return i.endsNoMore()
}

// entry is what a person types into an ATM.
type entry struct{ partner, customer, confirmation string }

// verdict is what the ATM makes of an entry.
type verdict string

const (
	entryGood    verdict = "good"
	entryWrong   verdict = "wrong" // one of the numbers; it does not say which
	entryLocked  verdict = "locked"
	entryBusy    verdict = "dispensing"
	entryOver    verdict = "over" // withdrawn, cancelled or expired
	entryPaidOut verdict = "paid"
)

// enter looks an entry up and, if pay, pays out what it stands for: once,
// whatever else happens to the issue at the same time. A wrong confirmation
// number is counted and locks the issue in the end.
func (n *Network) enter(ctx context.Context, e entry, pay bool) (i *issue, v verdict, err error) {
	err = n.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		i, v = nil, entryWrong
		found, err := n.load(ctx, tx, issueByNumber, e.customer)
		if errors.Is(err, errNoIssue) || err == nil && e.partner != n.set.PartnerCode {
			return nil
		}
		if err != nil {
			return err
		}
		i = found
		var happened []event
		v, happened = i.judge(e, n.set.WrongEntries, n.env.Now())
		if v == entryGood && pay {
			v = entryPaidOut
			i.end(Withdrawn, n.env.Now())
			happened = append(happened, event{eventWithdrawn, i.endedAt})
		}
		return n.record(ctx, tx, i, happened...)
	})
	return i, v, err
}

func (i *issue) judge(e entry, wrongEntries int, now time.Time) (verdict, []event) {
	switch {
	case !i.open():
		return entryOver, nil
	case i.state == Locked:
		return entryLocked, nil
	case i.dispensing:
		return entryBusy, nil
	case subtle.ConstantTimeCompare([]byte(e.confirmation), []byte(i.numbers.confirmation)) == 1:
		return entryGood, nil
	}
	i.wrong++
	if i.wrong < wrongEntries {
		return entryWrong, nil
	}
	i.state, i.due = Locked, dueNothing
	return entryLocked, []event{{eventLocked, now}}
}

// receiptNo is the network's own number of an issue, 12 digits.
func (i *issue) receiptNo() string { return fmt.Sprintf("70%010d", i.serial) }

// payable is what of the amount an ATM pays in notes.
func (i *issue) payable() remittance.Yen { return i.amount - i.amount%1_000 }

// firstAnswerLost reports whether the answer to this request is to be lost.
func (n *Network) firstAnswerLost(ctx context.Context, i *issue) (bool, error) {
	if !magicOf(i.amount).lose {
		return false, nil
	}
	attempt, err := n.env.Faults.MagicAttempt(ctx, "atm "+i.id)
	return attempt == 1, err
}
