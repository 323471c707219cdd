package mailbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"soukin/internal/database"
)

// Kind is the way a message came.
type Kind string

// The kinds.
const (
	Mail Kind = "mail"
	SMS  Kind = "sms"
)

// ErrNotFound is returned for a message that is not in the mailbox.
var ErrNotFound = errors.New("no such message")

// Message is a message as it arrived, decoded.
type Message struct {
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind"`
	From       string    `json:"from"` // the envelope's sender; empty for SMS
	To         string    `json:"to"`   // address, or number as +81…
	ReceivedAt time.Time `json:"received_at"`
	Encrypted  bool      `json:"encrypted"` // came over TLS
	Subject    string    `json:"subject,omitempty"`
	MessageID  string    `json:"message_id,omitempty"`
	Text       string    `json:"text"` // the plain part
	HTML       string    `json:"html,omitempty"`
	Links      []string  `json:"links"` // web addresses in Text, in order

	raw []byte
}

// Filter selects messages; zero fields select all.
type Filter struct {
	To     string
	Kind   Kind
	Before string // only older than this id
	Limit  int    // 0 means 50
}

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return defaultLimit
	}
	return min(f.Limit, maxLimit)
}

const (
	defaultLimit = 50
	maxLimit     = 500

	insertMessage = `INSERT INTO mailbox_messages (id, kind, sender, recipient, received_at, encrypted, raw, idempotency)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (idempotency) DO NOTHING`
	selectMessages = `SELECT id, kind, sender, recipient, received_at, encrypted, raw FROM mailbox_messages`
	newestFirst    = ` WHERE ($1 = '' OR recipient = $1) AND ($2 = '' OR kind = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`
)

// keep stores a message for one recipient and gives its id; a key that was there
// before gives the id of then.
func (s *Server) keep(ctx context.Context, m Message, key string) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("keep message: %w", err)
	}
	kept := id.String()
	err = s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		kept = id.String()
		idempotency := sql.NullString{String: key, Valid: key != ""}
		res, err := tx.Exec(ctx, insertMessage, kept, string(m.Kind), m.From, strings.ToLower(m.To),
			s.now().UnixMicro(), m.Encrypted, m.raw, idempotency)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return tx.QueryRow(ctx, `SELECT id FROM mailbox_messages WHERE idempotency = $1`, key).Scan(&kept)
	})
	if err != nil {
		return "", fmt.Errorf("keep message: %w", err)
	}
	return kept, nil
}

// Messages lists messages, newest first.
func (s *Server) Messages(ctx context.Context, f Filter) ([]Message, error) {
	out := []Message{}
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, selectMessages+newestFirst, strings.ToLower(f.To), string(f.Kind), f.Before, f.limit())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			m, err := scan(rows)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return out, nil
}

// Message gives one message. Errors: [ErrNotFound].
func (s *Server) Message(ctx context.Context, id string) (Message, error) {
	var m Message
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		m, err = scan(tx.QueryRow(ctx, selectMessages+` WHERE id = $1`, id))
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Message{}, ErrNotFound
	}
	if err != nil {
		return Message{}, fmt.Errorf("read message: %w", err)
	}
	return m, nil
}

func scan(row interface{ Scan(...any) error }) (Message, error) {
	var (
		m        Message
		received int64
	)
	if err := row.Scan(&m.ID, &m.Kind, &m.From, &m.To, &received, &m.Encrypted, &m.raw); err != nil {
		return Message{}, err
	}
	m.ReceivedAt = time.UnixMicro(received).UTC()
	m.decode()
	return m, nil
}
