package amazon

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/mail"
	"strings"

	"soukin/internal/database"
	"soukin/remittance"
)

var errLogin = errors.New("write a mail address, as hanako@example.com")

// userLength is that of the user ids in Amazon's examples.
const userLength = 28

// open logs a customer in: any mail address has an account, the same one each
// time. The address itself is not kept.
func (a *Amazon) open(ctx context.Context, login string) (string, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	if address, err := mail.ParseAddress(login); err != nil || address.Address != login {
		return "", errLogin
	}
	local, _, _ := strings.Cut(login, "@")
	magic := ""
	if m, ok := magicUser(local); ok {
		magic = m.Login
	}
	user := "amzn1.account." + derive("user", PublishedSecret, login, userLength)
	err := a.env.DB.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, insertUser, user, magic, a.env.Now().UnixMicro())
		return err
	})
	return user, err
}

// User is a customer and what was loaded onto their account.
type User struct {
	UserID  string         `json:"user_id"`
	Balance remittance.Yen `json:"balance"`
}

func (a *Amazon) users(ctx context.Context) ([]User, error) {
	out := []User{}
	err := a.env.DB.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, listUsers)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var u User
			if err := rows.Scan(&u.UserID, &u.Balance); err != nil {
				return err
			}
			out = append(out, u)
		}
		return rows.Err()
	})
	return out, err
}

// derive makes a text of A-Z and 2-7 that is always the same for the same text,
// at most 51 characters long.
func derive(use, secret, text string, length int) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(use + "\n" + text))
	return base32.StdEncoding.EncodeToString(mac.Sum(nil))[:length]
}

// ClaimCode is the code of a request id under a partner's secret, in the shape
// of Amazon's: AQ1X-2Y34Z5-AAAA. Whoever looks for codes that leaked must know
// them without asking.
func ClaimCode(secret, requestID string) string {
	text := derive("claim code", secret, requestID, 14)
	return text[:4] + "-" + text[4:10] + "-" + text[10:]
}

// cardID is Amazon's own id of a card (gcId).
func (a *Amazon) cardID(requestID string) string {
	return "A" + derive("card id", a.set.Secret, requestID, 13)
}
