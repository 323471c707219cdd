// Package archtest holds the rules of the house as tests: who may import whom,
// what a main may contain, and how packages, comments and tests are kept. Each
// rule carries its reason, and a package without a rule fails, so that a new
// one gets its place in the plan first.
package archtest
