package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"soukin/examples"
	"soukin/internal/app"
	"soukin/internal/app/reconcile"
	"soukin/internal/books"
	"soukin/internal/cli/batch"
	"soukin/internal/database"
	"soukin/internal/ledger"
	"soukin/internal/ledger/audit"
	"soukin/internal/orders"
	"soukin/internal/record"
	"soukin/internal/sandbox/control"
	"soukin/remittance"
)

// Merchant is the one that the demo sends for.
const Merchant remittance.MerchantID = "demo"

// applicant is who pays in, as the bank's statement shows it.
const applicant = "ｶ)ﾃﾞﾓ"

// spare is what stays in the balance at the end, so that people can go on by
// hand.
const spare remittance.Yen = 500_000

const (
	// lookEvery is how often the table is renewed.
	lookEvery = 250 * time.Millisecond
	// showWaiting is how long a remittance is shown to wait for funds before the
	// demo pays more in.
	showWaiting = 3 * time.Second
)

// Watcher is told what a play does.
type Watcher interface {
	// Funded: money arrived at the bank and was taken into the balance.
	Funded(amount remittance.Yen, woken int)
	// Rows: the file's rows, now and then and after every change.
	Rows(rows []batch.Row)
	// Mailed: a message arrived that a person is to answer. Only where the demo
	// leaves the recipients to them.
	Mailed(m Mail)
}

// Summary is what became of a play: the demo's result, and its JSON document.
type Summary struct {
	Remittances []batch.Row     `json:"remittances"`
	Balances    ledger.Balances `json:"balances"`
	Audit       audit.Report    `json:"audit"`
	// Searched is the search for claim codes and ATM numbers, and SecretsFound how
	// often one of them was where it must not be.
	Searched     Searched `json:"searched"`
	SecretsFound int      `json:"secrets_found"`
	// AsExpected says that every row ended as the file says, the audit holds and
	// nobody kept a secret.
	AsExpected bool   `json:"as_expected"`
	Home       string `json:"home"`
	WebUI      string `json:"web_ui,omitempty"`
}

// Play sends the shipped files through the system, plays the recipients unless
// they are left to a person, and follows all to the end. It may be played again
// on the same system: the same orders are the same remittances.
func (s *System) Play(ctx context.Context, w Watcher) (Summary, error) {
	desk, err := app.OpenDesk(ctx, s.Config, s.log.With("process", "starter"), time.Now)
	if err != nil {
		return Summary{}, err
	}
	sum, err := s.play(ctx, desk, w)
	return sum, errors.Join(err, desk.Close())
}

func (s *System) play(ctx context.Context, desk *app.Desk, w Watcher) (Summary, error) {
	began, err := beganAt(ctx, desk)
	if err != nil {
		return Summary{}, err
	}
	rows, err := shipped(began)
	if err != nil {
		return Summary{}, err
	}
	b := batch.New(Merchant, rows)
	if err := s.prepare(ctx, desk, enoughForAllButOne(b.Rows()), w); err != nil {
		return Summary{}, err
	}
	// One after the other, so that the last row is the one that has to wait.
	if err := b.Send(ctx, desk.Orders, 1, func() { w.Rows(b.Rows()) }); err != nil {
		return Summary{}, err
	}
	r := s.newRecipients(desk, rows, people)
	if s.handsOn {
		r.told = w.Mailed
	}
	defer r.wait()
	if err := s.follow(ctx, desk, b, r, w); err != nil {
		return Summary{}, err
	}
	return s.summarize(ctx, desk, b)
}

// beganAt is when the demo was played here first: days in the files are counted
// from then, so that the same orders stay the same remittances.
func beganAt(ctx context.Context, desk *app.Desk) (time.Time, error) {
	m, err := desk.Record.Merchant(ctx, Merchant)
	if errors.Is(err, record.ErrNotFound) {
		return time.Now(), nil
	}
	return m.CreatedAt, err
}

// shipped gives the rows of all files. Those with recipients come first: they take
// the longest, and the last row must be the one that waits for funds.
func shipped(began time.Time) ([]orders.Row, error) {
	var rows []orders.Row
	for _, file := range [][]byte{examples.Links, examples.Rails(began), examples.Remittances} {
		more, err := orders.ParseCSV(bytes.NewReader(file))
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// prepare makes the merchant and pays in, once.
func (s *System) prepare(ctx context.Context, desk *app.Desk, funds remittance.Yen, w Watcher) error {
	_, err := desk.Record.Merchant(ctx, Merchant)
	if err == nil {
		return nil
	}
	if !errors.Is(err, record.ErrNotFound) {
		return err
	}
	if err := desk.Record.SaveMerchant(ctx, record.Merchant{
		ID: Merchant, DisplayName: "Demo Shop",
		Settings: record.Settings{
			Link: record.LinkTerms{MayShow: true},
			Help: record.Help{Phone: "03-0000-0000", Mail: "help@shop.example", Hours: "10:00-18:00"},
		},
	}); err != nil {
		return err
	}
	return s.payIn(ctx, desk, funds, w)
}

// enoughForAllButOne is what every row but the last needs, and a little of that
// one.
func enoughForAllButOne(rows []batch.Row) remittance.Yen {
	var sum, last remittance.Yen
	for _, r := range rows {
		if r.Expected != batch.Refused {
			sum += r.Amount
			last = r.Amount
		}
	}
	return sum - last/2
}

// payIn lets a transfer arrive at the bank and takes it into the balance by its
// item of the statement.
func (s *System) payIn(ctx context.Context, desk *app.Desk, amount remittance.Yen, w Watcher) error {
	item, err := s.Sandbox.Deposit(ctx, control.Deposit{Amount: amount, Applicant: applicant})
	if err != nil {
		return fmt.Errorf("deposit at the sandbox: %w", err)
	}
	done, err := desk.Orders.Fund(ctx, Merchant, item.ItemKey, amount)
	if err != nil {
		return err
	}
	w.Funded(amount, done.Woken)
	return nil
}

// payInMissing brings the balance up to what waits and a little more.
func (s *System) payInMissing(ctx context.Context, desk *app.Desk, wanted remittance.Yen, w Watcher) error {
	balances, err := desk.Ledger.Balances(ctx, Merchant)
	if err != nil {
		return err
	}
	return s.payIn(ctx, desk, max(0, wanted-balances.Available)+spare, w)
}

func (s *System) follow(ctx context.Context, desk *app.Desk, b *batch.Batch, r *recipients, w Watcher) error {
	ctx, cancel := s.broken(ctx)
	defer cancel(nil)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	till := till{s: s, desk: desk, w: w}
	for {
		if err := b.Refresh(ctx, desk.Record); err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		rows := b.Rows()
		w.Rows(rows)
		if err := r.act(ctx, rows); err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		if b.Settled() && r.idle(rows) {
			return nil
		}
		if err := till.look(ctx, b); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// till pays in when remittances have waited for funds long enough to be seen.
type till struct {
	s     *System
	desk  *app.Desk
	w     Watcher
	since time.Time
}

func (t *till) look(ctx context.Context, b *batch.Batch) error {
	n, wanted := b.Waiting()
	switch {
	case n == 0:
		t.since = time.Time{}
	case t.since.IsZero():
		t.since = time.Now()
	case time.Since(t.since) > showWaiting:
		t.since = time.Now()
		return t.s.payInMissing(ctx, t.desk, wanted, t.w)
	}
	return nil
}

// broken ends a context when a process of the installation breaks.
func (s *System) broken(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case err := <-s.failed:
			cancel(err)
		case <-s.TemporalGone():
			cancel(errors.New("the Temporal server ended by itself"))
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// summarize audits when nothing moves any more, so that both sides must agree.
func (s *System) summarize(ctx context.Context, desk *app.Desk, b *batch.Batch) (Summary, error) {
	balances, err := desk.Ledger.Balances(ctx, Merchant)
	if err != nil {
		return Summary{}, err
	}
	report, err := books.Audit(ctx, desk.DB)
	if err != nil {
		return Summary{}, err
	}
	err = reconcile.Check(ctx, reconcile.Sources{Record: desk.Record, Ledger: desk.Ledger, Sandbox: s.Sandbox, AmazonPartner: s.Config.Amazon.PartnerID}, &report)
	if err != nil {
		return Summary{}, err
	}
	// The sandbox's ATM network knows the numbers that it pays out for, as the real
	// one does. Nobody else may, and claim codes nobody at all.
	searched, err := s.secrets.search(s.Home, s.Config.Sandbox.State)
	if err == nil && desk.DB.Dialect() == database.PostgreSQL {
		err = s.secrets.searchTables(ctx, desk.DB, &searched)
	}
	if err != nil {
		return Summary{}, fmt.Errorf("search for secrets: %w", err)
	}
	return Summary{
		Remittances: b.Rows(), Balances: balances, Audit: report, Searched: searched, SecretsFound: len(searched.Found),
		AsExpected: report.OK && len(b.Unexpected()) == 0 && len(searched.Found) == 0, Home: s.Home, WebUI: s.WebUI,
	}, nil
}

// WorkflowsURL is the Web UI's list of workflows under a filter in Temporal's
// query language; empty without a Web UI.
func (s *System) WorkflowsURL(query string) string {
	if s.WebUI == "" {
		return ""
	}
	return s.WebUI + "/namespaces/" + url.PathEscape(s.Config.Temporal.Namespace()) + "/workflows?query=" + url.QueryEscape(query)
}
