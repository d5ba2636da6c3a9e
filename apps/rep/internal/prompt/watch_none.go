//go:build !windows && !(linux && cgo && ((!x11 && !wayland) || x11))

package prompt

func thread() int { return 0 }

func watch(func()) (func(), error) { return nil, ErrNone }
