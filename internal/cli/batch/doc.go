// Package batch sends a file of remittances and follows them to their ends. It
// keeps one line for each row of the file, refused ones too, and knows whether
// each ended as the file expected.
package batch
