package overlay

// Ready says whether windows can be opened at all, in a sentence for the person who started the program if they cannot.
// The window library does not: without a display it ends the process.
func Ready() error { return ready() }
