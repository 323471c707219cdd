//go:build unix && !linux

package devserver

import (
	"os"
	"os/exec"
	"syscall"
)

// detach keeps the terminal's Ctrl-C from the server: it must outlive the
// workers that are stopping. A killed parent leaves it running here; the lock
// in its directory then names it.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func inheritLock(cmd *exec.Cmd, lock *os.File) { cmd.ExtraFiles = []*os.File{lock} }

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
