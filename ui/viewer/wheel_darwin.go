package viewer

// What Fyne's driver does to the wheel here.
const (
	wheelSpeed  = 10
	wheelCutoff = 5
	wheelRate   = 1
	swapsWheel  = false
)
