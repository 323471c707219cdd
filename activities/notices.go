package activities

import (
	"context"

	"go.temporal.io/sdk/worker"

	"soukin/contract"
)

// Notices tells recipients by mail and SMS, on a queue of its own: a slow mail
// server must not hold up money.
type Notices struct{ notifier Notifier }

// NewNotices makes the activities that tell recipients.
func NewNotices(n Notifier) *Notices { return &Notices{n} }

// RegisterNotices adds them to a worker of the notify queue.
func RegisterNotices(r worker.ActivityRegistry, n *Notices) { r.RegisterActivity(n) }

// SendNotice sends one notice. A repeated attempt after a lost answer may show
// the recipient the same message twice; it carries the same message id.
func (n *Notices) SendNotice(ctx context.Context, in contract.NoticeInput) (contract.NoticeResult, error) {
	res, err := n.notifier.Notify(ctx, in)
	return res, toTemporal(err)
}
