package capture

// SharesMemory reports whether a source shares memory with the X server by now.
func SharesMemory(s Source) bool { return s.(*source).shared != nil }

// Pending takes what the X server has told.
func Pending(s Source) uint8 {
	pending, _ := s.(*source).events.take(nil)
	return uint8(pending)
}
