package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"soukin/config"
	"soukin/contract"
	"soukin/internal/rails/atm"
	"soukin/internal/record"
	"soukin/remittance"
)

// ATMNoticePath is where the ATM network sends its notices.
const ATMNoticePath = "/hooks/atm"

const (
	// maxNotice is far more than any notice of a rail has.
	maxNotice = 16 << 10
	// maxForged is how many notices with a bad signature are kept a day, as
	// evidence. More are refused and forgotten: anybody can send them.
	maxForged = 20
	// signalWait is how long telling the workflow may take.
	signalWait = 10 * time.Second
)

// NoticeDoor takes the ATM network's notices: it verifies the signature over the
// raw body, keeps the body sealed, answers, and wakes the workflow, which then
// enquires. A notice is a hint and never proof; one that is lost costs time only.
//
//	what came                       answer   kept              workflow
//	good                            204      once, by its id   told
//	good, again                     204      -                 told: the first time may have died in between
//	good, unreadable or of a stranger's order  204  once       -
//	bad or old signature            401      a few a day       -
//	too large                       413      -                 -
//	good, our database is down      503      -                 -, the network sends it again
type NoticeDoor struct {
	Verifier *atm.Verifier
	Keep     func(context.Context, record.Notice) (fresh bool, err error)
	Seal     func(plain []byte, about string) ([]byte, error)
	// Tell wakes the workflow of a remittance. One that is gone is no error.
	Tell func(context.Context, remittance.Ref) error
	Now  func() time.Time
	Log  *slog.Logger

	mu     sync.Mutex
	day    string // of the forged notices counted
	forged int
}

func atmNoticeDoor(cfg config.ATM, store *Store, c client.Client, o options) (*NoticeDoor, error) {
	verifier, err := atm.NewVerifier(cfg.NoticeSecret.Reveal())
	if err != nil {
		return nil, fmt.Errorf("SOUKIN_ATM_NOTICE_SECRET_FILE: %w", err)
	}
	return &NoticeDoor{Verifier: verifier, Keep: store.Record.KeepNotice, Seal: store.Vault.Seal,
		Tell: func(ctx context.Context, ref remittance.Ref) error { return tellWorkflow(ctx, c, ref) }, Now: o.now, Log: o.log}, nil
}

func tellWorkflow(ctx context.Context, c client.Client, ref remittance.Ref) error {
	err := c.SignalWorkflow(ctx, ref.WorkflowID(), "", contract.SignalRailNotice, nil)
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	return err
}

// ServeHTTP answers POST.
func (d *NoticeDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotice))
	if err != nil {
		http.Error(w, "the notice is too large or was cut", http.StatusRequestEntityTooLarge)
		return
	}
	// What was taken must be kept, also if the sender hangs up now.
	ctx := context.WithoutCancel(r.Context())
	notice, err := d.Verifier.Verify(raw, r.Header)
	if errors.Is(err, atm.ErrSignature) {
		d.keepForged(ctx, raw)
		http.Error(w, "the signature is missing, wrong or too old", http.StatusUnauthorized)
		return
	}
	if keepErr := d.keep(ctx, notice.ID, record.VerdictGood, raw); keepErr != nil {
		d.Log.ErrorContext(ctx, "notice not kept", "source", remittance.RailATM, "notice", notice.ID, "error", keepErr)
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
	// The sender need not wait for Temporal. Where the answer cannot be sent ahead
	// it goes out a moment later.
	_ = http.NewResponseController(w).Flush()
	if err != nil {
		d.Log.WarnContext(ctx, "notice about nothing we know", "source", remittance.RailATM, "notice", notice.ID, "error", err)
		return
	}
	d.tell(ctx, notice)
}

func (d *NoticeDoor) tell(ctx context.Context, n atm.Notice) {
	ctx, cancel := context.WithTimeout(ctx, signalWait)
	defer cancel()
	if err := d.Tell(ctx, n.Key.Ref); err != nil {
		// The workflow looks by itself after SOUKIN_RAILS_WATCH_EVERY.
		d.Log.WarnContext(ctx, "workflow not told of a notice", "source", remittance.RailATM, "notice", n.ID, "remittance", n.Key.Ref.String(), "error", err)
	}
}

func (d *NoticeDoor) keep(ctx context.Context, id string, v record.Verdict, raw []byte) error {
	sealed, err := d.Seal(raw, NoticeSeal(string(remittance.RailATM), id))
	if err != nil {
		return err
	}
	_, err = d.Keep(ctx, record.Notice{Source: string(remittance.RailATM), ID: id, ReceivedAt: d.Now(), Verdict: v, Sealed: sealed})
	return err
}

// NoticeSeal is what the sealed body of a notice is bound to: the vault
// opens it with the same words only.
func NoticeSeal(source, id string) string { return "notice " + source + " " + id }

// keepForged keeps a forged notice under an id of ours: the id that it claims may
// be one that a true notice will have.
func (d *NoticeDoor) keepForged(ctx context.Context, raw []byte) {
	id, ok := d.forgedID()
	if !ok {
		return
	}
	d.Log.WarnContext(ctx, "notice with a bad signature", "source", remittance.RailATM, "notice", id)
	if err := d.keep(ctx, id, record.VerdictBad, raw); err != nil {
		d.Log.ErrorContext(ctx, "notice not kept", "source", remittance.RailATM, "notice", id, "error", err)
	}
}

// forgedID gives the same few ids to every process, so that the day's limit holds
// for all of them together, and whatever is sent.
func (d *NoticeDoor) forgedID() (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if today := d.Now().UTC().Format(time.DateOnly); today != d.day {
		d.day, d.forged = today, 0
	}
	if d.forged == maxForged {
		return "", false
	}
	d.forged++
	return fmt.Sprintf("forged %s %d", d.day, d.forged), true
}
