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
	maxUnit     = 1 << 20   // bytes of one sealed unit of the screen
	maxUnits    = 4096      // units in one packet from the customer
	maxSlots    = 16 << 10  // slots of one screen, and as many keys: four displays of 3840x2160 in tiles of 64
	maxScreen   = 128 << 20 // bytes of all stored slots and keys together
	packetBytes = 256 << 10 // bytes of units in one packet to a viewer, unless a single one is larger
	maxComing   = 2048      // packets of the customer that were not acknowledged; more cost it the lane
	maxCodecs   = 32        // codecs that a viewer may name, and what their numbers are below

	// Steps that some viewer has not been given. When there are more the oldest go, and the viewers that lack them are out
	// of step: counted, and put right by keys.
	maxSteps     = 512
	maxStepBytes = 4 << 20
	// A viewer is put out of step, too, when it lacks more than lagBytes of steps, the oldest for longer than lagFor, and
	// somebody else has them: a set of keys then brings it nearer to the present than they would.
	lagBytes = 64 << 10
	lagFor   = 1500 * time.Millisecond
	// stallFor is how long a viewer may leave what it was given unacknowledged while another one waits for keys.
	stallFor = 2 * time.Second

	maxUnacked = 1024    // packets that a viewer may have and not have acknowledged
	maxFlight  = 4 << 20 // bytes of them; one packet may always go
	// Packets to a viewer in a row that need no acknowledgement of their own, and their bytes.
	maxLoose      = 32
	maxLooseBytes = 4 << 10
	firstBudget   = 128 << 10 // bytes of them while another viewer is further ahead, to begin with
	minBudget     = 16 << 10
	// An acknowledgement that takes longer than the quickest one by more than slowBy shows a queue on the way.
	slowBy = 100 * time.Millisecond

	catchUpBytes = 256 << 10 // bytes of chat in a Welcome; older lines go first, the others follow one by one
)
