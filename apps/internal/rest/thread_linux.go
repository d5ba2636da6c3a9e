//go:build cgo

package rest

import "golang.org/x/sys/unix"

func thread() int { return unix.Gettid() }
