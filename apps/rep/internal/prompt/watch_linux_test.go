//go:build cgo && ((!x11 && !wayland) || x11)

package prompt

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const patient = 20 * time.Second

// TestArrivals has several pieces arrive at a socket, of which some are read and some are left.
func TestArrivals(t *testing.T) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	defer unix.Close(ends[1])
	came := make(chan struct{}, 1000)
	stop, err := arrivals(ends[0], func() { came <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	<-came // it looks once at the start
	for n := range 20 {
		if _, err := unix.Write(ends[1], make([]byte, 32)); err != nil {
			t.Fatal(err)
		}
		select {
		case <-came:
		case <-time.After(patient):
			t.Fatalf("arrival %d is not told", n)
		}
		if n%2 == 0 {
			if _, err := unix.Read(ends[0], make([]byte, 16)); err != nil { // half of it stays
				t.Fatal(err)
			}
		}
	}
	stop()
	if len(came) > 0 {
		t.Errorf("%d more calls than arrivals", len(came))
	}
	if _, err := unix.Write(ends[1], []byte{1}); err != nil {
		t.Fatal(err)
	}
	if len(came) > 0 {
		t.Error("called after the end")
	}
	if n, err := unix.Read(ends[0], make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("the socket does not work any more: %d, %v", n, err)
	}
}

func TestNotToBeAwaited(t *testing.T) {
	if _, err := arrivals(-1, nil); err == nil {
		t.Error("a socket that there is not is watched")
	}
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0) // which blocks
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	defer unix.Close(ends[1])
	if _, err := arrivals(ends[0], nil); err == nil {
		t.Error("a socket that blocks is watched")
	}
}
