// Command testreport reads `go test -json` from standard input and prints what
// plain `go test` prints. It fails when a test was skipped: in CI everything a
// test may need is there, so a skip means that something is not tested that
// everybody believes is. With -closing it also keeps the lines that close each
// package, for the end of a long log.
//
//	go test -json ./... | testreport -closing closing.txt
package main
