package app

import (
	"context"
	"errors"
	"time"

	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/web"
	"soukin/internal/zengin"
	"soukin/remittance"
)

// recipients fits orders and links to what the pages need: the holder of a
// token, and of a proof where codes are asked, acts on one remittance.
type recipients struct {
	orders *orders.Service
	links  *link.Links
	now    func() time.Time
}

func (r *recipients) View(ctx context.Context, token link.Token) (web.View, error) {
	ref, state, err := r.links.Open(ctx, token)
	if err != nil {
		return web.View{}, err
	}
	return r.view(ctx, ref, state)
}

func (r *recipients) view(ctx context.Context, ref remittance.Ref, state link.State) (web.View, error) {
	asked, err := r.orders.Asked(ctx, ref)
	if err != nil {
		return web.View{}, err
	}
	v := web.View{
		Ref: ref, Sender: asked.Merchant.DisplayName, Purpose: asked.Purpose, Amount: asked.State.Amount,
		Status: asked.State.Status, Reason: asked.State.Reason, Created: asked.Created, Updated: asked.Updated,
		Designated: asked.Designated, Link: state,
		Contact: web.Contact(asked.Merchant.Settings.Help),
	}
	if asked.State.Status == remittance.AwaitingRecipient && asked.State.Deadline != nil {
		v.Deadline = *asked.State.Deadline
		v.Open = r.now().Before(v.Deadline)
	}
	return v, nil
}

func (r *recipients) Prove(ctx context.Context, token link.Token, answers []link.Answer) (link.Proof, link.State, error) {
	return r.links.Prove(ctx, token, answers)
}

func (r *recipients) Designate(ctx context.Context, token link.Token, proof link.Proof, account zengin.Input) (web.View, error) {
	return r.act(ctx, token, proof, func(ref remittance.Ref) error {
		_, err := r.orders.Designate(ctx, ref, orders.Designation{Account: account})
		return err
	})
}

func (r *recipients) Decline(ctx context.Context, token link.Token, proof link.Proof) (web.View, error) {
	return r.act(ctx, token, proof, func(ref remittance.Ref) error {
		_, err := r.orders.Decline(ctx, ref)
		return err
	})
}

func (r *recipients) act(ctx context.Context, token link.Token, proof link.Proof, do func(remittance.Ref) error) (web.View, error) {
	ref, err := r.links.Check(ctx, token, proof)
	if err != nil {
		return web.View{}, err
	}
	if err := do(ref); err != nil {
		var refused *orders.Error
		if errors.As(err, &refused) && refused.Code == orders.CodeTooLate {
			return web.View{}, errors.Join(web.ErrClosed, err)
		}
		return web.View{}, err
	}
	return r.View(ctx, token)
}
