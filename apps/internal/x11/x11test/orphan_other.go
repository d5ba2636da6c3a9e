//go:build !linux

package x11test

import "os/exec"

func orphan(*exec.Cmd) {}
