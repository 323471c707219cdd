// Package tokens keeps what the sandbox's OAuth servers issued. Each server has
// a table of its own, and says in its queries what one use leaves of a token.
package tokens
