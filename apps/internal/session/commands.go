package session

// MaxText is the length of one chat line in bytes; longer texts are said in several lines.
const MaxText = 4096

// Say adds a line to the chat. Texts without a visible character are ignored. The line stands in the Snapshot at once,
// Pending until the relay has stored it; while the connection is lost it waits.
func (s *Session) Say(text string) {}

// SetTyping tells the others that this attendee is typing, or no longer. Saying something ends it.
func (s *Session) SetTyping(on bool) {}

// Allow is the customer's answer to the question of consent; sharing starts by itself when the rights allow it. Rights
// do not narrow what is told to the relay, they limit what comes of it. Without See it is NotNow. Later calls give or take
// mouse and keyboard; without See they are StopSharing.
func (s *Session) Allow(c Consent) {}

// NotNow is the customer's refusal; it ends the session.
func (s *Session) NotNow() {}

// StopSharing is the customer's, and counts at once. Sharing starts again only when a rep asks and the customer says yes.
func (s *Session) StopSharing() {}

// AskSharing is a rep's wish to see the screen, with control also to use mouse and keyboard. The customer is asked.
func (s *Session) AskSharing(control bool) {}

// AnswerSharing is the customer's answer to AskSharing. Yes permits what was asked for, never more.
func (s *Session) AnswerSharing(yes bool) {}

// End ends the session for everybody. Outcome and notes are the rep's; customers give OutcomeNone and "". Nothing is shared
// any more when it has returned.
func (s *Session) End(outcome Outcome, notes string) {}

// Leave leaves the session; it goes on for the others. It ends Run.
func (s *Session) Leave() {}
