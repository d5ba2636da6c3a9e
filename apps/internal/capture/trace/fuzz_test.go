package trace

import (
	"bytes"
	"encoding/binary"
	"testing"

	"deskhand/apps/internal/capture"
)

// FuzzFrames reads what stands in the compressed stream, which a fuzzer of whole files hardly ever gets right.
func FuzzFrames(f *testing.F) {
	frame := []byte{5, hasLayout | hasPointer | hasCursor, 1, 0, 0, 8, 6, 1, 1, 'n', 0, 4, 6, 1, 1, 1, 0, 0, 1, 2, 3, 4}
	frame = append(frame, 1, 2, 2, 3, 1, 1, 9, 9, 9, 8, 8, 8, 7, 7, 7)
	f.Add(frame)
	f.Add(append(bytes.Clone(frame), 7, 0, 0))
	f.Add(binary.AppendUvarint(bytes.Clone(frame), 1<<63))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := parse(bytes.NewReader(b))
		var f capture.Frame
		for err := r.Next(&f); err == nil; err = r.Next(&f) {
			for i, img := range f.Images {
				if !img.Holds() || img.W != f.Displays[i].W || img.H != f.Displays[i].H {
					t.Fatalf("display %d: an image of %dx%d", i, img.W, img.H)
				}
				for _, d := range f.Dirty[i] {
					if d.Empty() || !d.In(img.Bounds()) {
						t.Fatalf("display %d: dirty %v", i, d)
					}
				}
			}
		}
	})
}
