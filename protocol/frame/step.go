package frame

import (
	"encoding/binary"
	"image"
)

// Limits of a step. They bound what a receiver may be made to do by few bytes.
const (
	MaxOps         = 1 << 14       // operations of one step
	MaxStepPixels  = 2 * MaxPixels // pixels that the operations of one step touch, together
	MaxPatchSide   = 8192          // pixels of the width or height of a patch or a video rectangle
	MaxPatchPixels = 1 << 22       // pixels of one
	MaxEntrySide   = 64            // pixels of the width or height of a cache entry
	MaxStreams     = 4             // video streams, 0 to 3
	bodySlack      = 1024          // by how much a body may exceed four bytes a pixel
	maxBody        = 4*MaxPatchPixels + bodySlack
)

// Codec says how pixels are encoded.
type Codec uint8

// The codecs of patches and keys.
const (
	Exact Codec = 1 // package tile: the same pixels come out
	Photo Codec = 2 // JPEG: nearly the same
)

// OpKind says what an operation does.
type OpKind uint8

// The operations. Their numbers stand on the wire.
const (
	OpCopy     OpKind = 1 // the pixels of From, as they are before it, appear at Rect as well
	OpExact    OpKind = 2 // a patch: Rect is filled with Body, exactly
	OpPhoto    OpKind = 3 // a patch: Rect is filled with Body, nearly
	OpVideo    OpKind = 4 // Rect is filled with the next frame of a video stream; its first is a key frame
	OpVideoEnd OpKind = 5 // a video stream ends; its decoder may go
	OpStore    OpKind = 6 // what the picture shows at Rect becomes a cache entry
	OpRecall   OpKind = 7 // a cache entry appears with its corner at Rect.Min
	OpForget   OpKind = 8 // all cache entries go

	opCount = 9
)

// Step is the head of one change of the picture. Its operations follow; they apply in order, each to what those before
// left, and all of them build on what the steps before left. Nothing else of a sender's state crosses from step to step.
type Step struct {
	Number     uint64 // rises by one with each step of a generation
	CapturedAt int64  // µs since 1970 UTC on the sharing machine's clock
}

// Op is one operation of a step.
type Op struct {
	Kind    OpKind
	Display int
	Rect    image.Rectangle // pixels of the display that change, or are stored; for OpRecall only Min says anything
	From    image.Rectangle // OpCopy: as large as Rect
	Codec   Codec           // of OpExact and OpPhoto, else 0
	Stream  uint8           // OpVideo, OpVideoEnd
	Entry   uint16          // OpStore, OpRecall
	Body    []byte          // OpExact, OpPhoto, OpVideo: at least one byte, a part of what was parsed
}

// AppendStep appends what the operations follow.
//
//	u8       4
//	uvarint  number
//	i64      captured at
func AppendStep(dst []byte, s Step) []byte {
	dst = append(dst, unitStep)
	dst = binary.AppendUvarint(dst, s.Number)
	return binary.BigEndian.AppendUint64(dst, uint64(s.CapturedAt))
}

// Every operation begins with a byte: the kind in its lower half, the display in its upper one. Rectangles are four
// uvarints: left, top, width, height; points two. What is beyond the limits makes the receiver refuse the step.

// AppendCopy appends: the operation, the rectangle from, the point to.
func AppendCopy(dst []byte, display int, from image.Rectangle, to image.Point) []byte {
	dst = appendOp(dst, OpCopy, display)
	dst = appendRect(dst, from)
	return appendPoint(dst, to)
}

// AppendPatch appends: the operation, which says the codec too, the rectangle, the length of the body (uvarint), the body.
func AppendPatch(dst []byte, display int, r image.Rectangle, c Codec, body []byte) []byte {
	return append(AppendPatchHead(dst, display, r, c, len(body)), body...)
}

// AppendPatchHead is AppendPatch without the body, of which exactly n bytes must follow.
func AppendPatchHead(dst []byte, display int, r image.Rectangle, c Codec, n int) []byte {
	kind := OpKind(0) // refused
	switch c {
	case Exact:
		kind = OpExact
	case Photo:
		kind = OpPhoto
	}
	dst = appendOp(dst, kind, display)
	dst = appendRect(dst, r)
	return appendCount(dst, n)
}

// AppendVideo appends: the operation, the stream (u8), the rectangle, the length of the body (uvarint), the body.
func AppendVideo(dst []byte, display int, r image.Rectangle, stream uint8, body []byte) []byte {
	dst = append(appendOp(dst, OpVideo, display), stream)
	dst = appendRect(dst, r)
	dst = appendCount(dst, len(body))
	return append(dst, body...)
}

// AppendVideoEnd appends: the operation, the stream (u8).
func AppendVideoEnd(dst []byte, stream uint8) []byte {
	return append(appendOp(dst, OpVideoEnd, 0), stream)
}

// AppendStore appends: the operation, the entry (uvarint), the rectangle.
func AppendStore(dst []byte, entry uint16, display int, r image.Rectangle) []byte {
	dst = appendOp(dst, OpStore, display)
	dst = appendCount(dst, int(entry))
	return appendRect(dst, r)
}

// AppendRecall appends: the operation, the entry (uvarint), the point to. The entry's size is the receiver's to know.
func AppendRecall(dst []byte, entry uint16, display int, to image.Point) []byte {
	dst = appendOp(dst, OpRecall, display)
	dst = appendCount(dst, int(entry))
	return appendPoint(dst, to)
}

// AppendForget appends the operation alone.
func AppendForget(dst []byte) []byte { return appendOp(dst, OpForget, 0) }

func appendOp(dst []byte, k OpKind, display int) []byte {
	if display < 0 || display >= MaxDisplays {
		k, display = 0, 0
	}
	return append(dst, byte(display)<<4|byte(k))
}

func appendRect(dst []byte, r image.Rectangle) []byte {
	dst = appendPoint(dst, r.Min)
	dst = appendCount(dst, r.Dx())
	return appendCount(dst, r.Dy())
}

func appendPoint(dst []byte, p image.Point) []byte {
	dst = appendCount(dst, p.X)
	return appendCount(dst, p.Y)
}

// appendCount appends what is negative as what is beyond every limit.
func appendCount(dst []byte, n int) []byte {
	if n < 0 {
		n = maxBody + 1
	}
	return binary.AppendUvarint(dst, uint64(n))
}
