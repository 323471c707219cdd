// Package login is the client of Login with Amazon: it sends a recipient's
// browser to Amazon's login and consent page and learns, and only learns, the
// user id that Amazon keeps for them and us. It is an authorization code grant
// with PKCE (RFC 6749, RFC 7636) for the scope profile:user_id.
//
// A login moves no money. When anything goes wrong the recipient logs in again;
// errors say whether that can help, and carry no code, token or user id.
//
// Source: developer.amazon.com/docs/login-with-amazon, pages
// authorization-code-grant and obtain-customer-profile.
package login
