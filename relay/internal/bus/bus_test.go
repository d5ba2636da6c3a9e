package bus

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
)

func open(t *testing.T) *Bus {
	t.Helper()
	b, err := Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func publish(t *testing.T, b *Bus, subject, text string) {
	t.Helper()
	if err := b.Publish(subject, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// listen subscribes and gives what comes, one by one.
func listen(t *testing.T, b *Bus, subject string) (<-chan string, func()) {
	t.Helper()
	heard := make(chan string, 2*pending)
	cancel, err := b.Subscribe(subject, func(data []byte) { heard <- string(data) })
	if err != nil {
		t.Fatal(err)
	}
	return heard, cancel
}

func TestEverySubscriberHearsEverythingInOrder(t *testing.T) {
	b := open(t)
	one, _ := listen(t, b, "desk.7")
	two, _ := listen(t, b, "desk.*")
	three, _ := listen(t, b, "desk.>")
	for i := range 500 {
		publish(t, b, "desk.7", strconv.Itoa(i))
		publish(t, b, "room.7", "not for you")
	}
	for _, heard := range []<-chan string{one, two, three} {
		for i := range 500 {
			if got := <-heard; got != strconv.Itoa(i) {
				t.Fatalf("message %d is %q", i, got)
			}
		}
	}
	if b.Dropped() != 0 {
		t.Errorf("%d dropped", b.Dropped())
	}
}

func TestNoPort(t *testing.T) {
	b := open(t)
	if addr := b.server.Addr(); addr != nil {
		t.Errorf("the server listens at %v", addr)
	}
	if b.server.JetStreamEnabled() {
		t.Error("the server stores")
	}
}

func TestTwoBusesInOneProcess(t *testing.T) {
	a, b := open(t), open(t)
	heard, _ := listen(t, b, "x")
	publish(t, a, "x", "of the other")
	publish(t, b, "x", "own")
	if got := <-heard; got != "own" {
		t.Errorf("heard %q", got)
	}
}

func TestAfterCancelNothingIsHeard(t *testing.T) {
	b := open(t)
	heard, cancel := listen(t, b, "x")
	publish(t, b, "x", "first")
	if got := <-heard; got != "first" {
		t.Fatalf("heard %q", got)
	}
	cancel()
	cancel()
	publish(t, b, "x", "second")
	barrier, _ := listen(t, b, "x")
	publish(t, b, "x", "third")
	<-barrier
	if len(heard) != 0 {
		t.Errorf("heard %q after cancel", <-heard)
	}
}

func TestCancelWaitsForTheRunningCall(t *testing.T) {
	b := open(t)
	began, finish := make(chan struct{}), make(chan struct{})
	finished := false
	cancel, err := b.Subscribe("x", func([]byte) {
		close(began)
		<-finish
		finished = true
	})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, b, "x", "")
	<-began
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		cancel()
	}()
	close(finish)
	<-ended
	if !finished {
		t.Error("cancel did not wait")
	}
}

func TestSlowSubscribersLoseTheNewestAndHoldNobodyUp(t *testing.T) {
	b := open(t)
	began, finish := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var slow []uint64
	cancel, err := b.Subscribe("x", func(data []byte) {
		once.Do(func() { close(began); <-finish })
		slow = append(slow, binary.BigEndian.Uint64(data))
	})
	if err != nil {
		t.Fatal(err)
	}
	send := func(n uint64) {
		if err := b.Publish("x", binary.BigEndian.AppendUint64(nil, n)); err != nil {
			t.Fatal(err)
		}
	}
	send(0)
	<-began // from here on the slow one takes nothing
	quick := make(chan struct{}, 1)
	if _, err := b.Subscribe("x", func([]byte) { quick <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	const extra = 100
	for n := range uint64(pending + extra) {
		send(n + 1)
		<-quick
	}
	if got := b.Dropped(); got != extra {
		t.Errorf("%d dropped, want %d", got, extra)
	}
	close(finish)
	send(9999)
	<-quick
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := b.Dropped(); got != extra && got != extra+1 { // the last one may find the queue still full
		t.Errorf("%d dropped after the end, want %d", got, extra)
	}
	if !slices.IsSorted(slow) || len(slow) < pending+1 || slow[pending] != pending {
		t.Errorf("the slow one heard %d messages out of order or with gaps", len(slow))
	}
}

func TestCloseDeliversWhatWasPublished(t *testing.T) {
	b, err := Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	heard, cancel := listen(t, b, "x")
	for i := range 1000 {
		publish(t, b, "x", strconv.Itoa(i))
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if len(heard) != 1000 {
		t.Errorf("%d of 1000 delivered", len(heard))
	}
	cancel()
	if err := b.Publish("x", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Publish after Close: %v", err)
	}
	if _, err := b.Subscribe("x", func([]byte) {}); !errors.Is(err, ErrClosed) {
		t.Errorf("Subscribe after Close: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	b := open(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			subject := "s." + strconv.Itoa(i)
			for range 20 {
				heard := make(chan struct{}, 1)
				cancel, err := b.Subscribe(subject, func([]byte) { heard <- struct{}{} })
				if err != nil {
					t.Error(err)
					return
				}
				if err := b.Publish(subject, []byte("x")); err != nil {
					t.Error(err)
				}
				<-heard
				cancel()
			}
		})
	}
	all.Wait()
}

func TestMalformed(t *testing.T) {
	b := open(t)
	if err := b.Publish("", nil); err == nil {
		t.Error("published without a subject")
	}
	if _, err := b.Subscribe("a b", func([]byte) {}); err == nil {
		t.Error("subscribed to a subject with a space")
	}
	if err := b.Publish("x", make([]byte, 2<<20)); err == nil {
		t.Error("published 2 MiB")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("opened with an ended context: %v", err)
	}
}
