// Package control drives a shared machine: the rep's Sender sends what is done in the Viewer, the customer's Receiver
// does it. The last word has the machine that is driven: the Receiver asks State().ControlAllowed right before each
// single event, whatever the relay has let through.
//
// Input is in order and never dropped silently. What cannot be sent or done in time ends the lane with a fault that
// people see, and everything that was held down is let go.
package control

import (
	"errors"
	"fmt"

	"deskhand/protocol/fault"
)

// name is the word of both features for logs and faults.
const name = "control"

func broken(format string, args ...any) error {
	return fault.New(fault.SealBroken, fmt.Errorf("control: "+format, args...))
}

var errEnded = errors.New("control: the relay has ended the lane")
