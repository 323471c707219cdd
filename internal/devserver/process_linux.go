package devserver

import (
	"os"
	"os/exec"
	"syscall"
)

// detach keeps the terminal's Ctrl-C from the server, which must outlive the
// workers that are stopping, and ends the server with its parent.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func inheritLock(cmd *exec.Cmd, lock *os.File) { cmd.ExtraFiles = []*os.File{lock} }

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
