package uithread

import (
	"slices"
	"sync"
	"testing"
)

func TestDrainRunsInOrder(t *testing.T) {
	var q Queue
	var post Post = q.Post
	var got []int
	post(func() {
		got = append(got, 1)
		post(func() { got = append(got, 3) })
	})
	post(func() { got = append(got, 2) })
	if len(got) != 0 {
		t.Fatal("Post runs what is posted")
	}
	if n := q.Drain(); n != 3 || !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("%d ran, in the order %v", n, got)
	}
	if n := q.Drain(); n != 0 {
		t.Errorf("%d ran twice", n)
	}
}

func TestUntil(t *testing.T) {
	var q Queue
	var wg sync.WaitGroup
	count := 0 // touched by the drainer only: the race detector agrees
	for range 10 {
		wg.Go(func() {
			for range 100 {
				q.Post(func() { count++ })
			}
		})
	}
	if !q.Until(nil, func() bool { return count == 1000 }) {
		t.Errorf("%d ran", count)
	}
	wg.Wait()
	stop := make(chan struct{})
	close(stop)
	if q.Until(stop, func() bool { return false }) {
		t.Error("not stopped")
	}
}
