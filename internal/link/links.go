package link

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

// What the methods of [Links] report. Messages carry no token, proof or code.
var (
	// ErrUnknown: no such link, or a text that is no token of ours.
	ErrUnknown = errors.New("no such link")
	// ErrEnded: the token was ours, but newer ones or a revocation replaced it.
	ErrEnded = errors.New("this link has ended; the newest message has the one that works")
	// ErrConflict: the link was created before with other codes.
	ErrConflict = errors.New("the link exists with other auth codes")
	// ErrWrong: at least one code is wrong.
	ErrWrong = errors.New("wrong auth code")
	// ErrLocked: too many wrong tries; no code was compared.
	ErrLocked = errors.New("the link is locked after too many wrong auth codes")
	// ErrProof: the proof is missing, too old, or another link's.
	ErrProof = errors.New("the auth codes must be given again")
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the tables of links up to date.
func Migrate(ctx context.Context, db *database.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return db.Migrate(ctx, "link", files)
}

// Links is all links of an installation. It is safe for use by many goroutines
// and by many processes that share a database.
type Links struct {
	db    *database.DB
	keyed func([]byte) string
	now   func() time.Time
	set   Settings
}

// New gives the links in a migrated database. keyed is a keyed hash that never
// changes ([soukin/internal/vault.Vault.Fingerprint]). Errors: those of
// [Settings.Validate].
func New(db *database.DB, keyed func([]byte) string, now func() time.Time, s Settings) (*Links, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s.Locks = slices.Clone(s.Locks)
	return &Links{db: db, keyed: keyed, now: now, set: s}, nil
}

const (
	insertLink = `INSERT INTO links (merchant, remittance_id, issued, wrong, last_wrong_at, created_at) VALUES ($1, $2, 0, 0, 0, $3)
ON CONFLICT (merchant, remittance_id) DO NOTHING`
	insertCode = `INSERT INTO link_codes (merchant, remittance_id, position, label, hash) VALUES ($1, $2, $3, $4, $5)`
	readCodes  = `SELECT label, hash FROM link_codes WHERE merchant = $1 AND remittance_id = $2 ORDER BY position`
)

// Create makes the link of a remittance, with the codes that it asks for; none
// is allowed, but not by forgetting: a link that was not created issues no
// token. Creating it again with the same codes changes nothing. Errors:
// [ErrConflict], [ErrCode] for more than [MaxCodes].
func (l *Links) Create(ctx context.Context, ref remittance.Ref, codes []Code) error {
	if len(codes) > MaxCodes {
		return fmt.Errorf("%w: a link asks for at most %d codes, not %d", ErrCode, MaxCodes, len(codes))
	}
	want := make([]storedCode, len(codes))
	for i, c := range codes {
		want[i] = storedCode{c.Label, l.hash(ref, i, c.value.Reveal())}
	}
	return l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		res, err := tx.Exec(ctx, insertLink, string(ref.Merchant), string(ref.Remittance), l.now().UnixMicro())
		if err != nil {
			return fmt.Errorf("create link: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return fmt.Errorf("create link: %w", err)
		} else if n == 0 {
			return l.compare(ctx, tx, ref, want)
		}
		for i, c := range want {
			if _, err := tx.Exec(ctx, insertCode, string(ref.Merchant), string(ref.Remittance), i, c.label, c.hash); err != nil {
				return fmt.Errorf("create link: %w", err)
			}
		}
		return nil
	})
}

func (l *Links) compare(ctx context.Context, tx *database.Tx, ref remittance.Ref, want []storedCode) error {
	have, err := codesOf(ctx, tx, ref)
	if err != nil {
		return err
	}
	if !slices.Equal(have, want) {
		return fmt.Errorf("%s: %w", ref, ErrConflict)
	}
	return nil
}

func codesOf(ctx context.Context, tx *database.Tx, ref remittance.Ref) ([]storedCode, error) {
	rows, err := tx.Query(ctx, readCodes, string(ref.Merchant), string(ref.Remittance))
	if err != nil {
		return nil, fmt.Errorf("read auth codes: %w", err)
	}
	defer rows.Close()
	var out []storedCode
	for rows.Next() {
		var c storedCode
		if err := rows.Scan(&c.label, &c.hash); err != nil {
			return nil, fmt.Errorf("read auth codes: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

const (
	nextNumber  = `UPDATE links SET issued = issued + 1 WHERE merchant = $1 AND remittance_id = $2 RETURNING issued`
	insertToken = `INSERT INTO link_tokens (hash, merchant, remittance_id, number, issued_at, revoked) VALUES ($1, $2, $3, $4, $5, FALSE)`
)

// Issue gives the link another token, to be sent to the recipient and kept
// nowhere. Errors: [ErrUnknown] when the link was not created.
func (l *Links) Issue(ctx context.Context, ref remittance.Ref) (Token, error) {
	token := Token{newSecret()}
	err := l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var number int
		err := tx.QueryRow(ctx, nextNumber, string(ref.Merchant), string(ref.Remittance)).Scan(&number)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s: %w", ref, ErrUnknown)
		}
		if err != nil {
			return fmt.Errorf("issue link: %w", err)
		}
		if _, err := tx.Exec(ctx, insertToken, token.hash(), string(ref.Merchant), string(ref.Remittance), number, l.now().UnixMicro()); err != nil {
			return fmt.Errorf("issue link: %w", err)
		}
		return nil
	})
	if err != nil {
		return Token{}, err
	}
	return token, nil
}

// Withdraw forgets a token that certainly reached nobody, because its message
// could not be sent. Otherwise a mail server that is down for an afternoon would
// make its unsent tokens the newest, and end those that people have. A token
// that does not exist is no error.
func (l *Links) Withdraw(ctx context.Context, token Token) error {
	return l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM link_tokens WHERE hash = $1`, token.hash()); err != nil {
			return fmt.Errorf("withdraw link: %w", err)
		}
		return nil
	})
}

const revokeTokens = `UPDATE link_tokens SET revoked = TRUE WHERE merchant = $1 AND remittance_id = $2`

// Revoke ends every token and proof of a link, for instance because the address
// it was sent to was wrong. Tokens issued later work. Errors: [ErrUnknown].
func (l *Links) Revoke(ctx context.Context, ref remittance.Ref) error {
	return l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := hold(ctx, tx, ref); err != nil {
			return err
		}
		for _, statement := range []string{revokeTokens, deleteProofs} {
			if _, err := tx.Exec(ctx, statement, string(ref.Merchant), string(ref.Remittance)); err != nil {
				return fmt.Errorf("revoke link: %w", err)
			}
		}
		return nil
	})
}

const (
	holdLink = `UPDATE links SET wrong = wrong WHERE merchant = $1 AND remittance_id = $2 RETURNING wrong, last_wrong_at`
	readLink = `SELECT wrong, last_wrong_at FROM links WHERE merchant = $1 AND remittance_id = $2`
)

// hold locks a link's row, so that whoever decides on it decides alone.
func hold(ctx context.Context, tx *database.Tx, ref remittance.Ref) (standing, error) {
	return scanStanding(ref, tx.QueryRow(ctx, holdLink, string(ref.Merchant), string(ref.Remittance)))
}

func scanStanding(ref remittance.Ref, row *sql.Row) (standing, error) {
	var (
		at        standing
		lastWrong int64
	)
	err := row.Scan(&at.wrong, &lastWrong)
	if errors.Is(err, sql.ErrNoRows) {
		return standing{}, fmt.Errorf("%s: %w", ref, ErrUnknown)
	}
	if err != nil {
		return standing{}, fmt.Errorf("read link: %w", err)
	}
	at.lastWrong = time.UnixMicro(lastWrong).UTC()
	return at, nil
}

const findToken = `SELECT t.merchant, t.remittance_id, t.revoked,
	(SELECT COUNT(*) FROM link_tokens n WHERE n.merchant = t.merchant AND n.remittance_id = t.remittance_id AND n.number > t.number)
FROM link_tokens t WHERE t.hash = $1`

// whose tells which link a token opens.
func (l *Links) whose(ctx context.Context, tx *database.Tx, token Token) (remittance.Ref, error) {
	var (
		ref     remittance.Ref
		revoked bool
		newer   int
	)
	err := tx.QueryRow(ctx, findToken, token.hash()).Scan(&ref.Merchant, &ref.Remittance, &revoked, &newer)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return remittance.Ref{}, ErrUnknown
	case err != nil:
		return remittance.Ref{}, fmt.Errorf("open link: %w", err)
	case revoked || newer >= l.set.MaxTokens:
		return remittance.Ref{}, ErrEnded
	}
	return ref, nil
}

// Open says which remittance a token is for and where the link stands. It
// changes nothing. Errors: [ErrUnknown], [ErrEnded].
func (l *Links) Open(ctx context.Context, token Token) (remittance.Ref, State, error) {
	var (
		ref remittance.Ref
		st  State
	)
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		if ref, err = l.whose(ctx, tx, token); err != nil {
			return err
		}
		st, err = l.look(ctx, tx, ref)
		return err
	})
	if err != nil {
		return remittance.Ref{}, State{}, err
	}
	return ref, st, nil
}

func (l *Links) look(ctx context.Context, tx *database.Tx, ref remittance.Ref) (State, error) {
	at, err := scanStanding(ref, tx.QueryRow(ctx, readLink, string(ref.Merchant), string(ref.Remittance)))
	if err != nil {
		return State{}, err
	}
	codes, err := codesOf(ctx, tx, ref)
	return l.set.state(l.now(), at, codes), err
}
