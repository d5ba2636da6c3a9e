package capture

import (
	"testing"
	"unsafe"
)

// TestLayouts compares with what a C compiler makes of the system's headers.
func TestLayouts(t *testing.T) {
	for _, tt := range []struct {
		name      string
		got, want uintptr
	}{
		{"DXGI_OUTPUT_DESC", unsafe.Sizeof(outputDesc{}), 96},
		{"DXGI_OUTPUT_DESC.AttachedToDesktop", unsafe.Offsetof(outputDesc{}.attached), 80},
		{"DXGI_OUTDUPL_DESC", unsafe.Sizeof(duplicationDesc{}), 36},
		{"DXGI_OUTDUPL_DESC.Rotation", unsafe.Offsetof(duplicationDesc{}.rotation), 28},
		{"DXGI_OUTDUPL_FRAME_INFO", unsafe.Sizeof(frameInfo{}), 48},
		{"DXGI_OUTDUPL_FRAME_INFO.TotalMetadataBufferSize", unsafe.Offsetof(frameInfo{}.metadata), 40},
		{"DXGI_OUTDUPL_MOVE_RECT", unsafe.Sizeof(moveRect{}), 24},
		{"D3D11_TEXTURE2D_DESC", unsafe.Sizeof(textureDesc{}), 44},
		{"D3D11_TEXTURE2D_DESC.Usage", unsafe.Offsetof(textureDesc{}.usage), 28},
		{"D3D11_MAPPED_SUBRESOURCE", unsafe.Sizeof(mapped{}), 16},
		{"D3D11_BOX", unsafe.Sizeof(box{}), 24},
		{"CURSORINFO", unsafe.Sizeof(cursorInfo{}), 24},
		{"ICONINFO", unsafe.Sizeof(iconInfo{}), 32},
		{"BITMAP", unsafe.Sizeof(bitmapHead{}), 32},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, tt.got, tt.want)
		}
	}
	if waitTimeout.Error() != "0x887a0027" || notFound.Error() != "0x887a0002" {
		t.Errorf("results %v, %v", waitTimeout, notFound)
	}
}
