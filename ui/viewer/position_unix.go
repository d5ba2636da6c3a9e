//go:build !windows && !darwin

package viewer

const (
	codeOffset   = 8     // X11 adds it; under Wayland the keyboard finds out that it is 0
	codesCount   = true  // key codes say where keys stand
	optionWrites = false // Alt chooses no characters
)
