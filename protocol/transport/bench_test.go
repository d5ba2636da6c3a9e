package transport

import (
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"
)

// BenchmarkEcho sends a message to a relay on loopback and back: small as a key press, large as a set of tiles.
func BenchmarkEcho(b *testing.B) {
	sizes := []struct {
		name  string
		lane  Lane
		bytes int
	}{{"key", LaneInput, 64}, {"tiles", LaneScreen, 256 << 10}}
	for _, path := range paths {
		for _, size := range sizes {
			b.Run(path.name+"/"+size.name, func(b *testing.B) {
				s, err := openStream(b.Context(), newStage(b, path.quic, path.tcp).dial(b).Lane(size.lane), "Echo")
				if err != nil {
					b.Fatal(err)
				}
				message, back := wrapperspb.Bytes(make([]byte, size.bytes)), &wrapperspb.BytesValue{}
				b.SetBytes(int64(2 * size.bytes))
				for b.Loop() {
					if err := s.SendMsg(message); err != nil {
						b.Fatal(err)
					}
					if err := s.RecvMsg(back); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
