//go:build !darwin

package viewer

// What Fyne's driver does to the wheel here.
const (
	wheelSpeed  = 25
	wheelCutoff = 10
	wheelRate   = 125
	swapsWheel  = true // with Shift
)
