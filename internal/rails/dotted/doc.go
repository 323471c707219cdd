// Package dotted writes an instruction's key as an id of our own documents:
// letters, digits, "-" and ".", at most 80.
package dotted
