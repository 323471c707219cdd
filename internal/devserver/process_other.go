//go:build !unix

package devserver

import (
	"os"
	"os/exec"
)

func detach(*exec.Cmd) {}

// inheritLock does nothing: this system passes no open files on.
func inheritLock(*exec.Cmd, *os.File) {}

// terminate kills: this system has no signal that asks a process to end.
func terminate(p *os.Process) error { return p.Kill() }
