//go:build cgo

package rest

import "golang.org/x/sys/windows"

func thread() int { return int(windows.GetCurrentThreadId()) }
