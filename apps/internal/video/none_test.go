//go:build !cgo || !(linux || windows) || nocodecs

package video_test

import (
	"errors"
	"testing"

	"deskhand/apps/internal/video"
)

func TestNotAvailable(t *testing.T) {
	_, enc := video.NewEncoder(video.Config{W: 100, H: 100})
	_, dec := video.NewDecoder()
	if video.Available() || len(video.Codecs()) != 0 || !errors.Is(enc, video.ErrUnavailable) || !errors.Is(dec, video.ErrUnavailable) {
		t.Errorf("available %v, %v, %v", video.Available(), enc, dec)
	}
}
