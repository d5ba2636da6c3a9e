package photo

import "encoding/binary"

// The markers of a JPEG file that an Encoder makes (ISO 10918-1, annex B).
const (
	markerStart    = 0xd8
	markerBaseline = 0xc0
	markerHuffman  = 0xc4
	markerTables   = 0xdb
	markerRestart  = 0xdd
	markerScan     = 0xda
	markerJFIF     = 0xe0
)

// headerOK walks the segments of body up to the first scan and reports whether it is what an Encoder makes of a picture
// of w by h pixels: baseline, eight bits, three components in YCbCr with 4:4:4 or 4:2:0, all in one scan. Nothing is
// decoded for it, so that neither large dimensions nor progressive scans, each of which costs as much as a picture,
// cost anything. What comes after the first scan is the decoder's business: with one scan of all components it refuses
// another one.
func headerOK(body []byte, w, h int) bool {
	if len(body) < 4 || body[0] != 0xff || body[1] != markerStart {
		return false
	}
	framed := false
	for b := body[2:]; len(b) >= 4 && b[0] == 0xff; {
		n := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if n < 4 || n > len(b) {
			return false
		}
		segment := b[4:n]
		switch b[1] {
		case markerBaseline:
			if framed || !frameOK(segment, w, h) {
				return false
			}
			framed = true
		case markerScan:
			return framed && len(segment) >= 1 && segment[0] == 3
		case markerJFIF, markerTables, markerHuffman, markerRestart:
		default: // other frames are progressive, lossless or arithmetic; Adobe's segment would change the colours
			return false
		}
		b = b[n:]
	}
	return false
}

// frameOK checks a frame segment: precision, height, width, count, then id, sampling and table of each component.
func frameOK(s []byte, w, h int) bool {
	if len(s) != 15 || s[0] != 8 || s[5] != 3 {
		return false
	}
	if int(binary.BigEndian.Uint16(s[1:])) != h || int(binary.BigEndian.Uint16(s[3:])) != w {
		return false
	}
	ids := s[6] == 1 && s[9] == 2 && s[12] == 3 // with others a decoder may take them for RGB
	return ids && (s[7] == 0x11 || s[7] == 0x22) && s[10] == 0x11 && s[13] == 0x11
}
