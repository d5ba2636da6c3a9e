package seal

import (
	"errors"
	"fmt"

	"deskhand/protocol/fault"
)

// Lane says what a frame carries; each lane has keys of its own.
type Lane uint8

// The lanes, as they stand in key ids.
const (
	LaneScreen    Lane = 1
	LaneInput     Lane = 2
	LaneClipboard Lane = 3
	LaneFiles     Lane = 4
	LaneControl   Lane = 5
)

const (
	maxAttendee = 1<<12 - 1
	lanes       = 1 << 4
)

// ErrEpochBehind and ErrEpochAhead are in the chain of the SealBroken of a frame whose header names another epoch than
// the current one. Lanes do not wait for each other, so a few such frames are normal when the epoch changes: drop
// them. They have not been authenticated.
var (
	ErrEpochBehind = errors.New("an older epoch")
	ErrEpochAhead  = errors.New("an epoch that has not arrived")
)

// keyID gives the SFrame key id: 32 bits of epoch, 12 of sender, 4 of lane.
func keyID(epoch, sender uint32, lane Lane) uint64 {
	return uint64(epoch)<<16 | uint64(sender)<<4 | uint64(lane)
}

// splitKeyID is the reverse of keyID. The epoch has 48 bits here, as on the wire, where hostile values can be larger.
func splitKeyID(kid uint64) (epoch uint64, sender uint32, lane Lane) {
	return kid >> 16, uint32(kid>>4) & maxAttendee, Lane(kid & (lanes - 1))
}

func broken(format string, args ...any) error {
	return fault.New(fault.SealBroken, fmt.Errorf("seal: "+format, args...))
}
