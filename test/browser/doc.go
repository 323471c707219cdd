// Package browser tests the recipient's pages in a real Chromium: on a phone and
// on a desk, in both languages, with and without a script, by keyboard alone, and
// with axe-core. See docs/pages.md for how to run it.
package browser
