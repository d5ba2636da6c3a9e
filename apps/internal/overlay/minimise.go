package overlay

// StartMinimised makes a window begin as an icon in the task list; the person brings it up from there. Call it both
// before the window is shown, as the package comment says for NoFocus, and after: X11 wants to know before, Windows
// can only be told after.
func StartMinimised(w Window) error {
	if w == 0 {
		return errNoWindow
	}
	return startMinimised(w)
}
