package room

import "time"

// What a room accepts and keeps at most. Every queue is bounded; the rule for its overflow stands beside its length.
const (
	// AwayFor is how long a customer may be gone before the session ends as lost.
	AwayFor = 10 * time.Minute
	// enterWithin is how long a new Control lane may take to say who it is.
	enterWithin = 10 * time.Second

	maxText  = 4096 // bytes of one chat line
	maxNotes = 4096 // bytes of the rep's notes at the end; the rest is cut off
	maxMark  = 64   // bytes of a line's client id
	maxName  = 80   // characters of the name that a customer chooses
	maxFact  = 200  // bytes of one fact about the customer's machine; the rest is cut off
	maxSeal  = 4096 // bytes of one handshake step

	// Everybody who enters anew is read the chat, so it has to fit into memory. Who has said so much is refused further
	// lines; status lines beyond it are dropped and counted. Each line counts lineCost more than its texts.
	maxChat  = 8 << 20 // bytes of one attendee's lines, and of all status lines
	lineCost = 256

	maxAttendee = 4095 // the highest attendee number; it must fit the key id of a sealed frame

	controlQueue = 256 // messages to one attendee; overflow closes its Control lane, it comes back and catches up
	inputQueue   = 256 // sealed input frames to the customer; overflow closes the Input lane of the rep who caused it
	storeQueue   = 256 // chat lines and the like to be stored; overflow closes the Control lane of who caused it
	storeReserve = 8   // further places for what must not be refused: the session's end, attendees who leave

	// Messages that one attendee may send on its Control lane: so many at once, then so many a second. Whoever is faster
	// is not read from until it is slower, so that nobody's queue overflows through somebody else's doing.
	controlBurst = 128
	controlRate  = 64

	maxInput    = 64 << 10  // bytes of one sealed input frame
	maxUnit     = 1 << 20   // bytes of one sealed tile update
	maxUnits    = 4096      // tile updates in one packet from the customer
	maxSlots    = 16 << 10  // slots of one screen: four displays of 3840x2160 in tiles of 64
	maxScreen   = 128 << 20 // bytes of all stored tile updates together
	packetBytes = 256 << 10 // bytes of tile updates in one packet to a viewer, unless a single one is larger
	maxUnacked  = 2         // packets that a viewer may have and not have acknowledged

	catchUpBytes = 256 << 10 // bytes of chat in a Welcome; older lines go first, the others follow one by one
)
