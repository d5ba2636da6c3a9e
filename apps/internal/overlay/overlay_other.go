//go:build !linux && !windows

package overlay

// On a Mac the window is shown as Fyne shows it: above others, but with the focus.

func noFocus(Window) error { return nil }

func allowFocus(Window) error { return nil }

func remember() (restore func()) { return func() {} }
