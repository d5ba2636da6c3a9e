package overlay

var showWindow = user32.NewProc("ShowWindow")

const showMinimised = 7 // without taking the focus

func startMinimised(w Window) error {
	showWindow.Call(uintptr(w), showMinimised) // tells whether it was visible before
	return nil
}
