package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/link"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/web"
	"soukin/remittance"
)

// recipients fits orders and links to what the pages need: the holder of a
// token, and of a proof where codes are asked, acts on one remittance.
type recipients struct {
	orders *orders.Service
	links  *link.Links
	now    func() time.Time
	// maxReissues is how often ATM numbers are replaced.
	maxReissues int
	login       recipientLogin
	// reveal asks Amazon for the claim code of a card that was created under a
	// key. It would create one under a key that was never used.
	reveal func(ctx context.Context, k remittance.Key, amount remittance.Yen) (string, error)
}

// recipientLogin is what logs recipients in at Amazon.
type recipientLogin interface {
	Begin(token link.Token, proof link.Proof, ref remittance.Ref) (string, error)
	Return(state string) (link.Token, link.Proof, error)
	Finish(ctx context.Context, state, code string) (link.Token, link.Proof, string, error)
	Open(sealed string, ref remittance.Ref) (string, error)
}

// NewRecipients makes what the pages ask of the product.
func NewRecipients(cfg config.Config, store *Store, service *orders.Service, now func() time.Time) (web.Remittances, error) {
	login, err := NewAmazonLogin(cfg, store.Vault, now, nil)
	if err != nil {
		return nil, fmt.Errorf("login at Amazon: %w", err)
	}
	gifts, err := NewAmazonClient(cfg.Amazon, nil, now)
	if err != nil {
		return nil, fmt.Errorf("gift cards: %w", err)
	}
	reveal := func(ctx context.Context, k remittance.Key, amount remittance.Yen) (string, error) {
		code, err := gifts.Reveal(ctx, k, amount)
		return code.Reveal(), err
	}
	return &recipients{orders: service, links: store.Links, now: now, maxReissues: cfg.ATM.MaxReissues, login: login, reveal: reveal}, nil
}

func (r *recipients) View(ctx context.Context, token link.Token) (web.View, error) {
	ref, state, err := r.links.Open(ctx, token)
	if err != nil {
		return web.View{}, err
	}
	asked, err := r.orders.Asked(ctx, ref)
	if err != nil {
		return web.View{}, err
	}
	v := r.view(asked)
	v.Link = state
	if v.Cash != nil {
		shown, err := r.orders.Show(ctx, ref)
		if err != nil {
			return web.View{}, err
		}
		v.Cash.ReissuesLeft = reissuesLeft(shown.Timeline, r.maxReissues)
	}
	return v, nil
}

// view tells what was asked in the words of the pages.
func (r *recipients) view(asked orders.Asked) web.View {
	s := asked.State
	v := web.View{
		Ref: s.Ref, Sender: asked.Merchant.DisplayName, Purpose: asked.Purpose, Amount: s.Amount,
		Status: s.Status, Reason: s.Reason, Created: asked.Created, Updated: asked.Updated, Designated: asked.Designated,
		Contact: web.Contact(asked.Merchant.Settings.Help),
	}
	waiting := s.Status == remittance.AwaitingRecipient && s.Deadline != nil
	rail := cmp.Or(s.Rail, s.Pattern.Rail())
	switch {
	case waiting && !s.InFlight:
		v.Deadline = *s.Deadline
		v.Open = r.now().Before(v.Deadline)
		v.Ways = waysOf(asked)
		v.Failed = failureOf(s, rail)
	case waiting && rail == remittance.RailATM:
		v.Rail = rail
		v.Cash = &web.Cash{Until: *s.Deadline, Locked: s.Reason == remittance.NumbersLocked}
	default:
		v.Rail, v.Form = rail, formOf(asked, rail)
		v.Code = hasCode(s, v.Form)
	}
	return v
}

// waysOf lists what can be chosen, and what could be for a smaller amount. A way
// that failed for good is not among them. A limit that was lowered after the order
// takes nothing away: the order was taken under the one before.
func waysOf(asked orders.Asked) []web.Way {
	var out []web.Way
	for _, w := range asked.Ways {
		if over := asked.State.Amount > w.Cap; w.Available || over {
			out = append(out, web.Way{Rail: w.Rail, Form: w.Form, Limit: w.Cap, Available: w.Available})
		}
	}
	return out
}

func formOf(asked orders.Asked, rail remittance.Rail) remittance.GiftForm {
	for _, w := range asked.Ways {
		if w.Rail == rail {
			return w.Form
		}
	}
	return ""
}

// failureOf is why a link that waits has been used before.
func failureOf(s contract.State, rail remittance.Rail) *web.Failure {
	switch s.Reason {
	case remittance.ReasonNone, remittance.WaitsForRecipient:
		return nil
	}
	return &web.Failure{Rail: rail, Reason: s.Reason}
}

// hasCode says that a card is known to have been created: only then may its code
// be asked for, which would create one otherwise.
func hasCode(s contract.State, form remittance.GiftForm) bool {
	return form == remittance.GiftCode && s.RailRef != "" && (s.Status == remittance.Sent || s.Status == remittance.Paid)
}

// reissuesLeft counts the steps that kept a remittance at the ATMs with new
// numbers, since the first ones were issued.
func reissuesLeft(timeline []record.Step, most int) int {
	left := most
	for _, step := range timeline {
		switch {
		case step.From != step.To:
			left = most
		case step.Note == noteReissued:
			left--
		}
	}
	return max(left, 0)
}

// noteReissued is what the workflow notes when new numbers are out.
const noteReissued = "numbers_reissued"

func (r *recipients) Prove(ctx context.Context, token link.Token, answers []link.Answer) (link.Proof, link.State, error) {
	return r.links.Prove(ctx, token, answers)
}

func (r *recipients) Designate(ctx context.Context, token link.Token, proof link.Proof, d web.Designation) (web.View, error) {
	return r.act(ctx, token, proof, func(ref remittance.Ref) error {
		to := orders.Designation{Rail: d.Rail, Account: d.Account, Member: d.Member}
		if d.Login != "" {
			user, err := r.login.Open(d.Login, ref)
			if err != nil {
				return errors.Join(web.ErrLogin, err)
			}
			to.AmazonUser = user
		}
		_, err := r.orders.Designate(ctx, ref, to)
		return err
	})
}

func (r *recipients) Decline(ctx context.Context, token link.Token, proof link.Proof) (web.View, error) {
	return r.act(ctx, token, proof, func(ref remittance.Ref) error {
		_, err := r.orders.Decline(ctx, ref)
		return err
	})
}

func (r *recipients) Reissue(ctx context.Context, token link.Token, proof link.Proof) (web.View, error) {
	return r.act(ctx, token, proof, func(ref remittance.Ref) error {
		_, err := r.orders.Reissue(ctx, ref, remittance.ActorRecipient)
		return err
	})
}

func (r *recipients) Numbers(ctx context.Context, token link.Token, proof link.Proof) (web.Numbers, error) {
	ref, err := r.links.Check(ctx, token, proof)
	if err != nil {
		return web.Numbers{}, err
	}
	n, err := r.orders.Numbers(ctx, ref)
	if err != nil {
		return web.Numbers{}, toldBy(err)
	}
	return web.Numbers{Partner: n.Partner(), Customer: n.Customer(), Confirmation: n.Confirmation()}, nil
}

func (r *recipients) GiftCode(ctx context.Context, token link.Token, proof link.Proof) (string, error) {
	ref, err := r.links.Check(ctx, token, proof)
	if err != nil {
		return "", err
	}
	asked, err := r.orders.Asked(ctx, ref)
	if err != nil {
		return "", err
	}
	s := asked.State
	if !hasCode(s, formOf(asked, remittance.RailAmazon)) || s.Rail != remittance.RailAmazon {
		return "", web.ErrClosed
	}
	code, err := r.reveal(ctx, remittance.Key{Ref: ref, Step: remittance.RailAmazon.Step(), Generation: s.Generation}, s.Amount)
	if refused, ok := errors.AsType[*remittance.RailError](err); ok && refused.Outcome == remittance.OutcomeRejected {
		return "", errors.Join(web.ErrClosed, err) // taken back meanwhile
	}
	return code, err
}

func (r *recipients) BeginLogin(ctx context.Context, token link.Token, proof link.Proof) (string, error) {
	ref, err := r.links.Check(ctx, token, proof)
	if err != nil {
		return "", err
	}
	return r.login.Begin(token, proof, ref)
}

func (r *recipients) FinishLogin(ctx context.Context, state, code string) (link.Token, link.Proof, string, error) {
	if code == "" {
		token, proof, err := r.login.Return(state)
		return token, proof, "", errors.Join(web.ErrLogin, err)
	}
	token, proof, login, err := r.login.Finish(ctx, state, code)
	if err != nil {
		// Nothing was moved: whatever went wrong, logging in again is what helps.
		return token, proof, "", errors.Join(web.ErrLogin, err)
	}
	return token, proof, login, nil
}

func (r *recipients) act(ctx context.Context, token link.Token, proof link.Proof, do func(remittance.Ref) error) (web.View, error) {
	ref, err := r.links.Check(ctx, token, proof)
	if err != nil {
		return web.View{}, err
	}
	if err := do(ref); err != nil {
		return web.View{}, toldBy(err)
	}
	return r.View(ctx, token)
}

// toldBy gives a refusal of the orders its meaning for the pages.
func toldBy(err error) error {
	for _, refused := range orders.FaultsOf(err) {
		switch refused.Rule {
		case orders.RuleMember:
			return &web.FieldFault{Field: web.FieldMember, Ja: refused.Sentence(remittance.Ja), En: refused.Sentence(remittance.En)}
		case orders.RuleNoLogin:
			return errors.Join(web.ErrLogin, err)
		case orders.RuleNoWay:
			return errors.Join(web.ErrWay, err)
		case orders.RuleNoNumbers:
			return errors.Join(web.ErrClosed, err)
		}
		if refused.Code == orders.CodeTooLate {
			return errors.Join(web.ErrClosed, err)
		}
	}
	return err
}
