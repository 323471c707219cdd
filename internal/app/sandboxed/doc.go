// Package sandboxed builds the process of the sandbox. It is apart from package
// app so that no production process carries a pretend bank.
package sandboxed
