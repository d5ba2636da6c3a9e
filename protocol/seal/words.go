package seal

import (
	_ "embed"
	"encoding/binary"
	"strings"
)

// wordList holds 2048 words, one a line, sorted: short, common, easily spoken and told apart by ear.
//
//go:embed words.txt
var wordList string

const (
	wordBits  = 11
	wordCount = 1 << wordBits
)

// Words are the three verifier words that both ends show: people who read the same words to each other know that
// nobody sits in between.
type Words [3]string

// String gives the words with spaces between, "amber river nine"; it is empty before the words are known.
func (w Words) String() string { return strings.TrimSpace(strings.Join(w[:], " ")) }

// words picks three words by the first 33 bits of the transcript hash, eleven bits each, highest first.
func (t transcript) words() (w Words) {
	list := strings.Fields(wordList)
	v := binary.BigEndian.Uint64(t[:]) >> (64 - len(w)*wordBits)
	for i := range w {
		shift := (len(w) - 1 - i) * wordBits
		w[i] = list[v>>shift&(wordCount-1)]
	}
	return w
}
