package overlay

// Minimise makes a window that is shown an icon in the task list; the person brings it back from there.
func Minimise(w Window) error {
	if w == 0 {
		return errNoWindow
	}
	return minimise(w)
}
