package capture

import (
	"errors"
	"fmt"
	"image"
	"unsafe"

	"golang.org/x/sys/windows"

	"deskhand/protocol/frame"
)

// The places of the methods that are called, and the structures as the system has them. They are the same on all
// processors with 64 bits.
const (
	factoryAdapters    = 12 // IDXGIFactory1.EnumAdapters1
	adapterOutputs     = 7  // IDXGIAdapter.EnumOutputs
	outputAbout        = 7  // IDXGIOutput.GetDesc
	outputDuplicate    = 22 // IDXGIOutput1.DuplicateOutput
	duplicationAbout   = 7  // IDXGIOutputDuplication.GetDesc
	duplicationAcquire = 8  // .AcquireNextFrame
	duplicationDirty   = 9  // .GetFrameDirtyRects
	duplicationMoved   = 10 // .GetFrameMoveRects
	duplicationRelease = 14 // .ReleaseFrame
	deviceTexture      = 5  // ID3D11Device.CreateTexture2D
	contextMap         = 14 // ID3D11DeviceContext.Map
	contextUnmap       = 15 // .Unmap
	contextCopy        = 46 // .CopySubresourceRegion
)

// guids are the interfaces that are asked for.
type guids struct{ factory, output, texture windows.GUID }

func interfaces() guids {
	return guids{
		factory: windows.GUID{Data1: 0x770aae78, Data2: 0xf26f, Data3: 0x4dba, Data4: [8]byte{0xa8, 0x29, 0x25, 0x3c, 0x83, 0xd1, 0xb3, 0x87}},
		output:  windows.GUID{Data1: 0x00cddea8, Data2: 0x939b, Data3: 0x4b83, Data4: [8]byte{0xa3, 0x40, 0xa6, 0x85, 0x22, 0x66, 0x66, 0xcc}},
		texture: windows.GUID{Data1: 0x6f15aaf2, Data2: 0xd208, Data3: 0x4e89, Data4: [8]byte{0x9a, 0xb4, 0x48, 0x95, 0x35, 0xd3, 0x4f, 0x9c}},
	}
}

// winRect is RECT.
type winRect struct{ left, top, right, bottom int32 }

func (r winRect) rectangle() image.Rectangle {
	return image.Rect(int(r.left), int(r.top), int(r.right), int(r.bottom))
}

// outputDesc is DXGI_OUTPUT_DESC.
type outputDesc struct {
	name     [32]uint16
	area     winRect
	attached int32
	rotation uint32
	monitor  uintptr
}

// duplicationDesc is DXGI_OUTDUPL_DESC.
type duplicationDesc struct {
	width, height   uint32
	rate            [2]uint32
	format          uint32
	lines, scaling  uint32
	rotation        uint32
	inSystemsMemory int32
}

// frameInfo is DXGI_OUTDUPL_FRAME_INFO.
type frameInfo struct {
	presented, moved  int64 // when the picture and the pointer were changed, 0 when they were not
	frames            uint32
	coalesced, masked int32
	pointer           [3]int32
	metadata, shape   uint32 // bytes
}

// moveRect is DXGI_OUTDUPL_MOVE_RECT.
type moveRect struct {
	x, y int32
	to   winRect
}

// textureDesc is D3D11_TEXTURE2D_DESC.
type textureDesc struct {
	width, height, levels, layers, format, samples, quality, usage, bind, access, misc uint32
}

const (
	formatBGRA    = 87      // DXGI_FORMAT_B8G8R8A8_UNORM
	usageStaging  = 3       // D3D11_USAGE_STAGING
	accessRead    = 0x20000 // D3D11_CPU_ACCESS_READ
	mapRead       = 1       // D3D11_MAP_READ
	sdkVersion    = 7       // D3D11_SDK_VERSION
	rotatedByZero = 1       // DXGI_MODE_ROTATION_IDENTITY; 0 says that it is unknown
)

// mapped is D3D11_MAPPED_SUBRESOURCE.
type mapped struct {
	data       *byte
	row, depth uint32 // bytes
}

// box is D3D11_BOX.
type box struct{ left, top, front, right, bottom, back uint32 }

var errNoOutput = errors.New("no graphics adapter shows this display")

// openDuplications duplicates every display, or none.
func openDuplications(displays []frame.Display) (all []*duplication, err error) {
	ids := interfaces()
	create := windows.NewLazySystemDLL("dxgi.dll").NewProc("CreateDXGIFactory1")
	if err := create.Find(); err != nil {
		return nil, err
	}
	var factory *object
	r, _, _ := create.Call(uintptr(unsafe.Pointer(&ids.factory)), uintptr(unsafe.Pointer(&factory)))
	if result(r) < 0 {
		return nil, fmt.Errorf("CreateDXGIFactory1: %w", result(r))
	}
	defer factory.release()
	defer func() {
		if err != nil {
			for _, d := range all {
				d.free()
			}
			all = nil
		}
	}()
	for _, d := range displays {
		one, err := findOutput(factory, d, &ids)
		if err != nil {
			return all, fmt.Errorf("display %d: %w", d.ID, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// findOutput looks through all adapters for the output that shows a display.
func findOutput(factory *object, d frame.Display, ids *guids) (*duplication, error) {
	for a := uintptr(0); ; a++ {
		var adapter *object
		if err := factory.call(factoryAdapters, a, uintptr(unsafe.Pointer(&adapter))); err != nil {
			if errors.Is(err, notFound) {
				return nil, errNoOutput
			}
			return nil, fmt.Errorf("EnumAdapters1: %w", err)
		}
		one, err := outputOf(adapter, d, ids)
		adapter.release()
		if one != nil || err != nil {
			return one, err
		}
	}
}

// outputOf duplicates the output of an adapter that shows a display; nil when it has none.
func outputOf(adapter *object, d frame.Display, ids *guids) (*duplication, error) {
	for o := uintptr(0); ; o++ {
		var output *object
		if err := adapter.call(adapterOutputs, o, uintptr(unsafe.Pointer(&output))); err != nil {
			if errors.Is(err, notFound) {
				return nil, nil
			}
			return nil, fmt.Errorf("EnumOutputs: %w", err)
		}
		var about outputDesc
		err := output.call(outputAbout, uintptr(unsafe.Pointer(&about)))
		var one *duplication
		if err == nil && about.attached != 0 && about.area.rectangle() == area(d) {
			one, err = newDuplication(adapter, output, d, ids)
		}
		output.release()
		if one != nil || err != nil {
			return one, err
		}
	}
}
