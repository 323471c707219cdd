package link

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"soukin/internal/database"
	"soukin/remittance"
)

const (
	countWrong   = `UPDATE links SET wrong = wrong + 1, last_wrong_at = $3 WHERE merchant = $1 AND remittance_id = $2 RETURNING wrong`
	forgetWrong  = `UPDATE links SET wrong = 0 WHERE merchant = $1 AND remittance_id = $2`
	insertProof  = `INSERT INTO link_proofs (hash, merchant, remittance_id, expires_at) VALUES ($1, $2, $3, $4)`
	deleteOld    = `DELETE FROM link_proofs WHERE merchant = $1 AND remittance_id = $2 AND expires_at <= $3`
	deleteProofs = `DELETE FROM link_proofs WHERE merchant = $1 AND remittance_id = $2`
	readProof    = `SELECT expires_at FROM link_proofs WHERE hash = $1 AND merchant = $2 AND remittance_id = $3`
)

// Prove compares the answers with the codes, in their order, and gives a proof
// for the right ones; a link without codes gives one to everybody. A wrong try
// is counted before anybody can learn that it was wrong. State is where the link
// stands after the try. Errors: [ErrWrong], [ErrLocked], [ErrUnknown],
// [ErrEnded].
func (l *Links) Prove(ctx context.Context, token Token, answers []Answer) (Proof, State, error) {
	// Most tries of an attack meet a lock. Reading first keeps them from queueing
	// for the one writer, where they would hold up everybody else's money.
	_, st, err := l.Open(ctx, token)
	if err != nil {
		return Proof{}, State{}, err
	}
	if st.Locked {
		return Proof{}, st, ErrLocked
	}
	var t try
	err = l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		t, err = l.try(ctx, tx, token, answers)
		return err
	})
	if err != nil {
		return Proof{}, State{}, err
	}
	return t.proof, t.state, t.verdict
}

// try is how one try went; its verdict is no error of the transaction, which has
// to commit the count.
type try struct {
	proof   Proof
	state   State
	verdict error
}

func (l *Links) try(ctx context.Context, tx *database.Tx, token Token, answers []Answer) (try, error) {
	ref, err := l.whose(ctx, tx, token)
	if err != nil {
		return try{}, err
	}
	at, err := hold(ctx, tx, ref)
	if err != nil {
		return try{}, err
	}
	// Asked again: a revocation may have held the row until now.
	if _, err := l.whose(ctx, tx, token); err != nil {
		return try{}, err
	}
	codes, err := codesOf(ctx, tx, ref)
	if err != nil {
		return try{}, err
	}
	now := l.now()
	if st := l.set.state(now, at, codes); st.Locked {
		return try{state: st, verdict: ErrLocked}, nil
	}
	if len(codes) > 0 && !l.matches(ref, codes, answers) {
		return l.wrong(ctx, tx, ref, codes, now)
	}
	return l.right(ctx, tx, ref, codes, now)
}

func (l *Links) wrong(ctx context.Context, tx *database.Tx, ref remittance.Ref, codes []storedCode, now time.Time) (try, error) {
	at := standing{lastWrong: now}
	if err := tx.QueryRow(ctx, countWrong, string(ref.Merchant), string(ref.Remittance), now.UnixMicro()).Scan(&at.wrong); err != nil {
		return try{}, fmt.Errorf("count wrong auth code: %w", err)
	}
	return try{state: l.set.state(now, at, codes), verdict: ErrWrong}, nil
}

func (l *Links) right(ctx context.Context, tx *database.Tx, ref remittance.Ref, codes []storedCode, now time.Time) (try, error) {
	proof := Proof{newSecret()}
	merchant, id := string(ref.Merchant), string(ref.Remittance)
	if _, err := tx.Exec(ctx, forgetWrong, merchant, id); err != nil {
		return try{}, fmt.Errorf("accept auth codes: %w", err)
	}
	if _, err := tx.Exec(ctx, deleteOld, merchant, id, now.UnixMicro()); err != nil {
		return try{}, fmt.Errorf("clear old proofs: %w", err)
	}
	if _, err := tx.Exec(ctx, insertProof, proof.hash(), merchant, id, now.Add(l.set.ProofLife).UnixMicro()); err != nil {
		return try{}, fmt.Errorf("keep proof: %w", err)
	}
	return try{proof: proof, state: l.set.state(now, standing{}, codes)}, nil
}

// Check says which remittance the holder of token and proof may act on. A link
// without codes needs no proof. It changes nothing; a proof may be used again
// until it is too old. Errors: [ErrProof], [ErrUnknown], [ErrEnded].
func (l *Links) Check(ctx context.Context, token Token, proof Proof) (remittance.Ref, error) {
	var ref remittance.Ref
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) (err error) {
		if ref, err = l.whose(ctx, tx, token); err != nil {
			return err
		}
		codes, err := codesOf(ctx, tx, ref)
		if err != nil || len(codes) == 0 {
			return err
		}
		return l.checkProof(ctx, tx, ref, proof)
	})
	if err != nil {
		return remittance.Ref{}, err
	}
	return ref, nil
}

func (l *Links) checkProof(ctx context.Context, tx *database.Tx, ref remittance.Ref, proof Proof) error {
	var expires int64
	err := tx.QueryRow(ctx, readProof, proof.hash(), string(ref.Merchant), string(ref.Remittance)).Scan(&expires)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrProof
	}
	if err != nil {
		return fmt.Errorf("check proof: %w", err)
	}
	if l.now().UnixMicro() >= expires {
		return ErrProof
	}
	return nil
}
