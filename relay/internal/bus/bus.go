// Package bus carries what can be rebuilt between the parts of a relay.
package bus

import (
	"context"
	"errors"
)

var errTodo = errors.New("bus: not built yet")

// Bus is an embedded NATS server and a connection to it.
type Bus struct{}

// Open starts the bus. ctx bounds the start only; Close ends it.
func Open(ctx context.Context) (*Bus, error) { return nil, errTodo }

// Publish sends data to all subscribers of subject.
func (b *Bus) Publish(subject string, data []byte) error { return errTodo }

// Subscribe calls f, one message at a time and in order, for everything published on subject (NATS wildcards * and >).
// After cancel returns f is not called any more.
func (b *Bus) Subscribe(subject string, f func(data []byte)) (cancel func(), err error) {
	return nil, errTodo
}

// Dropped counts messages that subscribers were too slow for.
func (b *Bus) Dropped() uint64 { return 0 }

// Close delivers what is on its way and stops.
func (b *Bus) Close() error { return nil }
