package transport

import (
	"container/list"
	"io"
	"sync"
	"sync/atomic"
)

// maxHalfOpen is how many peers of each path may be between their first packet and the end of their handshake.
const maxHalfOpen = 512

// halfOpen holds the peers whose handshake has begun and not ended. When it is full the oldest makes room: honest
// handshakes take milliseconds, so whoever has been there longest is the least likely to be one.
type halfOpen struct {
	max int

	evicted atomic.Uint64

	mu    sync.Mutex
	peers *list.List // of io.Closer, oldest first
}

func newHalfOpen(limit int) *halfOpen { return &halfOpen{max: limit, peers: list.New()} }

// add takes a peer in until the returned function is called, which may happen more than once.
func (h *halfOpen) add(c io.Closer) (leave func()) {
	h.mu.Lock()
	var oldest io.Closer
	if h.peers.Len() >= h.max {
		oldest = h.peers.Remove(h.peers.Front()).(io.Closer)
		h.evicted.Add(1)
	}
	e := h.peers.PushBack(c)
	h.mu.Unlock()
	if oldest != nil {
		_ = oldest.Close()
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.peers.Remove(e) // does nothing for one that was removed
	}
}

// closeAll ends every handshake.
func (h *halfOpen) closeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for e := h.peers.Front(); e != nil; e = e.Next() {
		_ = e.Value.(io.Closer).Close()
	}
}
