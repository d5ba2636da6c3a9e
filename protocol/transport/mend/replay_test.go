package mend

import "testing"

func FuzzWindow(f *testing.F) {
	f.Add([]byte{1, 2, 3, 3, 2, 200, 140, 136, 200})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var w window
		came := map[uint64]bool{}
		highest := uint64(0)
		for _, step := range steps {
			counter := highest/2 + uint64(step) + 1
			want := !came[counter] && counter+replayed > highest
			if got := w.note(counter); got != want {
				t.Fatalf("%d with %d as the highest: %v", counter, highest, got)
			}
			came[counter] = came[counter] || want
			if want {
				highest = max(highest, counter)
			}
		}
	})
}
