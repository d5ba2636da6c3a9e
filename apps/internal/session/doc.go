// Package session is one attendee's half of a session, customer or rep: it enters the room, keeps the chat, agrees on
// keys, knows what is permitted, and runs the features (share, watch, control and those to come). It has no windows
// and owns no pixels.
//
// What may be called when:
//
//   - Run is called once. It returns when the session is over for this attendee, or with ctx's error; every goroutine that
//     it started has ended by then.
//   - Snapshot, Changed and all commands may be called from any goroutine, before, during and after Run. Commands never
//     block: they are queued, and what comes of them shows in a later Snapshot. Snapshots must not be changed.
//   - StopSharing counts at once: when it has returned, neither Snapshot nor any feature's State says Sharing.
//
// One goroutine, run, owns the state. Each stay in the room (from one connection to its loss) is a visit with a reader, a
// writer and one goroutine per feature; a visit has ended completely before the next one begins.
//
// Lost connections heal by themselves: the phase is Lost until the room is entered again, the chat is resumed after the
// last known line, own lines that did not arrive are said once more, and features are run anew.
package session
