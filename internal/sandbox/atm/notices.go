package atm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/sethvargo/go-retry"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"soukin/internal/database"
	"soukin/internal/sandbox/faults"
)

const (
	insertNotice  = `INSERT INTO atm_notices (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`
	noticesToSend = `SELECT id, body FROM atm_notices WHERE fate = '' ORDER BY id LIMIT 1000`
	endNotice     = `UPDATE atm_notices SET fate = $2 WHERE id = $1`

	// lookEvery is how often the network looks what happened by itself and what is
	// to be sent, in real time.
	lookEvery    = 200 * time.Millisecond
	noticeWait   = 5 * time.Second // for an answer
	longestPause = 30 * time.Second
)

// fate is what became of a notice.
type fate string

const (
	fateTaken   fate = "taken"
	fateLost    fate = "lost" // by the fault plan
	fateGivenUp fate = "given_up"
)

type notice struct{ id, body string }

// queueNotice books a notice beside what it tells of.
func (n *Network) queueNotice(ctx context.Context, tx *database.Tx, i *issue, e event) error {
	if n.set.NoticeURL == "" {
		return nil
	}
	body, err := json.Marshal(struct {
		Type      string    `json:"type"`
		IssueID   string    `json:"issue_id"`
		ReceiptNo string    `json:"receipt_no"`
		At        time.Time `json:"at"`
	}{e.kind, i.id, i.receiptNo(), e.at})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insertNotice, noticeID(i, e), string(body))
	return err
}

// noticeID is the same for the same event, so that a fault plan strikes the same
// notices again.
func noticeID(i *issue, e event) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", i.id, e.kind, i.reissues))
	return fmt.Sprintf("msg_%x", sum[:12])
}

// watch lets happen what falls due and sends notices, until ctx ends.
func (n *Network) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := n.look(ctx); err != nil && ctx.Err() == nil {
			n.env.Log.Error("ATM network", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (n *Network) look(ctx context.Context) error {
	if err := n.catchUpAll(ctx); err != nil {
		return err
	}
	waiting, err := collect(ctx, n, func(row scanner) (m notice, err error) { return m, row.Scan(&m.id, &m.body) }, noticesToSend)
	for _, m := range waiting {
		if _, busy := n.sending.LoadOrStore(m.id, true); !busy {
			n.work.Go(func() {
				defer n.sending.Delete(m.id)
				n.send(ctx, m)
			})
		}
	}
	return err
}

// send brings one notice to its fate. Stopped on the way, it has none yet.
func (n *Network) send(ctx context.Context, m notice) {
	end, err := n.deliver(ctx, m)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		err = n.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, endNotice, m.id, string(end))
			return err
		})
	}
	if err != nil && ctx.Err() == nil {
		n.env.Log.Error("ATM network: notice", "id", m.id, "error", err)
	}
}

// deliver sends as the fault plan has it: late, never, or twice.
func (n *Network) deliver(ctx context.Context, m notice) (fate, error) {
	kind, wait := n.env.Faults.Plan().Call("atm notice "+m.id, 1)
	if wait > 0 {
		if err := n.env.Faults.Fired(ctx, faults.Latency); err != nil {
			return "", err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	switch kind {
	case faults.RefusedBefore:
		return fateLost, n.env.Faults.Fired(ctx, kind)
	case faults.AnswerLost, faults.Duplicate:
		if err := n.env.Faults.Fired(ctx, kind); err != nil {
			return "", err
		}
		n.try(ctx, m)
	}
	return n.try(ctx, m), nil
}

// try sends until somebody takes it or the tries are used up.
func (n *Network) try(ctx context.Context, m notice) fate {
	pause := retry.WithMaxRetries(uint64(n.set.NoticeTries-1), retry.WithCappedDuration(longestPause, retry.NewExponential(n.set.NoticePause)))
	err := retry.Do(ctx, pause, func(ctx context.Context) error { return retry.RetryableError(n.post(ctx, m)) })
	if err != nil {
		n.env.Log.Warn("ATM network: nobody takes the notice", "id", m.id, "error", err)
		return fateGivenUp
	}
	return fateTaken
}

func (n *Network) post(ctx context.Context, m notice) error {
	hook, err := standardwebhooks.NewWebhook(n.set.NoticeSecret)
	if err != nil {
		return err
	}
	// The receiver compares with the real time, whatever the sandbox's clock says.
	now := time.Now()
	signature, err := hook.Sign(m.id, now, []byte(m.body))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, noticeWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.set.NoticeURL, bytes.NewReader([]byte(m.body)))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(standardwebhooks.HeaderWebhookID, m.id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<12)) // so that the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("HTTP %d", res.StatusCode)
	}
	return nil
}

type scanner interface{ Scan(...any) error }

// collect reads all rows of a query.
func collect[T any](ctx context.Context, n *Network, read func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	err = n.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		out = nil
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			one, err := read(rows)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return rows.Err()
	})
	return out, err
}
