package x11test

import (
	"os/exec"
	"syscall"
)

// orphan makes a program end with the test's process.
func orphan(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
