package control

import (
	"context"
	"net/http"
	"net/url"

	"soukin/remittance"
)

// AmazonUser is a customer of the sandbox's Amazon and what was loaded onto
// their account.
type AmazonUser struct {
	UserID  string         `json:"user_id"`
	Balance remittance.Yen `json:"balance"`
}

// AmazonUser opens the account that a mail address has at the sandbox's Amazon,
// as logging in would, and gives its user id.
func (c *Client) AmazonUser(ctx context.Context, email string) (userID string, err error) {
	var out AmazonUser
	err = c.call(ctx, http.MethodPost, "/sandbox/amazon/users", map[string]string{"email": email}, &out)
	return out.UserID, err
}

// AmazonUsers lists the customers that ever logged in.
func (c *Client) AmazonUsers(ctx context.Context) ([]AmazonUser, error) {
	var out struct {
		Users []AmazonUser `json:"users"`
	}
	err := c.call(ctx, http.MethodGet, "/sandbox/amazon/users", nil, &out)
	return out.Users, err
}

// ClaimGift does what the recipient of a code does at Amazon; requestID is the
// reference of its execution.
func (c *Client) ClaimGift(ctx context.Context, requestID string) error {
	return c.call(ctx, http.MethodPost, "/sandbox/amazon/gifts/"+url.PathEscape(requestID)+"/claim", nil, &struct{}{})
}
