// Package version says which product and which wire this is, and whether two of them may talk. It holds no state.
package version

// Product is the release as people see it.
const Product = "0.1.0"

// Wire is the protocol that this build speaks; it rises when an older peer could no longer understand.
const Wire uint32 = 2

// oldest is the lowest wire version that this build still understands.
const oldest uint32 = 2

// Speaks reports whether this build can talk to a peer that speaks the given wire version.
func Speaks(wire uint32) bool { return wire >= oldest && wire <= Wire }
