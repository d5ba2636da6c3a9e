package grab

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/windows"
)

func possible() bool { return true }

var (
	user32              = windows.NewLazySystemDLL("user32.dll")
	setWindowsHook      = user32.NewProc("SetWindowsHookExW")
	unhookWindowsHook   = user32.NewProc("UnhookWindowsHookEx")
	callNextHook        = user32.NewProc("CallNextHookEx")
	getMessage          = user32.NewProc("GetMessageW")
	postThreadMessage   = user32.NewProc("PostThreadMessageW")
	getForegroundWindow = user32.NewProc("GetForegroundWindow")
	getAsyncKeyState    = user32.NewProc("GetAsyncKeyState")
)

const (
	hookKeyboard = 13
	messageQuit  = 0x0012
	messageDown  = 0x0100
	messageAlt   = 0x0104 // down while Alt is held
	flagInjected = 0x10
	flagAlt      = 0x20
)

// event is KBDLLHOOKSTRUCT.
type event struct {
	key, scan, flags, time uint32
	extra                  uintptr
}

// hooked is the hook that is in use. Windows calls a procedure that knows nothing of its owner, so this one variable has
// to be here; Take sets it and release clears it.
var hooked atomic.Pointer[hook]

type hook struct {
	cfg  Config
	mu   sync.Mutex
	held map[uint32]bool // keys that were told to be down
}

func take(c Config) (func(), error) {
	h := &hook{cfg: c, held: map[uint32]bool{}}
	if !hooked.CompareAndSwap(nil, h) {
		return nil, fmt.Errorf("grab: the keys are taken already")
	}
	ready, ended := make(chan error, 1), make(chan struct{})
	var thread uint32
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread = windows.GetCurrentThreadId()
		handle, _, err := setWindowsHook.Call(hookKeyboard, callback(), 0, 0)
		if handle == 0 {
			ready <- fmt.Errorf("grab: %w", err)
			return
		}
		defer unhookWindowsHook.Call(handle)
		ready <- nil
		var message [12]uintptr // MSG is smaller
		for {
			if more, _, _ := getMessage.Call(uintptr(unsafe.Pointer(&message)), 0, 0, 0); int32(more) <= 0 {
				return
			}
		}
	}()
	if err := <-ready; err != nil {
		<-ended
		hooked.Store(nil)
		return nil, err
	}
	return func() {
		postThreadMessage.Call(uintptr(thread), messageQuit, 0, 0)
		<-ended
		hooked.Store(nil)
		h.letGo()
	}, nil
}

// callback is the procedure as Windows can call it; a process has room for few of them.
var callback = sync.OnceValue(func() uintptr { return windows.NewCallback(procedure) })

func procedure(code, message uintptr, e *event) uintptr {
	if h := hooked.Load(); int32(code) == 0 && h != nil && h.keep(*e, message == messageDown || message == messageAlt) {
		return 1
	}
	r, _, _ := callNextHook.Call(0, code, message, uintptr(unsafe.Pointer(e)))
	return r
}

// keep tells of a key that the system would keep, and says that it must not get it.
func (h *hook) keep(e event, down bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	sym := keysym(e.key)
	if sym == 0 || e.flags&flagInjected != 0 {
		return false
	}
	if !down {
		if !h.held[sym] {
			return false
		}
		delete(h.held, sym)
		h.cfg.Key(sym, false)
		return true
	}
	if window, _, _ := getForegroundWindow.Call(); window != h.cfg.Window || !h.wanted(e) {
		return false
	}
	h.held[sym] = true
	h.cfg.Key(sym, true)
	return true
}

// wanted says that the system would keep a key.
func (h *hook) wanted(e event) bool {
	state, _, _ := getAsyncKeyState.Call(keyControl)
	control := state&0x8000 != 0
	switch e.key {
	case keyLeftWin, keyRightWin, keyPrint:
		return true
	case keyTab:
		return e.flags&flagAlt != 0 || h.winHeld()
	case keyEscape:
		return e.flags&flagAlt != 0 || control || h.winHeld()
	}
	return h.winHeld()
}

func (h *hook) winHeld() bool { return h.held[keysym(keyLeftWin)] || h.held[keysym(keyRightWin)] }

// letGo tells that nothing is held any more.
func (h *hook) letGo() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for sym := range h.held {
		h.cfg.Key(sym, false)
	}
	clear(h.held)
}
