// Package seal keeps what a session shows and moves secret from everything between the customer's machine and the
// attendees that the customer admitted: the relay forwards sealed frames and cannot read, change, repeat or reorder
// them unnoticed. It owns the handshake, the epochs and the frames; it does no I/O and starts no goroutines.
//
// The customer makes one Offer per attendee and visit, the attendee one Answer; the relay carries what they return:
//
//	customer                     attendee
//	o := NewOffer(party)         a := NewAnswer(party)
//	o.Commit()          ──────►  a.Key(commit)
//	o.Reveal(key)       ◄──────
//	                    ──────►  a.Confirm(reveal)          both show the same Words
//	o.Wrap(epoch)       ──────►  a.Unwrap(body)             as often as there is a new epoch
//
// With the epoch each side makes a Sealer for every lane it sends on and an Opener for every lane it listens to:
//
//	s := NewSealer(epoch, session, sender, LaneScreen)     o := NewOpener(session, LaneScreen); o.Add(epoch)
//	frame, err := s.Seal(frame[:0], plain, aad)            plain, from, err := o.Open(plain[:0], frame, aad)
//
// The frames are SFrame (RFC 9605, AES_128_GCM_SHA256_128); epochs are wrapped with HPKE (RFC 9180, base mode, X25519,
// HKDF-SHA256, AES-128-GCM). Why that holds:
//
//   - Words. They hash everything that both ends sent. Who sits in between must use keys of its own, so the two ends
//     hash different things. It cannot search for keys that give equal words: towards the attendee it must commit
//     before it learns the attendee's nonce, towards the customer it must give its key before it learns the
//     customer's. Each handshake is one try with a chance of 1 in 2^33.
//   - Epochs. Each is signed with the key that was committed to, over the whole handshake, and can be opened only with the
//     attendee's key of that handshake. Numbers rise, so that none can be repeated.
//   - Frames. Each sender, lane and epoch has a key of its own, and each frame a counter of its own. The counters
//     live in the epoch and not in the Sealer, so a Sealer that is made anew goes on where the last one was; an epoch
//     cannot be given to the same attendee in two handshakes, because then two machines, or one that restarted, could
//     count from zero under one key.
//
// What it does not give: every attendee of an epoch knows its secret, so `from` tells honest attendees apart and is
// no proof against one of them; whoever acts on it compares it with the attendee that the relay names. And before
// people have compared the words, the relay is trusted to have introduced the right two machines.
//
// A value serves one goroutine at a time, but for Epoch, which may be copied and shared. What is refused is
// fault.SealBroken; what the random source fails with is returned as it is.
package seal
