package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"soukin/activities"
	"soukin/contract"
)

var notices *activities.Notices // method references only

// outbox sends notices one after the other beside the main loop. A notice that
// cannot be delivered never holds up or fails the remittance; it is written on
// the timeline and asks for attention.
type outbox struct {
	life    *life
	waiting []contract.NoticeInput
	busy    bool
	count   int
}

func newOutbox(ctx workflow.Context, l *life) *outbox {
	o := &outbox{life: l}
	work, _ := workflow.NewDisconnectedContext(ctx) // "cancelled" is a notice too
	workflow.Go(work, o.run)
	return o
}

func (o *outbox) put(n contract.NoticeInput) {
	if n.Contact == "" {
		return // the merchant hands the link over by itself
	}
	o.count++
	n.Key = fmt.Sprintf("%s/%d", n.Kind, o.count)
	o.waiting = append(o.waiting, n)
}

func (o *outbox) empty() bool { return len(o.waiting) == 0 && !o.busy }

func (o *outbox) run(ctx workflow.Context) {
	for {
		if err := workflow.Await(ctx, func() bool { return len(o.waiting) > 0 }); err != nil {
			return
		}
		n := o.waiting[0]
		o.waiting, o.busy = o.waiting[1:], true
		o.send(ctx, n)
		o.busy = false
	}
}

func (o *outbox) send(ctx workflow.Context, n contract.NoticeInput) {
	_, err := call(withNotice(ctx, "tell the recipient: "+string(n.Kind)), notices.SendNotice, n)
	what, failed := "notice_sent:"+string(n.Kind), err != nil
	if failed {
		what = "notice_failed:" + string(n.Kind)
	}
	if err := o.life.note(ctx, what, failed); err != nil {
		workflow.GetLogger(ctx).Error("notice not written on the timeline", "kind", n.Kind, "error", err)
	}
}
