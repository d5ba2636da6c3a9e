package prompt

import (
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var getLastInputInfo = windows.NewLazySystemDLL("user32.dll").NewProc("GetLastInputInfo")

const (
	busy  = 4 * time.Millisecond  // between questions while the rep does something
	quiet = 16 * time.Millisecond // and after a second without
	fresh = time.Second / busy    // questions in a second
)

func thread() int { return int(windows.GetCurrentThreadId()) }

// awaited asks for the time of the last input again and again: only the thread that owns a window can wait for its
// messages, and that thread is Fyne's.
func watch(came func()) (func(), error) {
	end := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { awaited(end, came) })
	return func() {
		close(end)
		watching.Wait()
	}, nil
}

func awaited(end <-chan struct{}, came func()) {
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	last, still := lastInput(), time.Duration(0)
	for {
		select {
		case <-tick.C:
		case <-end:
			return
		}
		now := lastInput()
		switch {
		case now != last:
			last, still = now, 0
			tick.Reset(busy)
			came()
		case still < fresh:
			// The time of input has steps of up to 16 ms: within one, more may come.
			still++
			came()
		case still == fresh:
			still++
			tick.Reset(quiet)
		}
	}
}

// lastInput is when the last input came, in milliseconds since the system's start; 0 if it does not say so.
func lastInput() uint32 {
	info := struct{ size, time uint32 }{size: 8}
	if ok, _, _ := getLastInputInfo.Call(uintptr(unsafe.Pointer(&info))); ok == 0 {
		return 0
	}
	return info.time
}
