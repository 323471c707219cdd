package demo_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"soukin/internal/cli/batch"
	"soukin/internal/cli/demo"
	"soukin/remittance"
)

// reader is a person who only reads what arrives, and ends the demo then.
type reader struct {
	mails map[string]demo.Mail
	rows  []batch.Row
	want  int
	done  func(error)
}

var errAllRead = errors.New("everything was read")

func (r *reader) Funded(remittance.Yen, int) {}
func (r *reader) Rows(rows []batch.Row)      { r.rows = rows }
func (r *reader) Mailed(m demo.Mail) {
	r.mails[m.RemittanceID] = m
	if len(r.mails) == r.want {
		r.done(errAllRead)
	}
}

func TestHandsOnLeavesTheRecipientsToAPerson(t *testing.T) {
	needsServer(t)
	s, err := demo.Start(context.Background(), demo.Options{Environ: private(t), State: t.TempDir(), HandsOn: true})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &reader{mails: map[string]demo.Mail{}, want: 7 + 19, done: cancel}
	_, err = s.Play(ctx, r)
	require.ErrorIs(t, err, errAllRead)

	assert.Equal(t, []string{"1234"}, r.mails["L-01"].Codes)
	assert.Equal(t, "+819000000006", r.mails["L-06"].To)
	client := http.Client{Timeout: time.Minute}
	for id, m := range r.mails {
		answer, err := client.Get(m.Link)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusOK, answer.StatusCode, id)
	}
	for _, row := range r.rows {
		if row.Pattern.HasPage() && row.Status != batch.Refused {
			assert.Equal(t, string(remittance.AwaitingRecipient), row.Status, "%s: nobody acted", row.RemittanceID)
			assert.Greater(t, time.Until(*row.Deadline), 24*time.Hour, "%s: a person has time", row.RemittanceID)
		}
	}
	inbox, err := client.Get(s.MailboxURL())
	require.NoError(t, err)
	require.NoError(t, inbox.Body.Close())
	assert.Equal(t, http.StatusOK, inbox.StatusCode)
}
